"""Orders as they are asked for in JSON, and what is answered when they were placed."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveContact
from kernel.fields import SKU_MAX, Items, ItemsSchema, SafeText, StrictBoolean, StrictSchema
from orders.commands import (
    ORDER_NOTE_MAX,
    Bring,
    Channel,
    Collect,
    Method,
    OrderPart,
    PayBy,
    PlaceOrder,
)
from orders.schemas.choosing import DeliveryAddressSchema
from orders.schemas.delivering import CODE_MAX
from orders.schemas.ordering import (
    LANGUAGES,
    TEXT,
    ContactSchema,
    Minor,
    OrderCompanySchema,
    ShownNumber,
    VatSchema,
)

PARTS_MAX: Final = 20
TICKET_MAX: Final = 64
COLLECTED: Final = (Method.PICKUP, Method.DRIVE)
REQUIRED: Final = "Missing data for required field."
IN_PARTS: Final = "Say it in the parts."
ONLY_TILLS: Final = "Only a till prints tickets."
OTHERWISE: Final = "This part does not take that."


class OrderPartSchema(ItemsSchema):
    """A part of an order: what is got how, and where.

    `pickup`, `drive` and `carry_out` name a `store`, the first two a slot if they like; `delivery`
    names an `address` and a `delivery_method`.
    """

    method = fields.Enum(Method, by_value=True, metadata=TEXT, load_default=Method.PICKUP)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    slot_id = fields.UUID(load_default=None, allow_none=True)
    address = fields.Nested(DeliveryAddressSchema, load_default=None, allow_none=True)
    delivery_method = SafeText(load_default=None, allow_none=True, max_length=CODE_MAX)

    @validates_schema
    def fits_its_way(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a part that lacks what its way needs, or says what another way does."""
        there, door = ["store", "slot_id"], ["address", "delivery_method"]
        brought = data.get("method") is Method.DELIVERY
        needed, idle = (door, there) if brought else (["store"], door)
        if data.get("method") is Method.CARRY_OUT:
            idle = [*door, "slot_id"]
        wrong = {name: [REQUIRED] for name in needed if data.get(name) is None}
        wrong |= {name: [OTHERWISE] for name in idle if data.get(name) is not None}
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def part(self, data: dict[str, Any], **_: object) -> OrderPart:
        """Return the part."""
        if data["method"] is Method.DELIVERY:
            return Bring(data["address"], data["quantities"], data["delivery_method"])
        return Collect(data["store"], data["quantities"], data["method"], data["slot_id"])


class SaidSchema(StrictSchema):
    """What else a customer says of an order: the company it is for, and a note."""

    company = fields.Nested(OrderCompanySchema, load_default=None, allow_none=True)
    note = SafeText(
        load_default=None,
        allow_none=True,
        min_length=0,
        max_length=ORDER_NOTE_MAX,
        metadata={"description": "To whoever prepares, hands over or brings it."},
    )


class _BuyerSchema(SaidSchema):
    """Who an order is for, on which channel, and what they were told it costs."""

    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=Channel.WEB)
    brand = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    customer = fields.Nested(ContactSchema, required=True)
    seen_total_minor = Minor(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "What the customer was shown, having it brought included; another total "
            "is a 409 with both."
        },
    )


class WhereSchema(StrictSchema):
    """Where an order is got: collected at one `store`, or each of its `parts` in its own way."""

    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    method = fields.Enum(
        Method,
        by_value=True,
        metadata=TEXT,
        load_default=Method.PICKUP,
        validate=validate.OneOf(COLLECTED, error="Choose pickup or drive."),
    )
    slot_id = fields.UUID(load_default=None, allow_none=True)
    parts = fields.List(
        fields.Nested(OrderPartSchema),
        load_default=None,
        validate=validate.Length(min=1, max=PARTS_MAX),
    )


