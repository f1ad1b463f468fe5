"""Prices, promotions and quotes in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from catalog.commands import SetPrice
from kernel.fields import (
    SKU_MAX,
    Instant,
    Items,
    Quantity,
    QueryInteger,
    SafeText,
    StrictBoolean,
    StrictSchema,
)
from orders.commands import PromotionKind, PromotionOn, SetPromotion
from orders.schemas.ordering import LANGUAGES, LIMIT_MAX, TEXT, Minor, VatSchema
from orders.schemas.placing import PARTS_MAX, OrderPartSchema

CODE_MAX = 40
PRICES_MAX = 1_000
USES_MAX = 1_000_000
PROMOTION_CODE = validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LANGUAGE = validate.OneOf(LANGUAGES)


class PriceListQuerySchema(StrictSchema):
    """Which of a brand's SKUs to list, by code."""

    brand = SafeText(required=True, max_length=SKU_MAX)
    q = SafeText(load_default="", min_length=0)
    language = fields.String(load_default="fr", validate=LANGUAGE)
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class BrandQuerySchema(StrictSchema):
    """Whose prices."""

    brand = SafeText(required=True, max_length=SKU_MAX)


class ListedPriceSchema(Schema):
    """A SKU with what it costs now and next; minor units, tax included, per `price_per`."""

    sku = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    category = fields.String(required=True, allow_none=True)
    vat_bp = fields.Integer(required=True)
    eco_minor = fields.Integer(required=True)
    price_minor = fields.Integer(required=True, allow_none=True)
    price_per = fields.Integer(required=True, allow_none=True)
    is_reduced = fields.Boolean(required=True)
    next_minor = fields.Integer(required=True, allow_none=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)


