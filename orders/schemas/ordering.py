"""Orders, parcels and hand-overs in JSON."""

from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from customers.commands import NameCompany
from kernel.clock import now
from kernel.fields import (
    SKU_MAX,
    Quantity,
    QueryInteger,
    SafeText,
    StrictSchema,
)
from kernel.ids import show_order_number
from orders.commands import ORDER_NOTE_MAX, CancelReason, Status
from stores.commands import StoreMethod

LIMIT_MAX = 100
NOTED = "What the customer says to whoever works on it; not in answers to what moves an order."
"""Those answers are stored, and nothing personal is."""
MINOR_MAX = 2**31 - 1
COMPANY_MAX = 120
NUMBER_MAX = 24
LANGUAGES = ("fr", "en")
DAYS_AHEAD = timedelta(days=366)
TEXT = {"type": "string"}
"""What OpenAPI is told of a value that only a function or an enum gives."""


class ContactSchema(StrictSchema):
    """Who the order is for: a name, and an e-mail address or a phone number."""

    first_name = SafeText(load_default="", min_length=0, max_length=80)
    last_name = SafeText(required=True, max_length=80)
    email = SafeText(load_default=None, allow_none=True, max_length=254)
    phone = SafeText(load_default=None, allow_none=True, max_length=32)

    @validates_schema
    def one_way_at_least(self, data: dict[str, Any], **_: object) -> None:
        """Refuse somebody nobody could tell that it is ready."""
        if not data.get("email") and not data.get("phone"):
            raise ValidationError("Give an e-mail address or a phone number.", "email")


class OrderCompanySchema(StrictSchema):
    """A company an order is for; a VAT number begins with the two letters of its country."""

    name = SafeText(required=True, max_length=COMPANY_MAX)
    siren = SafeText(
        load_default=None,
        allow_none=True,
        max_length=NUMBER_MAX,
        metadata={"description": "Its SIREN, or the SIRET of one of its places."},
    )
    vat_number = SafeText(load_default=None, allow_none=True, max_length=NUMBER_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> NameCompany:
        """Return the company."""
        return NameCompany(**data)


class OrderNoteSchema(StrictSchema):
    """What the customer says of an order to whoever prepares, hands over or brings it."""

    note = SafeText(required=True, min_length=0, max_length=ORDER_NOTE_MAX)


class Minor(Quantity):
    """An amount in minor units: a JSON number, never a text."""

    def __init__(self, *, minimum: int = 0, **kwargs: Any) -> None:  # noqa: ANN401 (marshmallow's)
        super().__init__(minimum=minimum, **kwargs)
        self.validators = [validate.Range(min=minimum, max=MINOR_MAX)]


class CancelSchema(StrictSchema):
    """Why an order is called off."""

    reason = fields.Enum(
        CancelReason, by_value=True, metadata=TEXT, load_default=CancelReason.CUSTOMER_REMORSE
    )


class OrderQuerySchema(StrictSchema):
    """The number of an order, as printed or typed."""

    number = SafeText(required=True, max_length=20)


class FulfillmentQuerySchema(StrictSchema):
    """Which parcels of a store to list, soonest promise first."""

    store = SafeText(required=True, max_length=SKU_MAX)
    status = fields.List(
        fields.Enum(Status, by_value=True, metadata=TEXT),
        load_default=lambda: [Status.NEW, Status.ACCEPTED, Status.PICKING, Status.READY],
        validate=validate.Length(max=len(Status)),
    )
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class ShortSchema(StrictSchema):
    """What cannot be had, and why."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    quantity = Quantity(required=True)
    reason = SafeText(required=True, max_length=32)


class BinSchema(StrictSchema):
    """The label of a bin."""

    bin = SafeText(required=True, max_length=32)


class ReadySchema(StrictSchema):
    """That everything is decided; the bin may be named here if it was not before."""

    bin = SafeText(load_default=None, max_length=32)


class ShownNumber(fields.String):
    """An order's number as people see it: `7K3-M9PX`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ANN401 (marshmallow's signature)
        shown = super()._serialize(value, attr, obj, **kwargs)
        return show_order_number(shown) if shown else shown


class VatSchema(Schema):
    """What one VAT rate makes of the sum, minor units."""

    rate_bp = fields.Integer(required=True)
    gross_minor = fields.Integer(required=True)
    net_minor = fields.Integer(required=True)
    vat_minor = fields.Integer(required=True)


