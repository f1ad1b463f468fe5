"""Wishes in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kernel.fields import SKU_MAX, SafeText, StrictSchema
from orders.commands import WishStock
from orders.schemas.ordering import LANGUAGES


class StockWishSchema(StrictSchema):
    """Who wants to be told, once, when a SKU can be had again: at `store`, or anywhere."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    email = SafeText(load_default=None, allow_none=True, max_length=254)
    phone = SafeText(load_default=None, allow_none=True, max_length=32)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))

    @validates_schema
    def one_way_at_least(self, data: dict[str, Any], **_: object) -> None:
        """Refuse somebody nobody could tell."""
        if not data.get("email") and not data.get("phone"):
            raise ValidationError("Give an e-mail address or a phone number.", "email")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> WishStock:
        """Return the command."""
        return WishStock(data["sku"], data["store"], data["email"], data["phone"], data["language"])


class WishedSchema(Schema):
    """What will be told, once; the same whether or not the address is known."""

    sku = fields.String(required=True)
    store = fields.String(required=True, allow_none=True)
    withdraw_token = fields.String(required=True)


class WithdrawSchema(StrictSchema):
    """The token of a wish, as its answer or its message gave it."""

    token = SafeText(required=True, max_length=64)


class WithdrawnSchema(Schema):
    """That nobody is told of it any more."""

    withdrawn = fields.Boolean(required=True)