class PlaceOrderSchema(_BuyerSchema, WhereSchema):
    """An order: `items` to collect at a `store`, or `parts` that are each got in their own way.

    It is paid at pickup, by card or at a till; what is brought or carried out is not paid later.
    With the till's `ticket_number` it is paid already. `placed_at` is the code of the store where
    it is begun, `seller_id` who of the staff it is credited to: with `orders.take` only, of the
    stores of whoever asks.
    """

    items = Items(required=False, load_default=None)
    pay_by = fields.Enum(PayBy, by_value=True, metadata=TEXT, load_default=PayBy.PICKUP)
    placed_at = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    seller_id = fields.UUID(load_default=None, allow_none=True)
    ticket_number = SafeText(load_default=None, allow_none=True, max_length=TICKET_MAX)
    reservation = StrictBoolean(
        load_default=False,
        metadata={"description": "Nothing is paid: it is kept for hours, and bought or not."},
    )

    @validates_schema
    def said_once(self, data: dict[str, Any], **_: object) -> None:
        """Refuse an order without goods or store, and one that says it in both ways."""
        both = {"items": data.get("quantities"), "store": data.get("store")}
        if data.get("parts") is None:
            wrong = {name: [REQUIRED] for name, said in both.items() if said is None}
        else:
            both["slot_id"] = data.get("slot_id")
            wrong = {name: [IN_PARTS] for name, said in both.items() if said is not None}
        if wrong:
            raise ValidationError(wrong)

    @validates_schema
    def a_till_is_somewhere(self, data: dict[str, Any], **_: object) -> None:
        """Refuse to be paid at a till of no store, and a ticket of what no till is paid."""
        if data.get("pay_by") is PayBy.TILL and not data.get("placed_at"):
            raise ValidationError("Name the store whose till is paid.", "placed_at")
        if data.get("ticket_number") and data.get("pay_by") is not PayBy.TILL:
            raise ValidationError(ONLY_TILLS, "ticket_number")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> PlaceOrder:
        """Return the command."""
        one = [Collect(data["store"], data["quantities"], data["method"], data["slot_id"])]
        return PlaceOrder(
            data["channel"],
            data["parts"] or one,
            GiveContact(language=data["language"], **data["customer"]),
            data["pay_by"],
            begun_at=data["placed_at"],
            brand_code=data["brand"],
            seen_total_minor=data["seen_total_minor"],
            seller_id=data["seller_id"],
            ticket_number=data["ticket_number"],
            reservation=data["reservation"],
            company=data["company"],
            note=data["note"],
        )


class PlaceDeliverySchema(ItemsSchema, _BuyerSchema):
    """An order of one part that is brought to a door; it is pending until it is paid.

    A till is one of `store`, where the order was begun.
    """

    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    address = fields.Nested(DeliveryAddressSchema, required=True)
    delivery_method = SafeText(required=True, max_length=CODE_MAX)
    pay_by = fields.Enum(
        PayBy,
        by_value=True,
        metadata=TEXT,
        load_default=PayBy.CARD,
        validate=validate.OneOf((PayBy.CARD, PayBy.TILL), error="Choose card or till."),
    )

    @validates_schema
    def a_till_is_somewhere(self, data: dict[str, Any], **_: object) -> None:
        """Refuse to be paid at a till of no store."""
        if data.get("pay_by") is PayBy.TILL and not data.get("store"):
            raise ValidationError("Name the store whose till is paid.", "store")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> PlaceOrder:
        """Return the command."""
        return PlaceOrder(
            data["channel"],
            [Bring(data["address"], data["quantities"], data["delivery_method"])],
            GiveContact(language=data["language"], **data["customer"]),
            data["pay_by"],
            begun_at=data["store"],
            brand_code=data["brand"],
            seen_total_minor=data["seen_total_minor"],
            company=data["company"],
            note=data["note"],
        )


class PlacedParcelSchema(Schema):
    """What one location does of an order: `part` counts from 0, as they were asked for.

    `promised_at` is when it is ready, or leaves; only what is brought arrives between two days.
    """

    fulfillment_id = fields.UUID(required=True)
    part = fields.Integer(required=True)
    method = fields.String(required=True)
    store = fields.String(required=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    promised_at = fields.AwareDateTime(required=True)
    arrives_from = fields.Date(required=True, allow_none=True)
    arrives_by = fields.Date(required=True, allow_none=True)


class PlacedOrderSchema(Schema):
    """An order that was opened; `access_token` shows it to whoever placed it.

    Its first parcel stands for it. `follows` is what is done about what was not there: `transfer`,
    `wait` or `case`; then `promised_at` counts on it, and of a case it is when a person has
    answered.
    """

    id = fields.UUID(required=True)
    number = ShownNumber(required=True)
    fulfillment_id = fields.UUID(required=True)
    promised_at = fields.AwareDateTime(required=True)
    currency = fields.String(required=True)
    total_minor = fields.Integer(required=True)
    vat = fields.List(fields.Nested(VatSchema), required=True)
    parcels = fields.List(fields.Nested(PlacedParcelSchema), required=True)
    follows = fields.String(required=True, allow_none=True)
    access_token = fields.String(required=True)
