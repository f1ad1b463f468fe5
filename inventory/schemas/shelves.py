"""Shelf places in JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from kernel.fields import SKU_MAX, QueryInteger, SafeText, StrictSchema

PLACE_MAX = 40
ROWS_MAX = 1_000


class PlaceSchema(StrictSchema):
    """Where one SKU lies; null: nowhere any more."""

    sku = SafeText(required=True, max_length=SKU_MAX)
    place = SafeText(required=True, allow_none=True, max_length=PLACE_MAX)


class PlacesSchema(StrictSchema):
    """Where SKUs lie; each is named once."""

    places = fields.List(
        fields.Nested(PlaceSchema), required=True, validate=validate.Length(min=1, max=ROWS_MAX)
    )

    @post_load
    def by_sku(self, data: dict[str, Any], **_: object) -> dict[str, dict[str, str | None]]:
        """Return the place of each SKU."""
        places = {each["sku"]: each["place"] for each in data["places"]}
        if len(places) < len(data["places"]):
            raise ValidationError("Name each SKU once.", "places")
        return {"places": places}


class PlacesChangedSchema(Schema):
    """Of how many SKUs the place is new."""

    changed = fields.Integer(required=True)


class ShelfQuerySchema(StrictSchema):
    """Which part of the list."""

    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=100, validate=validate.Range(min=1, max=ROWS_MAX))


class ShelfPageSchema(Schema):
    """A page of places; `next` is null on the last one."""

    places = fields.List(fields.Nested(PlaceSchema), required=True)
    next = fields.String(required=True, allow_none=True)
