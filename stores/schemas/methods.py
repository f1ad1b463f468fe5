"""Ways to get an order in JSON."""

from marshmallow import Schema, fields

from kernel.fields import StrictBoolean, StrictSchema
from stores.schemas.locations import PauseSchema


class OfferSchema(StrictSchema):
    """Whether a location offers a way to get an order."""

    offered = StrictBoolean(required=True)


class MethodPauseSchema(PauseSchema):
    """Until when and why a location takes no orders in one way."""


class MethodSchema(Schema):
    """One way to get an order at one location."""

    method = fields.Function(
        lambda each: each.method.value, required=True, metadata={"type": "string"}
    )
    offered = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)
    paused_until = fields.AwareDateTime(required=True, allow_none=True)
    pause_reason = fields.String(required=True, allow_none=True)
    slotted = fields.Boolean(required=True)


class MethodListSchema(Schema):
    """Every way to get an order at one location."""

    methods = fields.List(fields.Nested(MethodSchema), required=True)
