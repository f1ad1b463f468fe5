"""Changing an open order in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from kernel.fields import ITEMS_MAX, SKU_MAX, Quantity, SafeText, StrictSchema
from orders.commands import Channel, Collector
from orders.schemas.choosing import DeliveryAddressSchema
from orders.schemas.ordering import TEXT, Minor

NAME_MAX = 80


class WantedLineSchema(StrictSchema):
    """How many of a SKU the parcel is to have: 0 for none."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True, minimum=0)


class CollectorSchema(StrictSchema):
    """Who collects from now on."""

    first_name = SafeText(load_default="", min_length=0, max_length=NAME_MAX)
    last_name = SafeText(required=True, max_length=NAME_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Collector:  # noqa: ANN401 (marshmallow)
        """Return the command."""
        return Collector(**data)


class AmendSchema(StrictSchema):
    """How one parcel of an order is to be; what is not said stays as it is."""

    fulfillment_id = fields.UUID(load_default=None, allow_none=True)
    lines = fields.List(
        fields.Nested(WantedLineSchema),
        load_default=list,
        validate=validate.Length(max=ITEMS_MAX),
        metadata={"description": "How many of a SKU there are to be, not how many more."},
    )
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    slot_id = fields.UUID(load_default=None, allow_none=True)
    address = fields.Nested(DeliveryAddressSchema, load_default=None, allow_none=True)
    collector = fields.Nested(CollectorSchema, load_default=None, allow_none=True)
    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=None, allow_none=True)
    seen_total_minor = Minor(
        load_default=None,
        allow_none=True,
        metadata={"description": "What the customer was told all of it comes to then."},
    )
    reason = SafeText(load_default=None, allow_none=True, max_length=NAME_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401 (marshmallow)
        """Return what a command needs beside the order and its version."""
        lines, store_code = data.pop("lines"), data.pop("store")
        quantities = {line["sku"]: line["quantity"] for line in lines}
        if len(quantities) != len(lines):
            raise ValidationError("Name each SKU once.", "lines")
        return {**data, "quantities": quantities, "store_code": store_code}


class AmendedSchema(Schema):
    """An order as it is after a change; `delta_minor` is what all of it costs more, or less.

    `obligation_id` is what is to be paid by card besides; null where nothing is, or it is paid when
    it is collected.
    """

    order_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    fulfillment_id = fields.UUID(required=True)
    total_minor = fields.Integer(required=True)
    delta_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    obligation_id = fields.UUID(required=True, allow_none=True)
