"""Baskets in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveContact
from kernel.fields import ITEMS_MAX, SKU_MAX, Items, Quantity, SafeText, StrictSchema
from orders.commands import NOTE_MAX, Bring, Channel, Method, OpenCart, PayBy
from orders.schemas.choosing import DeliveryAddressSchema
from orders.schemas.ordering import LANGUAGES, TEXT, ContactSchema, Minor
from orders.schemas.placing import (
    IN_PARTS,
    ONLY_TILLS,
    PARTS_MAX,
    TICKET_MAX,
    OrderPartSchema,
    SaidSchema,
)

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
    def command(self, data: dict[str, Any], **_: object) -> OpenCart:
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
    def command(self, data: dict[str, Any], **_: object) -> GiveContact:
        """Return who is written to."""
        return GiveContact(**data)


class OrderCartSchema(SaidSchema):
    """How a basket becomes an order; what is in it and where stands in the basket.

    Where it goes several ways `parts` say how: all of the basket, and nothing else. `placed_at` is
    the store it is credited to, whose till's `ticket_number` says that it is paid already.
    """

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
    parts = fields.List(
        fields.Nested(OrderPartSchema),
        load_default=None,
        validate=validate.Length(min=1, max=PARTS_MAX),
    )
    placed_at = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    ticket_number = SafeText(load_default=None, allow_none=True, max_length=TICKET_MAX)
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
    def a_door_is_somewhere(self, data: dict[str, Any], **_: object) -> None:
        """Refuse to bring it nowhere, to say twice how it goes, or to leave it unpaid."""
        door, parts = ("address", "delivery_method"), data.get("parts")
        brought = data.get("method") is Method.DELIVERY
        if parts:
            twice = [name for name in ("slot_id", *door) if data.get(name) is not None]
            if twice or brought:
                raise ValidationError({name: [IN_PARTS] for name in twice or ["method"]})
            brought = any(isinstance(each, Bring) for each in parts)
        elif brought:
            for name in door:
                if not data.get(name):
                    raise ValidationError("Say where and how it is brought.", name)
        if brought and data.get("pay_by") == PayBy.PICKUP.value:
            raise ValidationError("What is brought is paid before: card, till or link.", "pay_by")

    @validates_schema
    def only_tills_print(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a ticket of what no till is paid."""
        if data.get("ticket_number") and data.get("pay_by") != PayBy.TILL.value:
            raise ValidationError(ONLY_TILLS, "ticket_number")


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
