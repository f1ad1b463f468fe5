"""The history of customers in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from customers.commands import Direction, TouchChannel
from kernel.fields import QueryInteger, SafeText, StrictSchema
from orders.schemas.ordering import TEXT, ShownNumber

TEXT_MAX = 4_000
PAGE_MAX = 100
KINDS = ("call", "chat", "email", "form", "message", "note", "survey", "visit")


class TimelineQuerySchema(StrictSchema):
    """Which page of a history; with `after` only what was recorded since an entry."""

    cursor = SafeText(load_default=None, max_length=400)
    after = QueryInteger(load_default=None, validate=validate.Range(min=0, max=2**63 - 1))
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=PAGE_MAX))


class InteractionSchema(Schema):
    """One thing that happened between a customer and us.

    `facts` are those of the event it was; `text` is what was said, while it is kept.
    """

    id = fields.Integer(required=True)
    happened_at = fields.AwareDateTime(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True)
    channel = fields.String(attribute="channel.value", required=True)
    direction = fields.String(attribute="direction.value", required=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True)
    order_id = fields.UUID(required=True, allow_none=True)
    order_number = ShownNumber(required=True, allow_none=True)
    sku = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class TimelineSchema(Schema):
    """A page of a history, the newest first; `next` goes on with what is older."""

    entries = fields.List(fields.Nested(InteractionSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class RecordInteractionSchema(StrictSchema):
    """That a customer and we met; once per `reference` of a `source` where these are given."""

    kind = SafeText(required=True, validate=[validate.OneOf(KINDS)])
    channel = fields.Enum(TouchChannel, by_value=True, metadata=TEXT, required=True)
    direction = fields.Enum(Direction, by_value=True, metadata=TEXT, load_default=Direction.IN)
    text = SafeText(load_default="", max_length=TEXT_MAX)
    order_number = SafeText(load_default=None, max_length=12)
    sku = SafeText(load_default=None, max_length=64)
    happened_at = fields.AwareDateTime(load_default=None)
    source = SafeText(load_default=None, min_length=1, max_length=40)
    reference = SafeText(load_default=None, min_length=1, max_length=120)

    @validates_schema
    def _name_both(self, data: dict[str, Any], **_: object) -> None:
        if (data["source"] is None) != (data["reference"] is None):
            raise ValidationError("Send both `source` and `reference`, or neither.", "reference")


class BringInteractionSchema(RecordInteractionSchema):
    """That a customer and somebody of ours met elsewhere, told by the system that knows."""

    said = SafeText(required=True, min_length=3, max_length=254)


class InteractionIdSchema(Schema):
    """What was recorded; `known` when it had been recorded before."""

    id = fields.Integer(required=True, allow_none=True)
    customer_id = fields.UUID(required=True)
    known = fields.Boolean(required=True)


class IdentifySchema(StrictSchema):
    """What somebody says at a counter: a whole number, an e-mail address, a card's number."""

    said = SafeText(required=True, min_length=3, max_length=254)
    store = SafeText(required=True, max_length=40)


class CustomerIdSchema(Schema):
    """Who somebody is."""

    customer_id = fields.UUID(required=True)


class LookSchema(Schema):
    """That somebody looked into a file, or was refused it."""

    looked_at = fields.AwareDateTime(required=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True)
    door = fields.String(required=True)
    seen = fields.Boolean(required=True)


class LooksSchema(Schema):
    """Who looked into a customer's file, the newest first."""

    looks = fields.List(fields.Nested(LookSchema), required=True)
