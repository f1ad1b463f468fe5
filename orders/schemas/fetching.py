"""Articles that come from another location, in JSON."""

from typing import Any

from marshmallow import Schema, fields, post_load

from kernel.fields import SKU_MAX, ItemsSchema, Kilometres, SafeText
from kernel.ids import show_order_number
from orders.commands import FetchFrom


class FetchSchema(ItemsSchema):
    """What comes from which location, on which day it arrives, and why it cannot be had here."""

    from_store = SafeText(required=True, max_length=SKU_MAX)
    expected_on = fields.Date(load_default=None, allow_none=True)
    reason = SafeText(load_default=None, allow_none=True, max_length=32)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> FetchFrom:
        """Return the command."""
        return FetchFrom(
            data["from_store"], data["quantities"], data["expected_on"], data["reason"]
        )


class FetchedSchema(Schema):
    """The transfer that brings it, and the time the customer is told now."""

    transfer_id = fields.UUID(required=True)
    transfer_number = fields.Function(
        lambda fetched: show_order_number(fetched.transfer_number),
        required=True,
        metadata={"type": "string"},
    )
    promised_at = fields.AwareDateTime(required=True)


class SourceSchema(Schema):
    """A location that has some of what the parcel lacks."""

    store = fields.Function(
        lambda source: source.store.code, required=True, metadata={"type": "string"}
    )
    name = fields.Function(
        lambda source: source.store.name, required=True, metadata={"type": "string"}
    )
    distance_km = Kilometres(required=True)
    complete = fields.Boolean(required=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class SourceListSchema(Schema):
    """What the parcel lacks, and the locations that have it: those with all of it first."""

    lacking = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    sources = fields.List(fields.Nested(SourceSchema), required=True)
