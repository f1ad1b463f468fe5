"""The catalogue in JSON."""

from marshmallow import Schema, fields, validate

from catalog.commands import Unit
from kernel.fields import QueryInteger, SafeText, StrictSchema

LIMIT_MAX = 100


class ArticleQuerySchema(StrictSchema):
    """How to search the catalogue."""

    q = SafeText(load_default="", min_length=0, metadata={"description": "Words to find."})
    category = SafeText(load_default=None)
    language = fields.String(load_default="fr", validate=validate.OneOf(["fr", "en"]))
    brand = fields.UUID(load_default=None, metadata={"description": "Whose prices; else any."})
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))


class ArticleViewSchema(StrictSchema):
    """How to show one article."""

    language = fields.String(load_default="fr", validate=validate.OneOf(["fr", "en"]))
    brand = fields.UUID(load_default=None)


class SkuSchema(Schema):
    """One SKU of an article; the price includes tax, minor units per `price_per` base units."""

    sku = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    options = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    unit = fields.Enum(Unit, by_value=True, required=True, metadata={"type": "string"})
    vat_bp = fields.Integer(required=True)
    price_minor = fields.Integer(required=True, allow_none=True)
    price_per = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    eco_minor = fields.Integer(
        required=True,
        metadata={"description": "The éco-participation that is included, per `price_per`."},
    )


class ArticleSchema(Schema):
    """What a shopper sees of an article."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    category = fields.String(required=True, allow_none=True)
    picture = fields.String(required=True, allow_none=True)
    skus = fields.List(fields.Nested(SkuSchema), required=True)


class ArticlePageSchema(Schema):
    """A page of articles; `next` is null on the last one."""

    articles = fields.List(fields.Nested(ArticleSchema), required=True)
    next = fields.String(required=True, allow_none=True)
