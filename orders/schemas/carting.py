"""Baskets in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveContact
from kernel.fields import ITEMS_MAX, SKU_MAX, Items, Quantity, SafeText, StrictSchema
from orders.commands import NOTE_MAX, Channel, Method, OpenCart, PayBy
from orders.schemas.choosing import DeliveryAddressSchema
from orders.schemas.ordering import LANGUAGES, TEXT, ContactSchema, Minor

LINK = "link"
PAY_WAYS = (PayBy.PICKUP.value, PayBy.CARD.value, PayBy.TILL.value, LINK)
CODE_MAX = 40
NOTE = "What an adviser wants read by whoever opens the basket: nothing personal."
METHODS = (Method.PICKUP, Method.DRIVE, Method.DELIVERY)


class CartItemSchema(StrictSchema):
    """A SKU and how many of it are to be in the basket; 0 takes it out."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True, minimum=0)


class OpenCartSchema(StrictSchema):
    """A basket to begin."""

    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=Channel.WEB)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    items = Items(required=False, load_default=dict)
    note = SafeText(load_default=None, allow_none=True, max_length=NOTE_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> OpenCart:  # noqa: ANN401 (marshmallow)
        """Return the command."""
        return OpenCart(data["channel"], data["quantities"], data["store"], data["note"])


class ChangeCartSchema(StrictSchema):
    """What is to be otherwise; what is left out stays."""

    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    items = fields.List(
        fields.Nested(CartItemSchema), load_default=list, validate=validate.Length(max=ITEMS_MAX)
    )
    note = SafeText(
        load_default=None,
        allow_none=True,
        min_length=0,
        max_length=NOTE_MAX,
        metadata={"description": f"{NOTE} Only staff may write it."},
    )


class ResumeCartSchema(StrictSchema):
    """The code of a basket, as typed."""

    code = SafeText(required=True, max_length=CODE_MAX)


class SendCartSchema(StrictSchema):
    """Whom the link of a basket is sent to: by e-mail, by text message, or both."""

    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    first_name = SafeText(load_default="", min_length=0, max_length=80)
    last_name = SafeText(load_default="", min_length=0, max_length=80)
    email = SafeText(load_default=None, allow_none=True, max_length=254)
    phone = SafeText(load_default=None, allow_none=True, max_length=32)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> GiveContact:  # noqa: ANN401 (marshmallow)
        """Return who is written to."""
        return GiveContact(**data)


class OrderCartSchema(StrictSchema):
    """How a basket becomes an order; what is in it and where stands in the basket."""

    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=Channel.WEB)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    customer = fields.Nested(ContactSchema, required=True)
    method = fields.Enum(
        Method,
        by_value=True,
        metadata=TEXT,
        load_default=Method.PICKUP,
        validate=validate.OneOf(METHODS, error="Choose pickup, drive or delivery."),
    )
    slot_id = fields.UUID(load_default=None, allow_none=True)
    address = fields.Nested(DeliveryAddressSchema, load_default=None, allow_none=True)
    delivery_method = SafeText(load_default=None, allow_none=True, max_length=CODE_MAX)
    pay_by = fields.String(
        load_default=PayBy.PICKUP.value,
        validate=validate.OneOf(PAY_WAYS),
        metadata={"description": "`link` has a card pay it from a link that is sent."},
    )
    seen_total_minor = Minor(
        load_default=None,
        allow_none=True,
        metadata={"description": "What the customer was shown; another total is a 409 with both."},
    )

    @validates_schema
    def a_door_is_somewhere(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 (marshmallow)
        """Refuse to bring it nowhere, or to leave what is brought unpaid."""
        if data.get("method") is not Method.DELIVERY:
            return
        for name in ("address", "delivery_method"):
            if not data.get(name):
                raise ValidationError("Say where and how it is brought.", name)
        if data.get("pay_by") == PayBy.PICKUP.value:
            raise ValidationError("What is brought is paid before: card, till or link.", "pay_by")


class CartSchema(Schema):
    """A basket; `token` is its signed link, `version` what the next change is based on."""

    token = fields.String(required=True)
    version = fields.Integer(required=True)
    code = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True)
    store = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    ordered = fields.Boolean(required=True)
    items = fields.List(fields.Nested(CartItemSchema), required=True)


class CartCodeSchema(Schema):
    """What opens a basket elsewhere: the code people type, and the link that is scanned."""

    code = fields.String(required=True)
    token = fields.String(required=True)