class PriceListSchema(Schema):
    """A page of a price list; `next` is null on the last one."""

    prices = fields.List(fields.Nested(ListedPriceSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class DatedPriceSchema(Schema):
    """What a SKU costs for a time; `state` is past, present, planned or set_aside."""

    amount_minor = fields.Integer(required=True)
    price_per = fields.Integer(required=True)
    currency = fields.String(required=True)
    is_reduced = fields.Boolean(required=True)
    author_name = fields.String(required=True, allow_none=True)
    valid_from = fields.AwareDateTime(required=True)
    valid_to = fields.AwareDateTime(required=True, allow_none=True)
    state = fields.String(required=True)


class PriceHistorySchema(Schema):
    """What a SKU cost, costs and is to cost, latest first."""

    prices = fields.List(fields.Nested(DatedPriceSchema), required=True)


class SetPriceSchema(StrictSchema):
    """What a SKU costs from an instant on, now when left out, or until another."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    amount_minor = Minor(required=True)
    price_per = Quantity(load_default=1)
    valid_from = Instant(load_default=None, allow_none=True)
    valid_to = Instant(load_default=None, allow_none=True)
    is_reduced = StrictBoolean(load_default=False)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> SetPrice:
        """Return the command."""
        return SetPrice(**data)


class SetPricesSchema(StrictSchema):
    """Prices of a brand, set together: all of them or none."""

    brand = SafeText(required=True, max_length=SKU_MAX)
    prices = fields.List(
        fields.Nested(SetPriceSchema),
        required=True,
        validate=validate.Length(min=1, max=PRICES_MAX),
    )


class PricesSetSchema(Schema):
    """How many prices were written; what was so already is not counted."""

    written = fields.Integer(required=True)


class PromotionQuerySchema(PriceListQuerySchema):
    """Which of a brand's promotions to list, those that begin last first."""


class PromotionSchema(Schema):
    """A promotion; `state` is running, planned, over, used_up or withdrawn."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    kind = fields.Enum(PromotionKind, by_value=True, attribute="deal.kind", metadata=TEXT)
    percent_bp = fields.Integer(attribute="deal.percent_bp", required=True)
    amount_minor = fields.Integer(attribute="deal.amount_minor", required=True)
    take = fields.Integer(attribute="deal.take", required=True)
    pay = fields.Integer(attribute="deal.pay", required=True)
    on_what = fields.Enum(PromotionOn, by_value=True, attribute="deal.on_what", metadata=TEXT)
    on_code = fields.String(attribute="deal.on_code", required=True, allow_none=True)
    group_id = fields.UUID(required=True, allow_none=True)
    location_id = fields.UUID(required=True, allow_none=True)
    valid_from = fields.AwareDateTime(attribute="deal.valid_from", required=True)
    valid_to = fields.AwareDateTime(attribute="deal.valid_to", required=True, allow_none=True)
    uses = fields.Integer(required=True)
    uses_max = fields.Integer(required=True, allow_none=True)
    author_name = fields.String(required=True)
    state = fields.String(required=True)


class PromotionPageSchema(Schema):
    """A page of promotions; `next` is null on the last one."""

    promotions = fields.List(fields.Nested(PromotionSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class SetPromotionSchema(StrictSchema):
    """What is taken off, of what, where, for how long and for how many orders."""

    code = SafeText(required=True, max_length=CODE_MAX, validate=[PROMOTION_CODE])
    names = fields.Dict(
        keys=fields.String(validate=LANGUAGE),
        values=SafeText(max_length=80),
        required=True,
        validate=validate.Length(min=1),
    )
    kind = fields.Enum(PromotionKind, by_value=True, required=True, metadata=TEXT)
    on_what = fields.Enum(PromotionOn, by_value=True, required=True, metadata=TEXT)
    on_code = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    amount = Minor(
        minimum=1,
        load_default=None,
        allow_none=True,
        metadata={"description": "Basis points of a percent, minor units of an amount."},
    )
    take = Quantity(load_default=None, allow_none=True)
    pay = Quantity(load_default=None, allow_none=True)
    group_id = fields.UUID(load_default=None, allow_none=True)
    location_id = fields.UUID(load_default=None, allow_none=True)
    valid_from = Instant(load_default=None, allow_none=True)
    valid_to = Instant(load_default=None, allow_none=True)
    uses_max = Minor(minimum=1, load_default=None, allow_none=True)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> Any:  # noqa: ANN401 (marshmallow)
        """Return the command."""
        return SetPromotion(**data)


class OpenPromotionSchema(SetPromotionSchema):
    """A promotion of a brand."""

    brand = SafeText(required=True, max_length=SKU_MAX)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> Any:  # noqa: ANN401 (marshmallow)
        """Return whose it is, and the command."""
        return {"brand": data.pop("brand"), "command": SetPromotion(**data)}


class QuoteQuerySchema(StrictSchema):
    """A basket, and whose prices: a store's, or a brand's where no store is chosen.

    `parts` instead of `items` are quoted as they would be ordered, having them brought included;
    `store` is where that is begun then.
    """

    items = Items(required=False, load_default=None)
    parts = fields.List(
        fields.Nested(OrderPartSchema),
        load_default=None,
        validate=validate.Length(min=1, max=PARTS_MAX),
    )
    store = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    brand = SafeText(load_default=None, allow_none=True, max_length=SKU_MAX)
    language = fields.String(load_default="fr", validate=LANGUAGE)

    @validates_schema
    def one_seller(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a basket that nobody sells, or two do, and one that is said in both ways."""
        items, parts = data.get("quantities"), data.get("parts")
        if (items is None) == (parts is None):
            raise ValidationError("Give items or parts.", "items")
        if parts is None and (data.get("store") is None) == (data.get("brand") is None):
            raise ValidationError("Give a store or a brand.", "store")


class QuotedLineSchema(Schema):
    """So many of one SKU; minor units, tax included."""

    sku = fields.String(required=True)
    label = fields.String(required=True)
    quantity = fields.Integer(required=True)
    unit_price_minor = fields.Integer(required=True)
    price_per = fields.Integer(required=True)
    vat_bp = fields.Integer(required=True)
    list_minor = fields.Integer(attribute="priced.list_minor", required=True)
    discount_minor = fields.Integer(required=True)
    amount_minor = fields.Integer(attribute="priced.amount_minor", required=True)
    eco_minor = fields.Integer(attribute="eco_total_minor", required=True)
    promotion_id = fields.UUID(required=True, allow_none=True)
    promotion_name = fields.String(required=True)


class QuotedChargeSchema(Schema):
    """What is paid beside the goods."""

    name = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    vat_bp = fields.Integer(required=True)


class QuoteSchema(Schema):
    """What a basket costs now: send `total_minor` as `seen_total_minor` of the order."""

    currency = fields.String(required=True)
    lines = fields.List(fields.Nested(QuotedLineSchema), required=True)
    charges = fields.List(fields.Nested(QuotedChargeSchema), required=True)
    discount_minor = fields.Integer(required=True)
    eco_minor = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    vat = fields.List(fields.Nested(VatSchema), required=True)
