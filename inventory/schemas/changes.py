"""The ledger for followers, in JSON."""

from marshmallow import Schema, fields, validate

from inventory.schemas.levels import MovementSchema
from kernel.fields import SKU_MAX, QueryInteger, SafeText, StrictSchema

CHANGES_MAX = 500


class ChangeQuerySchema(StrictSchema):
    """From which place on, of all locations or one."""

    after = SafeText(required=True, max_length=400)
    location = SafeText(load_default=None, max_length=SKU_MAX)
    limit = QueryInteger(load_default=200, validate=validate.Range(min=1, max=CHANGES_MAX))


class ChangeSchema(Schema):
    """One line of the ledger and where it happened."""

    store = fields.String(required=True)
    sku = fields.String(required=True)
    movement = fields.Nested(MovementSchema, required=True)


class ChangePageSchema(Schema):
    """Lines after a place; ask again from `next`, at once if there were `limit` of them."""

    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    next = fields.String(required=True)


class StartSchema(Schema):
    """The place to follow from."""

    next = fields.String(required=True)


class ChangeLevelQuerySchema(StrictSchema):
    """Levels of which location, at which place."""

    at = SafeText(required=True, max_length=400)
    location = SafeText(required=True, max_length=SKU_MAX)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=200, validate=validate.Range(min=1, max=CHANGES_MAX))


class ChangeLevelSchema(Schema):
    """What a location had of a SKU at a place: the sum of the ledger until there."""

    sku = fields.String(required=True)
    on_hand = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)


class ChangeLevelPageSchema(Schema):
    """A page of levels; `next` is null on the last one."""

    levels = fields.List(fields.Nested(ChangeLevelSchema), required=True)
    next = fields.String(required=True, allow_none=True)
