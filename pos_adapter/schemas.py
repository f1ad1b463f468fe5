"""What tills send and are told, in JSON."""

from datetime import datetime
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import GiveContact
from inventory.commands import Disposition
from kernel.fields import (
    SKU_MAX,
    Items,
    Kilometres,
    Quantity,
    QueryFloat,
    QueryInteger,
    SafeText,
    StrictSchema,
)
from kernel.ids import show_order_number
from pos_adapter.commands import LookUp, ReceiptKind, ReceiptLine

SEQ_MAX: Final = 2**63 - 1
MINOR_MAX: Final = 2_000_000_000
LINES_MAX: Final = 500
BATCH_MAX: Final = 100
YEARS: Final = range(1970, 2101)
TEXT: Final = {"type": "string"}
RADIUS_KM_MAX: Final = 200
LANGUAGES: Final = ("fr", "en")


class Whole(fields.Integer):
    """A whole number between two bounds, never a fraction or a text."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow)
        super().__init__(strict=True, validate=validate.Range(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401 (marshmallow)
        if type(value) is not int:
            raise self.make_error("invalid")
        return int(super()._deserialize(value, *args, **kwargs) or 0)


def _plausible(moment: datetime) -> None:
    if moment.year not in YEARS:
        raise ValidationError("Give a moment between 1970 and 2100.")


def _require_one(data: dict[str, Any], *names: str) -> None:
    if sum(data.get(name) is not None for name in names) != 1:
        raise ValidationError(f"Give exactly one of {', '.join(names)}.", names[0])


class TillReceiptLineSchema(StrictSchema):
    """A line: exactly one of `sku` and `gtin`; `amount_minor` is of all its units, tax included.

    `order_number` says that these units are an order's: sales only. A line of an order without an
    article is the payment of what is brought to its customer; its quantity is 1. `disposition` and
    `reason` say what becomes of goods that come back: returns only.
    """

    sku = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    gtin = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{8,14}\Z")
    )
    quantity = Quantity(required=True)
    amount_minor = Whole(0, MINOR_MAX, required=True)
    vat_bp = Whole(0, 10_000, load_default=None, allow_none=True)
    order_number = SafeText(load_default=None, allow_none=True, max_length=20)
    disposition = fields.Enum(
        Disposition, by_value=True, metadata=TEXT, load_default=Disposition.RESTOCK
    )
    reason = SafeText(load_default=None, allow_none=True, max_length=80)

    @validates_schema
    def one_name(self, data: dict[str, Any], **_: object) -> None:
        """Refuse an article named twice, or not at all where it is no payment."""
        payment = data.get("order_number") and data.get("quantity") == 1
        if not payment or data.get("sku") is not None or data.get("gtin") is not None:
            _require_one(data, "sku", "gtin")

    @post_load
    def line(self, data: dict[str, Any], **_: object) -> ReceiptLine:
        """Return the line."""
        return ReceiptLine(**data)


class TillCustomerSchema(StrictSchema):
    """Who bought, where they said so: an e-mail address or a phone number finds them."""

    first_name = SafeText(load_default="", min_length=0, max_length=80)
    last_name = SafeText(load_default="", min_length=0, max_length=80)
    email = SafeText(load_default=None, allow_none=True, max_length=254)
    phone = SafeText(load_default=None, allow_none=True, max_length=32)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))

    @post_load
    def contact(self, data: dict[str, Any], **_: object) -> GiveContact:
        """Return who bought."""
        return GiveContact(**data)


class TillReceiptSchema(StrictSchema):
    """A receipt under the till's own running number `seq`.

    `total_minor` is the sum of its lines. `order_number` is of a return: the order it comes from.
    """

    seq = Whole(1, SEQ_MAX, required=True)
    kind = fields.Enum(ReceiptKind, by_value=True, metadata=TEXT, required=True)
    ticket_number = SafeText(required=True, max_length=64)
    happened_at = fields.AwareDateTime(required=True, format="iso", validate=_plausible)
    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}\Z"))
    total_minor = Whole(0, MINOR_MAX, required=True)
    lines = fields.List(
        fields.Nested(TillReceiptLineSchema),
        required=True,
        validate=validate.Length(min=1, max=LINES_MAX),
    )
    customer = fields.Nested(TillCustomerSchema, load_default=None, allow_none=True)
    order_number = SafeText(load_default=None, allow_none=True, max_length=20)

    @validates_schema
    def order_in_its_place(self, data: dict[str, Any], **_: object) -> None:
        """Refuse an order named where it means nothing."""
        if data.get("kind") is ReceiptKind.SALE and data.get("order_number"):
            raise ValidationError("Name the order of a sale in its lines.", "order_number")
        named = any(line.order_number for line in data.get("lines", ()))
        if data.get("kind") is ReceiptKind.RETURN and named:
            raise ValidationError("Name the order of a return once, not in its lines.", "lines")


class TillBatchSchema(StrictSchema):
    """Receipts in the order they happened, each shaped as for `POST /till/receipts`."""

    receipts = fields.List(
        fields.Dict(), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )


class TillServedSchema(Schema):
    """What became of the units of one order: `handed_over`, or a `conflict` that is a case now."""

    order_number = fields.String(required=True)
    outcome = fields.String(required=True)
    refusal = fields.String(required=True, allow_none=True)


class TillReceiptAnswerSchema(Schema):
    """What a receipt did: the order it made, what it handed over, what was not booked before."""

    seq = fields.Integer(required=True)
    kind = fields.String(required=True)
    order_number = fields.String(required=True, allow_none=True)
    return_id = fields.UUID(required=True, allow_none=True)
    hand_overs = fields.List(fields.Nested(TillServedSchema), required=True)
    found = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    customer_known = fields.Boolean(required=True)


class TillBatchAnswerSchema(Schema):
    """One answer to each receipt, in their order: `outcome` is applied, repeated or refused."""

    class TillBatchOneSchema(Schema):
        """The answer to one receipt: `receipt` when it was taken in, else `problem`."""

        place = fields.Integer(required=True)
        outcome = fields.String(required=True)
        receipt = fields.Nested(TillReceiptAnswerSchema, required=True, allow_none=True)
        problem = fields.Dict(required=True, allow_none=True)

    answers = fields.List(fields.Nested(TillBatchOneSchema), required=True)


class TillGapSchema(Schema):
    """Receipts that never came, first to last; `since` is when a later one told of it."""

    first_seq = fields.Integer(required=True)
    last_seq = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True)


class TillGapListSchema(Schema):
    """How far this till is, and what is missing before that."""

    last_seq = fields.Integer(required=True, allow_none=True)
    gaps = fields.List(fields.Nested(TillGapSchema), required=True)


class TillLookUpSchema(StrictSchema):
    """What the customer shows or says: exactly one of these."""

    qr = SafeText(load_default=None, allow_none=True, max_length=500)
    code = SafeText(load_default=None, allow_none=True, max_length=20)
    order_number = SafeText(load_default=None, allow_none=True, max_length=20)
    phone = SafeText(load_default=None, allow_none=True, min_length=6, max_length=32)

    @validates_schema
    def one_of_four(self, data: dict[str, Any], **_: object) -> None:
        """Refuse none or several."""
        _require_one(data, "qr", "code", "order_number", "phone")

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> LookUp:
        """Return the command."""
        return LookUp(**data)


class TillLineSchema(Schema):
    """One SKU of a parcel: `collectable` of them wait in its bin.

    `discount_minor` is what the promotion named takes off all that is owed of it, and
    `amount_minor` what is left to pay for that.
    """

    sku = fields.String(required=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    collectable = fields.Integer(required=True)
    unit_price_minor = fields.Integer(required=True)
    price_per = fields.Integer(required=True)
    vat_bp = fields.Integer(required=True)
    discount_minor = fields.Integer(required=True, attribute="owed.discount_minor")
    promotion = fields.String(required=True)
    amount_minor = fields.Integer(required=True, attribute="owed.amount_minor")


class TillParcelSchema(Schema):
    """A parcel: of another store (`here` is false) only where it waits is told.

    `obstacle` is the code of the problem that keeps it from being handed over now.
    """

    fulfillment_id = fields.UUID(attribute="facts.id", required=True)
    order_number = fields.Function(
        lambda found: show_order_number(found.facts.order_number), required=True, metadata=TEXT
    )
    store = fields.String(attribute="store.code", required=True)
    store_name = fields.String(attribute="store.name", required=True)
    here = fields.Boolean(required=True)
    status = fields.String(attribute="facts.status", required=True)
    customer_name = fields.String(required=True)
    bin = fields.Function(
        lambda found: found.facts.bin if found.here else None,
        required=True,
        metadata={"type": ["string", "null"]},
    )
    currency = fields.String(attribute="facts.currency", required=True)
    due_minor = fields.Integer(required=True, allow_none=True)
    obstacle = fields.String(required=True, allow_none=True)
    lines = fields.Method("show_lines", required=True, metadata={"type": "array"})

    def show_lines(self, found: Any) -> list[dict[str, Any]]:  # noqa: ANN401 (a FoundParcel)
        """Return the lines of a parcel of this store."""
        shown = found.facts.lines if found.here else ()
        return [dict(each) for each in TillLineSchema(many=True).dump(shown)]


class TillParcelListSchema(Schema):
    """The parcels of who stands at the till."""

    parcels = fields.List(fields.Nested(TillParcelSchema), required=True)


class TillHandOverSchema(StrictSchema):
    """What was shown, and the ticket that paid: exactly one of `qr`, `code`, `fulfillment_id`.

    `amount_minor` is what the ticket took, which must be what is due; nothing when it was paid.
    """

    qr = SafeText(load_default=None, allow_none=True, max_length=500)
    code = SafeText(load_default=None, allow_none=True, max_length=20)
    fulfillment_id = fields.UUID(load_default=None, allow_none=True)
    ticket_number = SafeText(load_default=None, allow_none=True, max_length=64)
    amount_minor = Whole(0, MINOR_MAX, load_default=0)
    items = Items(
        required=False,
        load_default=None,
        metadata={"description": "What the customer takes; everything when left out."},
    )

    @validates_schema
    def complete(self, data: dict[str, Any], **_: object) -> None:
        """Refuse none or several ways to find the parcel, and money without its ticket."""
        _require_one(data, "qr", "code", "fulfillment_id")
        if data.get("amount_minor") and not data.get("ticket_number"):
            raise ValidationError("Give the ticket's number with its amount.", "ticket_number")


class TillHandedOverSchema(Schema):
    """That goods were handed over, and what their ticket paid."""

    hand_over_id = fields.UUID(required=True)
    order_number = fields.String(required=True)
    status = fields.String(required=True)
    paid_minor = fields.Integer(required=True)


class ShelfQuerySchema(StrictSchema):
    """An article by SKU or barcode, how many are wanted, and how far the customer would go."""

    article = SafeText(required=True, max_length=SKU_MAX)
    quantity = QueryInteger(load_default=1, validate=validate.Range(min=1, max=1000))
    radius_km = QueryFloat(
        load_default=50.0, validate=validate.Range(min=0, min_inclusive=False, max=RADIUS_KM_MAX)
    )


class TillNearbySchema(Schema):
    """A store that can give some; `available` is capped at what was asked for."""

    store = fields.String(required=True)
    name = fields.String(required=True)
    city = fields.String(required=True)
    distance_km = Kilometres(required=True, allow_none=True)
    available = fields.Integer(required=True)
    ready_at = fields.AwareDateTime(required=True, allow_none=True)


class TillShelfSchema(Schema):
    """What is here (on hand, promised, for remote sale), and who else has some."""

    sku = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    on_hand = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    available = fields.Integer(required=True)
    nearby = fields.List(fields.Nested(TillNearbySchema), required=True)
