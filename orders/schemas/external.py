"""Orders another shop brings, in JSON."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveContact
from kernel.fields import ITEMS_MAX, SKU_MAX, Past, Quantity, SafeText, StrictSchema
from orders.commands import (
    Agreed,
    AgreedCharge,
    AgreedLine,
    Bring,
    BringOrder,
    Channel,
    Collect,
    OrderPart,
    PlaceOrder,
    add_up,
)
from orders.schemas.delivering import CODE_MAX
from orders.schemas.ordering import LANGUAGES, ContactSchema, Minor, OrderSchema
from orders.schemas.placing import IN_PARTS, PARTS_MAX, REQUIRED, SaidSchema, WhereSchema

NUMBER_MAX: Final = 64
REFERENCE_MAX: Final = 200
VAT_MAX_BP: Final = 10_000


class VatRate(Quantity):
    """A rate of VAT in hundredths of a per cent; 2000 is 20 %."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow's)
        super().__init__(minimum=0, **kwargs)
        self.validators = [validate.Range(min=0, max=VAT_MAX_BP)]


class AgreedLineSchema(StrictSchema):
    """What one SKU costs, tax included; `discount_minor` is off all of it."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)
    unit_price_minor = Minor(required=True)
    discount_minor = Minor(load_default=0)
    vat_bp = VatRate(load_default=None, allow_none=True)


class AgreedChargeSchema(StrictSchema):
    """What having it brought in one way costs, tax included."""

    delivery_method = SafeText(required=True, max_length=CODE_MAX)
    amount_minor = Minor(required=True)
    vat_bp = VatRate(load_default=None, allow_none=True)


class OutsidePaymentSchema(StrictSchema):
    """What the shop took, all of it where it does not say, and its own name for that payment."""

    reference = SafeText(required=True, max_length=REFERENCE_MAX)
    amount_minor = Minor(minimum=1, load_default=None, allow_none=True)


class BringOrderSchema(WhereSchema, SaidSchema):
    """An order of another shop: to collect at a `store`, or in `parts` that name their items.

    `lines` are what was agreed, each SKU once. Without `payment` it is paid when it is collected;
    what is brought to a door is paid already.
    """

    number = SafeText(required=True, max_length=NUMBER_MAX)
    brand = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    customer = fields.Nested(ContactSchema, required=True)
    lines = fields.List(
        fields.Nested(AgreedLineSchema),
        required=True,
        validate=validate.Length(min=1, max=ITEMS_MAX),
    )
    charges = fields.List(
        fields.Nested(AgreedChargeSchema),
        load_default=list,
        validate=validate.Length(max=PARTS_MAX),
    )
    total_minor = Minor(required=True)
    payment = fields.Nested(OutsidePaymentSchema, load_default=None, allow_none=True)
    placed_at = Past(load_default=None, allow_none=True)

    @validates_schema
    def goes_somewhere(self, data: dict[str, Any], **_: object) -> None:
        """Refuse an order that goes nowhere, or says twice where."""
        if data.get("parts") is None:
            if data.get("store") is None:
                raise ValidationError(REQUIRED, "store")
            return
        wrong = {name: [IN_PARTS] for name in ("store", "slot_id") if data.get(name) is not None}
        if wrong:
            raise ValidationError(wrong)

    @validates_schema(skip_on_field_errors=True)
    def lines_are_the_goods(self, data: dict[str, Any], **_: object) -> None:
        """Refuse an article that is agreed twice, or other goods than the parts have."""
        agreed = {line["sku"]: line["quantity"] for line in data["lines"]}
        if len(agreed) != len(data["lines"]):
            raise ValidationError("Name each SKU once, with its discount.", "lines")
        if any(
            line["discount_minor"] > line["quantity"] * line["unit_price_minor"]
            for line in data["lines"]
        ):
            raise ValidationError("No discount is more than what it is taken off.", "lines")
        if data["parts"] is None:
            return
        goods = add_up(part.quantities for part in data["parts"])
        if goods != agreed:
            raise ValidationError("The parts have other goods, or other quantities.", "lines")

    @validates_schema(skip_on_field_errors=True)
    def charges_are_of_its_ways(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a charge for a way that nothing goes, or two for one."""
        parts = data["parts"] or ()
        ways = {part.delivery_method for part in parts if isinstance(part, Bring)}
        said = [charge["delivery_method"] for charge in data["charges"]]
        if len(set(said)) != len(said) or set(said) - ways:
            raise ValidationError("Charge each way of the parts once, and no other.", "charges")

    @validates_schema(skip_on_field_errors=True)
    def nobody_pays_more(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a payment of more than the order."""
        paid = data["payment"]
        if paid is not None and (paid["amount_minor"] or 0) > data["total_minor"]:
            raise ValidationError({"payment": {"amount_minor": ["More than the total."]}})

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> BringOrder:
        """Return the command."""
        payment, total_minor = data["payment"], data["total_minor"]
        agreed = Agreed(
            {
                each["sku"]: AgreedLine(
                    each["unit_price_minor"], each["discount_minor"], each["vat_bp"]
                )
                for each in data["lines"]
            },
            {
                each["delivery_method"]: AgreedCharge(each["amount_minor"], each["vat_bp"])
                for each in data["charges"]
            },
            total_minor,
            0 if payment is None else payment["amount_minor"] or total_minor,
        )
        order = PlaceOrder(
            Channel.EXTERNAL,
            _parts(data),
            GiveContact(language=data["language"], **data["customer"]),
            brand_code=data["brand"],
            company=data["company"],
            note=data["note"],
        )
        reference = None if payment is None else payment["reference"]
        return BringOrder(data["number"], order, agreed, _stated(data), reference)


class BroughtQuerySchema(StrictSchema):
    """The number an order has in the shop that brought it."""

    number = SafeText(required=True, max_length=NUMBER_MAX)


class BroughtOrderSchema(Schema):
    """An order another shop brought, as it is now.

    `stated_minor` is what the shop said that it comes to, `paid_minor` what it took, `back_minor`
    what of that it is to give back; minor units.
    """

    external_number = fields.String(required=True)
    stated_minor = fields.Integer(required=True)
    paid_minor = fields.Integer(required=True)
    back_minor = fields.Integer(required=True)
    payment_reference = fields.String(required=True, allow_none=True)
    order = fields.Nested(OrderSchema, required=True)


def _parts(data: dict[str, Any]) -> list[OrderPart]:
    if data["parts"] is not None:
        return list(data["parts"])
    quantities = {line["sku"]: line["quantity"] for line in data["lines"]}
    return [Collect(data["store"], quantities, data["method"], data["slot_id"])]


def _stated(data: dict[str, Any]) -> dict[str, Any]:
    """Return what was stated, as it was said, without anything of the person."""
    placed_at = data["placed_at"]
    return {
        "parts": [_stated_part(part) for part in _parts(data)],
        "lines": data["lines"],
        "charges": data["charges"],
        "total_minor": data["total_minor"],
        "payment": data["payment"],
        "placed_at": placed_at.isoformat() if placed_at else None,
    }


def _stated_part(part: OrderPart) -> dict[str, Any]:
    said: dict[str, Any] = {"method": part.method.value, "quantities": dict(part.quantities)}
    if isinstance(part, Bring):
        return {**said, "delivery_method": part.delivery_method}
    slot_id = str(part.slot_id) if part.slot_id else None
    return {**said, "store": part.store_code, "slot_id": slot_id}
