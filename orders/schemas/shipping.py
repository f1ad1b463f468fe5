"""Packages and deliveries in JSON."""

import re
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from inventory.commands import Disposition
from kernel.fields import ITEMS_MAX, ItemsSchema, Quantity, SafeText, StrictSchema
from orders.commands import Box, DeliveryFailure, Pack

CODE_MAX = 32
NUMBER_MAX = 40
NUMBER = re.compile(r"[A-Za-z0-9-]+\Z")
TEXT = {"type": "string"}


class BoxSchema(ItemsSchema):
    """One package: what is in it, its weight, and its number where the carrier gave one."""

    weight_g = Quantity(load_default=None, allow_none=True)
    tracking_number = SafeText(
        load_default=None,
        allow_none=True,
        max_length=NUMBER_MAX,
        validate=[validate.Regexp(NUMBER, error="Letters, digits and hyphens only.")],
    )

    @post_load
    def box(self, data: dict[str, Any], **_: object) -> Box:
        """Return the package."""
        return Box(data["quantities"], data["weight_g"], data["tracking_number"])


class PackSchema(StrictSchema):
    """The packages of a delivery, and the carrier that takes them."""

    carrier = SafeText(load_default="local", max_length=CODE_MAX)
    packages = fields.List(
        fields.Nested(BoxSchema), required=True, validate=validate.Length(min=1, max=ITEMS_MAX)
    )

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> Pack:
        """Return the command."""
        return Pack(data["carrier"], data["packages"])


class ShipSchema(StrictSchema):
    """That the carrier has the packages; with the till's ticket where money was due."""

    ticket_number = SafeText(load_default=None, allow_none=True, max_length=64)


class DeliveryFailedSchema(StrictSchema):
    """Why the carrier could not deliver."""

    reason = fields.Enum(DeliveryFailure, by_value=True, metadata=TEXT, required=True)


class DeliveryReturnedSchema(StrictSchema):
    """What becomes of goods the carrier brought back."""

    disposition = fields.Enum(
        Disposition, by_value=True, metadata=TEXT, load_default=Disposition.RESTOCK
    )


class PackageSchema(Schema):
    """One package: `track_url` is where its carrier says where it is, null where none does."""

    id = fields.UUID(required=True)
    carrier = fields.String(required=True)
    carrier_name = fields.String(required=True)
    tracking_number = fields.String(required=True)
    track_url = fields.String(required=True, allow_none=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    weight_g = fields.Integer(required=True, allow_none=True)
    packed_by_name = fields.String(required=True)
    packed_at = fields.AwareDateTime(required=True)
    shipped_at = fields.AwareDateTime(required=True, allow_none=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)
    failed_at = fields.AwareDateTime(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)


class PackageListSchema(Schema):
    """The packages of a parcel, in the order they were packed."""

    packages = fields.List(fields.Nested(PackageSchema), required=True)
