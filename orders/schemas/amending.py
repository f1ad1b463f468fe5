"""Changing an open order in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from kernel.fields import ITEMS_MAX, SKU_MAX, Quantity, SafeText, StrictSchema
from orders.commands import AmendParcel, Channel, Collector, Method
from orders.schemas.choosing import DeliveryAddressSchema
from orders.schemas.ordering import TEXT, Minor

NAME_MAX = 80
CODE_MAX = 40
PARCELS_MAX = 20
OF_PARCEL = ("fulfillment_id", "lines", "store", "slot_id", "method", "delivery_method", "part")
"""What is said of one parcel of an order."""


class WantedLineSchema(StrictSchema):
    """How many of a SKU the parcel is to have: 0 for none."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True, minimum=0)


class PartLineSchema(StrictSchema):
    """How many of a SKU go elsewhere, while the rest stays."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)


class CollectorSchema(StrictSchema):
    """Who collects from now on."""

    first_name = SafeText(load_default="", min_length=0, max_length=NAME_MAX)
    last_name = SafeText(required=True, max_length=NAME_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> Collector:
        """Return the command."""
        return Collector(**data)


class AmendParcelSchema(StrictSchema):
    """How one parcel of an order is to be; what is not said stays as it is.

    With `method` it is brought to the order's `address` instead of collected, or collected at
    `store` instead of brought.
    """

    fulfillment_id = fields.UUID(load_default=None, allow_none=True)
    lines = fields.List(
        fields.Nested(WantedLineSchema),
        load_default=list,
        validate=validate.Length(max=ITEMS_MAX),
        metadata={"description": "How many of a SKU there are to be, not how many more."},
    )
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    slot_id = fields.UUID(load_default=None, allow_none=True)
    method = fields.Enum(
        Method,
        by_value=True,
        metadata=TEXT,
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([Method.PICKUP, Method.DRIVE, Method.DELIVERY]),
    )
    delivery_method = SafeText(
        load_default=None,
        allow_none=True,
        max_length=CODE_MAX,
        metadata={"description": "The code of the way to the door, where there are several."},
    )

    part = fields.List(
        fields.Nested(PartLineSchema),
        load_default=list,
        validate=validate.Length(max=ITEMS_MAX),
        metadata={"description": "What of it goes elsewhere or otherwise; all where none is said."},
    )

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> Any:  # noqa: ANN401 (marshmallow)
        """Return the command."""
        return read_parcel(data)


class AmendSchema(AmendParcelSchema):
    """How an order is to be: one parcel of it, or several in `parcels`; all of it or nothing.

    What is said of one parcel here is not said in `parcels` too.
    """

    parcels = fields.List(
        fields.Nested(AmendParcelSchema),
        load_default=list,
        validate=validate.Length(max=PARCELS_MAX),
    )
    address = fields.Nested(DeliveryAddressSchema, load_default=None, allow_none=True)
    collector = fields.Nested(CollectorSchema, load_default=None, allow_none=True)
    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=None, allow_none=True)
    seen_total_minor = Minor(
        load_default=None,
        allow_none=True,
        metadata={"description": "What the customer was told all of it comes to then."},
    )
    reason = SafeText(
        load_default=None, allow_none=True, validate=[validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z")]
    )

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return what a command needs beside the order and its version."""
        parcels = data.pop("parcels")
        one = read_parcel({name: data.pop(name) for name in OF_PARCEL})
        said = one.fulfillment_id is not None or one.says_something
        if parcels and said:
            raise ValidationError("Say it of one parcel, or in `parcels`.", "parcels")
        return {**data, "parcels": (one,) if said else tuple(parcels)}


class AmendedSchema(Schema):
    """An order as it is after a change; `delta_minor` is what all of it costs more, or less.

    `fulfillment_ids` owe what was changed, `fulfillment_id` the first of it. `obligation_id` is
    what is to be paid by card besides; null where nothing is, or it is paid when it is collected.
    """

    order_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    fulfillment_id = fields.UUID(required=True)
    fulfillment_ids = fields.List(fields.UUID(), required=True)
    total_minor = fields.Integer(required=True)
    delta_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    obligation_id = fields.UUID(required=True, allow_none=True)


def read_parcel(data: dict[str, Any]) -> AmendParcel:
    """Return how one parcel is to be.

    Raises ValidationError where a SKU is named twice.
    """
    said = {name: value for name, value in data.items() if name not in {"lines", "store", "part"}}
    return AmendParcel(
        quantities=_by_sku(data, "lines"),
        part=_by_sku(data, "part"),
        store_code=data["store"],
        **said,
    )


def _by_sku(data: dict[str, Any], name: str) -> dict[str, int]:
    quantities = {line["sku"]: line["quantity"] for line in data[name]}
    if len(quantities) != len(data[name]):
        raise ValidationError("Name each SKU once.", name)
    return quantities
