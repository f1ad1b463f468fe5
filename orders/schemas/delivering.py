"""Ways to a door, what having a basket brought costs, and orders that are brought, in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kernel.fields import (
    QUANTITY_MAX,
    SKU_MAX,
    ItemsSchema,
    QueryInteger,
    SafeText,
    StrictBoolean,
    StrictSchema,
)
from orders.commands import (
    AskDelivery,
    Channel,
    PayBy,
    PricedBy,
    SetDeliveryMethod,
    SetDeliveryZone,
)
from orders.schemas.ordering import LANGUAGES, TEXT, ShownNumber, VatSchema

CODE_MAX = 40
POSTCODE_MAX = 12
QUERY_ITEMS_MAX = 100
MINOR_MAX = 99_999_999
GRAMS_MAX = 10_000_000
BANDS_MAX = 50
POSTCODES_MAX = 500
DAYS_MAX = 60
POSITION_MAX = 1_000
VAT_MAX_BP = 10_000
COUNTRY = validate.Regexp(r"^[A-Z]{2}\Z", error="Two capital letters, as in FR.")


def _whole(least: int, most: int, **more: Any) -> fields.Integer:  # noqa: ANN401 (marshmallow's)
    return fields.Integer(strict=True, validate=validate.Range(min=least, max=most), **more)


class _WhereSchema(StrictSchema):
    """Where a basket is to be brought, who sells it, and on which channel."""

    postcode = SafeText(required=True, max_length=POSTCODE_MAX)
    country = fields.String(load_default="FR", validate=COUNTRY)
    channel = fields.Enum(Channel, by_value=True, metadata=TEXT, load_default=Channel.WEB)
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    brand = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> AskDelivery:
        """Return what is asked."""
        return AskDelivery(
            data["channel"],
            data["language"],
            data["quantities"],
            data["postcode"],
            data["country"],
            data["brand"],
            data["store"],
        )


class AskDeliverySchema(ItemsSchema, _WhereSchema):
    """A basket, and the postcode it is to be brought to."""


class AskDeliveryQuerySchema(_WhereSchema):
    """The same question as a link: `sku` and `quantity` repeat, in the same order."""

    sku = fields.List(
        SafeText(max_length=SKU_MAX),
        required=True,
        validate=validate.Length(min=1, max=QUERY_ITEMS_MAX),
    )
    quantity = fields.List(
        QueryInteger(validate=validate.Range(min=1, max=QUANTITY_MAX)),
        load_default=list,
        metadata={"description": "One of each when left out."},
    )

    @validates_schema
    def pairs(self, data: dict[str, Any], **_: object) -> None:
        """Refuse another number of quantities than of SKUs, or a SKU twice."""
        skus, quantities = data.get("sku", []), data.get("quantity", [])
        if quantities and len(quantities) != len(skus):
            raise ValidationError("Give one quantity for each SKU.", "quantity")
        if len(set(skus)) != len(skus):
            raise ValidationError("Name each SKU once.", "sku")

    @post_load
    def command(self, data: dict[str, Any], **more: Any) -> AskDelivery:  # noqa: ANN401 (marshmallow)
        """Return what is asked."""
        units = data["quantity"] or [1] * len(data["sku"])
        quantities = dict(zip(data["sku"], units, strict=True))
        asked: AskDelivery = super().command({**data, "quantities": quantities}, **more)
        return asked


class DeliveryParcelSchema(Schema):
    """What one location sends, when it leaves there, and between which days it arrives."""

    store = fields.String(required=True, attribute="send.store.code")
    name = fields.String(required=True, attribute="send.store.name")
    city = fields.String(required=True, attribute="send.store.city")
    quantities = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, attribute="send.quantities"
    )
    leaves_at = fields.AwareDateTime(required=True)
    arrives_from = fields.Date(required=True, attribute="arrival.first")
    arrives_by = fields.Date(required=True, attribute="arrival.last")


class DeliveryOptionSchema(Schema):
    """One way: its price, what goods and delivery come to, and when all of it is there.

    `to_free_minor` is how much more makes the delivery free, null where nothing does. `pay_by` has
    no card where it leaves later than a card holds money. Days are null while a person looks.
    """

    delivery_method = fields.String(required=True, attribute="way.code")
    name = fields.String(required=True, attribute="charge.name")
    zone = fields.String(required=True, attribute="fee.zone.name")
    price_minor = fields.Integer(required=True, attribute="charge.amount_minor")
    vat_bp = fields.Integer(required=True, attribute="charge.vat_bp")
    to_free_minor = fields.Integer(required=True, allow_none=True, attribute="fee.to_free_minor")
    total_minor = fields.Integer(required=True, attribute="totals.total_minor")
    vat = fields.List(fields.Nested(VatSchema), required=True, attribute="totals.vat")
    arrives_from = fields.Date(required=True, allow_none=True)
    arrives_by = fields.Date(required=True, allow_none=True)
    pay_by = fields.List(fields.Enum(PayBy, by_value=True, metadata=TEXT), required=True)
    parcels = fields.List(fields.Nested(DeliveryParcelSchema), required=True)


class DeliveryOptionsSchema(Schema):
    """The ways to a door, in the brand's order; none while something is `missing`.

    `follows` is what is done first about what is not there: `transfer`, `wait` or `case`; of a case
    `answer_by` is when a person has said how and when it comes.
    """

    goods_minor = fields.Integer(required=True, attribute="quote.totals.total_minor")
    missing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    follows = fields.String(required=True, allow_none=True, attribute="decision.follows")
    answer_by = fields.AwareDateTime(required=True, allow_none=True)
    options = fields.List(fields.Nested(DeliveryOptionSchema), required=True)


class TillPaymentSchema(StrictSchema):
    """The ticket a till printed for a delivery: what was due was paid at this store."""

    store = SafeText(required=True, max_length=SKU_MAX)
    ticket_number = SafeText(required=True, max_length=64)


class TillPaidSchema(Schema):
    """What became of a delivery whose money a till took, whoever sends it."""

    number = ShownNumber(required=True)
    status = fields.String(required=True)
    due_minor = fields.Integer(required=True)


class BandSchema(StrictSchema):
    """Up to where a price goes: grams or minor units, included; null is without end."""

    up_to = _whole(1, 2_000_000_000, required=True, allow_none=True)
    price_minor = _whole(0, MINOR_MAX, required=True)


class SetDeliveryZoneSchema(StrictSchema):
    """Where a way leads: beginnings of postcodes, prices, working days; `name` is its key."""

    name = SafeText(required=True, max_length=80)
    country = fields.String(load_default="FR", validate=COUNTRY)
    postcodes = fields.List(
        SafeText(max_length=POSTCODE_MAX),
        required=True,
        validate=validate.Length(min=1, max=POSTCODES_MAX),
    )
    days_min = _whole(0, DAYS_MAX, required=True)
    days_max = _whole(0, DAYS_MAX, required=True)
    free_from_minor = _whole(0, MINOR_MAX, load_default=None, allow_none=True)
    bands = fields.List(
        fields.Nested(BandSchema), required=True, validate=validate.Length(min=1, max=BANDS_MAX)
    )

    def command_for(self, method_id: Any, data: dict[str, Any]) -> SetDeliveryZone:  # noqa: ANN401
        """Return the command, for a way."""
        bands = [(band["up_to"], band["price_minor"]) for band in data["bands"]]
        return SetDeliveryZone(method_id=method_id, **{**data, "bands": bands})


class WayNamesSchema(StrictSchema):
    """What a way is called in both languages."""

    fr = SafeText(required=True, max_length=80)
    en = SafeText(required=True, max_length=80)


class SetDeliveryMethodSchema(StrictSchema):
    """A way to a door as it is to be; `unknown_weight_g` is what an unknown weight counts as."""

    names = fields.Nested(WayNamesSchema, required=True)
    carrier = SafeText(load_default="local", max_length=32)
    priced_by = fields.Enum(PricedBy, by_value=True, metadata=TEXT, required=True)
    vat_bp = _whole(0, VAT_MAX_BP, load_default=2_000)
    unknown_weight_g = _whole(1, GRAMS_MAX, load_default=None, allow_none=True)
    position = _whole(0, POSITION_MAX, load_default=0)
    offered = StrictBoolean(load_default=True)

    def command_for(self, brand: str, code: str, data: dict[str, Any]) -> SetDeliveryMethod:
        """Return the command, for a brand's way with a code."""
        return SetDeliveryMethod(brand_code=brand, code=code, **data)