class LineSchema(Schema):
    """One SKU of a parcel, in base units."""

    sku = fields.String(required=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    picked = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    handed_over = fields.Integer(required=True)
    short_reason = fields.String(required=True, allow_none=True)
    unit_price_minor = fields.Integer(required=True)
    price_per = fields.Integer(required=True)
    vat_bp = fields.Integer(required=True)
    discount_minor = fields.Integer(
        required=True,
        metadata={"description": "What a promotion takes off `quantity` of them."},
    )
    promotion = fields.String(required=True)
    eco_minor = fields.Integer(
        required=True,
        metadata={"description": "The éco-participation in the unit price, never discounted."},
    )


class FulfillmentSchema(Schema):
    """One parcel: where it is prepared, how far it is, what is in it."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    order_number = ShownNumber(required=True)
    channel = fields.String(required=True)
    currency = fields.String(required=True)
    location_id = fields.UUID(required=True)
    method = fields.String(required=True)
    status = fields.String(required=True)
    overdue = fields.Boolean(required=True)
    promised_at = fields.AwareDateTime(required=True)
    accept_by = fields.AwareDateTime(required=True, allow_none=True)
    release_at = fields.AwareDateTime(required=True, allow_none=True)
    formation = fields.String(required=True)
    wave_id = fields.UUID(required=True, allow_none=True)
    promise_inputs = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    slot_starts_at = fields.AwareDateTime(required=True, allow_none=True)
    slot_ends_at = fields.AwareDateTime(required=True, allow_none=True)
    bin = fields.String(required=True, allow_none=True)
    ready_at = fields.AwareDateTime(required=True, allow_none=True)
    collect_by = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    rerouted_to = fields.UUID(required=True, allow_none=True)
    delivery_method_id = fields.UUID(required=True, allow_none=True)
    arrives_from = fields.Date(required=True, allow_none=True)
    arrives_by = fields.Date(required=True, allow_none=True)
    total_minor = fields.Function(
        lambda parcel: parcel.owed.total_minor, required=True, metadata={"type": "integer"}
    )
    note = fields.String(allow_none=True, metadata={"description": NOTED})
    lines = fields.List(fields.Nested(LineSchema), required=True)


class FulfillmentPageSchema(Schema):
    """A page of parcels; `next` is null on the last one."""

    fulfillments = fields.List(fields.Nested(FulfillmentSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ChargeSchema(Schema):
    """What an order pays for one way to a door; minor units, tax included."""

    delivery_method_id = fields.UUID(required=True)
    name = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    vat_bp = fields.Integer(required=True)


class OrderSchema(Schema):
    """An order with its parcels; its status is rolled up from theirs."""

    id = fields.UUID(required=True)
    number = ShownNumber(required=True)
    version = fields.Integer(
        required=True, metadata={"description": "For `If-Match` when the order is changed."}
    )
    channel = fields.String(required=True)
    formation = fields.String(required=True)
    language = fields.String(required=True)
    currency = fields.String(required=True)
    status = fields.String(required=True)
    placed_at = fields.AwareDateTime(required=True)
    total_minor = fields.Function(
        lambda order: order.owed.total_minor, required=True, metadata={"type": "integer"}
    )
    vat = fields.Function(
        lambda order: VatSchema(many=True).dump(order.owed.vat),
        required=True,
        metadata={"type": "array", "items": {"$ref": "#/components/schemas/Vat"}},
    )
    charges = fields.List(fields.Nested(ChargeSchema), required=True, attribute="due_charges")
    company = fields.Nested(OrderCompanySchema, required=True, allow_none=True)
    note = fields.String(allow_none=True, metadata={"description": NOTED})
    fulfillments = fields.List(fields.Nested(FulfillmentSchema), required=True)


KEPT_ORDER = OrderSchema(exclude=("note", "fulfillments.note"))
KEPT_PARCEL = FulfillmentSchema(exclude=("note",))
"""What of an answer to what moves an order is stored: nothing personal."""


def _near_day(day: date) -> None:
    if abs(day - now().date()) > DAYS_AHEAD:
        raise ValidationError("Give a day of the next weeks.")


class SlotQuerySchema(StrictSchema):
    """Which free slots to list."""

    method = fields.Enum(StoreMethod, by_value=True, metadata=TEXT, load_default=StoreMethod.PICKUP)
    day = fields.Date(load_default=None, validate=_near_day)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class SlotSchema(Schema):
    """A free slot; `left` more can book it."""

    id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    left = fields.Integer(required=True)


class SlotListSchema(Schema):
    """Free slots, soonest first."""

    slots = fields.List(fields.Nested(SlotSchema), required=True)
