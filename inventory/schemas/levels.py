"""Levels, the ledger and receipts in JSON."""

from marshmallow import Schema, fields, validate

from kernel.fields import Instant, QueryInteger, SafeText, StrictSchema
from kernel.web import ID_MAX

LIMIT_MAX = 100


class LevelQuerySchema(StrictSchema):
    """Which levels of a store to list, now or at a past instant."""

    at = Instant(load_default=None)
    sku = SafeText(load_default=None, max_length=64)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class MovementQuerySchema(StrictSchema):
    """Which lines of the ledger to list, newest first."""

    before = QueryInteger(load_default=None, validate=validate.Range(min=1, max=ID_MAX))
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class LevelSchema(Schema):
    """What one location has of one SKU, in base units."""

    sku = fields.String(required=True)
    on_hand = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)
    safety_stock = fields.Integer(
        required=True,
        metadata={
            "description": "What is kept back now. Always 0 at a past instant: what was kept back "
            "then is not known, and `available` is without it."
        },
    )
    available = fields.Integer(required=True)


class LevelPageSchema(Schema):
    """A page of levels; `next` is null on the last one."""

    levels = fields.List(fields.Nested(LevelSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class MovementSchema(Schema):
    """One line of the ledger."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    on_hand_delta = fields.Integer(required=True)
    reserved_delta = fields.Integer(required=True)
    quarantined_delta = fields.Integer(required=True)
    cause = fields.String(required=True)
    cause_id = fields.UUID(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class MovementPageSchema(Schema):
    """The newest lines of the ledger of one SKU at one location."""

    level = fields.Nested(LevelSchema, required=True)
    movements = fields.List(fields.Nested(MovementSchema), required=True)


class ReceiptSchema(Schema):
    """That goods were booked in."""

    receipt_id = fields.UUID(required=True)
