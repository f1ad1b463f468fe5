"""What the widget asks and is told, in JSON."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.i18n import DEFAULT, LANGUAGES
from app.shop.places import TYPED_MAX
from kernel.fields import SKU_MAX, QueryFloat, QueryInteger, SafeText, StrictSchema

GTIN: Final = r"[0-9]{8,14}"
QUANTITY_MAX: Final = 99


class CollectQuerySchema(StrictSchema):
    """One article, by SKU or barcode, how many of it, and a place: named, or a position."""

    sku = SafeText(load_default=None, max_length=SKU_MAX)
    gtin = fields.String(load_default=None, validate=validate.Regexp(rf"^{GTIN}\Z"))
    quantity = QueryInteger(load_default=1, validate=validate.Range(min=1, max=QUANTITY_MAX))
    place = SafeText(
        load_default=None,
        max_length=TYPED_MAX,
        metadata={"description": "A French postcode or the name of a town."},
    )
    latitude = QueryFloat(load_default=None, validate=validate.Range(min=-90, max=90))
    longitude = QueryFloat(load_default=None, validate=validate.Range(min=-180, max=180))
    language = fields.String(load_default=DEFAULT, validate=validate.OneOf(list(LANGUAGES)))

    @validates_schema
    def one_of_each(self, data: dict[str, Any], **_: object) -> None:
        """Refuse no article or two, no place or two, and half a position."""
        if (data.get("sku") is None) == (data.get("gtin") is None):
            raise ValidationError("Give a sku or a gtin.", "sku")
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError("Give latitude and longitude together.", "latitude")
        if (data.get("place") is None) == (data.get("latitude") is None):
            raise ValidationError("Give a place or a position.", "place")

    @post_load
    def as_asked(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return what was asked, with the position as one."""
        latitude, longitude = data.pop("latitude"), data.pop("longitude")
        return {**data, "position": None if latitude is None else (latitude, longitude)}


class CollectArticleSchema(Schema):
    """The article that was asked for."""

    sku = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    option = fields.String(required=True)


class CollectStoreSchema(Schema):
    """What one store can give, said as the shop says it.

    `href`, an address on this host, leads on to the order there. `kind` is all, part, later or
    none; `left` is there when only few are left.
    """

    code = fields.String(required=True)
    name = fields.String(required=True)
    city = fields.String(required=True)
    distance_km = fields.Float(required=True, allow_none=True)
    distance = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(["all", "part", "later", "none"]))
    said = fields.String(required=True)
    notes = fields.List(fields.String(), required=True)
    available = fields.Integer(required=True)
    left = fields.Integer(required=True, allow_none=True)
    ready_at = fields.AwareDateTime(required=True, allow_none=True)
    href = fields.String(required=True, allow_none=True)


class CollectOffersSchema(Schema):
    """The stores worth showing around a place, best first."""

    article = fields.Nested(CollectArticleSchema, required=True)
    quantity = fields.Integer(required=True)
    place = fields.String(required=True, metadata={"description": "Empty for a position."})
    stores = fields.List(fields.Nested(CollectStoreSchema), required=True)
