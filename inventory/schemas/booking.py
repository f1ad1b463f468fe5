"""Corrections, sales and returns in JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from inventory.commands import AdjustReason, Disposition, Returned
from inventory.schemas.counting import once_each
from kernel.fields import ITEMS_MAX, QUANTITY_MAX, SKU_MAX, Quantity, SafeText, StrictSchema


class DeltaSchema(StrictSchema):
    """By how many base units what is on hand of a SKU is wrong: less than 0 where some are gone."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    delta = Quantity(required=True, minimum=-QUANTITY_MAX)

    @validates("delta")
    def is_something(self, value: int, **_: object) -> None:
        """Return nothing when the difference is one.

        Raises ValidationError.
        """
        if value == 0:
            raise ValidationError("A difference of nothing.")


class AdjustSchema(StrictSchema):
    """Corrections of what is on hand, each SKU once, with their reason."""

    items = fields.List(
        fields.Nested(DeltaSchema),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )
    reason = fields.Enum(AdjustReason, by_value=fields.String, required=True)
    note = SafeText(load_default=None)

    @post_load
    def by_sku(self, data: Mapping[str, Any], **_: object) -> dict[str, Any]:
        """Return the differences by SKU."""
        deltas = once_each(data["items"], "delta")
        return {"deltas": deltas, "reason": data["reason"], "note": data["note"]}


class AdjustmentSchema(Schema):
    """That the corrections were booked."""

    adjustment_id = fields.UUID(required=True)


class SaleSchema(Schema):
    """That a sale was booked; `found` is what was sold beyond what was booked, by SKU."""

    sale_id = fields.UUID(required=True)
    found = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ReturnedItemSchema(StrictSchema):
    """Goods that came back, in base units, and what becomes of them."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)
    disposition = fields.Enum(Disposition, by_value=fields.String, required=True)


class TakeBackSchema(StrictSchema):
    """What came back."""

    items = fields.List(
        fields.Nested(ReturnedItemSchema),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )

    @post_load
    def returned(self, data: Mapping[str, Any], **_: object) -> list[Returned]:
        """Return the items as the use case takes them."""
        return [Returned(**item) for item in data["items"]]


class ReturnSchema(Schema):
    """That a return was booked."""

    return_id = fields.UUID(required=True)