class ShownBands(fields.List):  # type: ignore[type-arg]  # it is shown, never read
    """Pairs of a bound and a price, shown as they are set."""

    def _serialize(self, value: Any, *_args: Any, **_more: Any) -> Any:  # noqa: ANN401 (marshmallow)
        return [{"up_to": bound, "price_minor": price_minor} for bound, price_minor in value]


class DeliveryZoneSchema(Schema):
    """A zone of a way, with its price table."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    country = fields.String(required=True)
    postcodes = fields.List(fields.String(), required=True)
    days_min = fields.Integer(required=True)
    days_max = fields.Integer(required=True)
    free_from_minor = fields.Integer(required=True, allow_none=True)
    bands = ShownBands(fields.Nested(BandSchema), required=True)


class DeliveryMethodSchema(Schema):
    """A way to a door with its zones."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    carrier = fields.String(required=True)
    priced_by = fields.String(required=True)
    vat_bp = fields.Integer(required=True)
    unknown_weight_g = fields.Integer(required=True, allow_none=True)
    position = fields.Integer(required=True)
    offered = fields.Boolean(required=True)
    closed = fields.Boolean(required=True)
    zones = fields.List(fields.Nested(DeliveryZoneSchema), required=True)


class DeliveryMethodListSchema(Schema):
    """The ways to a door of a brand, in the order they are offered."""

    delivery_methods = fields.List(fields.Nested(DeliveryMethodSchema), required=True)
