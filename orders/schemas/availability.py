"""Availability in JSON: where a basket is wanted, what stores offer, ways to get it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kernel.fields import (
    QUANTITY_MAX,
    RADIUS_KM_MAX,
    SKU_MAX,
    Items,
    Kilometres,
    PositionSchema,
    QueryFloat,
    QueryInteger,
    SafeText,
    StrictFloat,
    StrictSchema,
)
from orders.schemas.ordering import SlotSchema
from stores.commands import StoreMethod

STORES_MAX = 600
QUERY_ITEMS_MAX = 100
POSTCODE_MAX = 12
TEXT = {"type": "string"}
RADIUS = validate.Range(min=0.1, max=RADIUS_KM_MAX)
METHODS = {"enum": [method.value for method in StoreMethod], "type": "string"}


class _AskedSchema(StrictSchema):
    """What every question has: a place, and which stores."""

    place = SafeText(
        load_default=None,
        max_length=80,
        metadata={"description": "A French postcode or the name of a town."},
    )
    postcode = SafeText(
        load_default=None,
        max_length=POSTCODE_MAX,
        metadata={"description": "A French postcode it could be brought to."},
    )
    stores = fields.List(
        SafeText(max_length=SKU_MAX), load_default=list, validate=validate.Length(max=STORES_MAX)
    )
    brand = SafeText(load_default=None, max_length=SKU_MAX)
    method = fields.Enum(
        StoreMethod, by_value=True, metadata=METHODS, load_default=StoreMethod.PICKUP
    )


class BasketSchema(_AskedSchema):
    """A basket, and where to look for it: around a position or a place, or in named stores."""

    items = Items()
    near = fields.Nested(PositionSchema, load_default=None)
    radius_km = StrictFloat(load_default=50.0, validate=RADIUS)

    @validates_schema
    def one_place(self, data: dict[str, Any], **_: object) -> None:
        """Refuse two places at once."""
        if data.get("near") and data.get("place"):
            raise ValidationError("Give near or place, not both.", "place")


class BasketQuerySchema(_AskedSchema):
    """The same question as a query: `sku` and `quantity` repeat, in the same order."""

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
    latitude = QueryFloat(load_default=None, validate=validate.Range(min=-90, max=90))
    longitude = QueryFloat(load_default=None, validate=validate.Range(min=-180, max=180))
    radius_km = QueryFloat(load_default=50.0, validate=RADIUS)

    @validates_schema
    def whole(self, data: dict[str, Any], **_: object) -> None:
        """Refuse half a position, two places, or another number of quantities than of SKUs."""
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError("Give latitude and longitude together.", "latitude")
        if data.get("latitude") is not None and data.get("place"):
            raise ValidationError("Give a position or a place, not both.", "place")
        if data.get("quantity") and len(data["quantity"]) != len(data.get("sku", ())):
            raise ValidationError("Give one quantity for each sku, or none.", "quantity")

    @post_load
    def as_basket(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return the same as `BasketSchema` loads."""
        skus, units = data.pop("sku"), data.pop("quantity")
        quantities: dict[str, int] = {}
        for sku, quantity in zip(skus, units or [1] * len(skus), strict=True):
            quantities[sku] = quantities.get(sku, 0) + quantity
        latitude, longitude = data.pop("latitude"), data.pop("longitude")
        near = None if latitude is None else {"latitude": latitude, "longitude": longitude}
        return {**data, "quantities": quantities, "near": near}


class LaterSchema(Schema):
    """What is expected from a day on: `full` says whether that is everything."""

    on = fields.Date(required=True)
    available = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    full = fields.Boolean(required=True)


class StoreOfferSchema(Schema):
    """What one store can give of a basket."""

    store = fields.Function(lambda offer: offer.store.code, required=True, metadata=TEXT)
    name = fields.Function(lambda offer: offer.store.name, required=True, metadata=TEXT)
    city = fields.Function(lambda offer: offer.store.city, required=True, metadata=TEXT)
    distance_km = Kilometres(required=True, allow_none=True)
    coverage = fields.String(required=True)
    reason = fields.String(required=True)
    available = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    ready_at = fields.AwareDateTime(required=True, allow_none=True)
    cut_off = fields.AwareDateTime(required=True, allow_none=True)
    hold_until = fields.AwareDateTime(required=True, allow_none=True)
    later = fields.Nested(LaterSchema, required=True, allow_none=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)


class AvailabilitySchema(Schema):
    """The stores that were asked, best first; ways to a door where a postcode was named."""

    stores = fields.List(fields.Nested(StoreOfferSchema), required=True)
    deliveries = fields.List(fields.Nested("DeliveryOptionSchema"), required=True)


class PartSchema(Schema):
    """What one store gives on a day; `ready_at` is null for what is only expected."""

    store = fields.Function(lambda part: part.store.code, required=True, metadata=TEXT)
    name = fields.Function(lambda part: part.store.name, required=True, metadata=TEXT)
    city = fields.Function(lambda part: part.store.city, required=True, metadata=TEXT)
    distance_km = Kilometres(required=True, allow_none=True)
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    day = fields.Date(required=True)
    ready_at = fields.AwareDateTime(required=True, allow_none=True)


class WaySchema(Schema):
    """One way to get the basket: all, rest-later, later, split or part; and what it leaves out."""

    kind = fields.String(required=True)
    parts = fields.List(fields.Nested(PartSchema), required=True)
    missing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class RankedWaySchema(Schema):
    """One way among all of them: collected like a way, or `brought`, with its `delivery`.

    `day` is when one has what it gives, `price_minor` what it costs beside the goods.
    """

    kind = fields.String(required=True)
    day = fields.Date(required=True)
    price_minor = fields.Integer(required=True)
    missing = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    parts = fields.List(fields.Nested(PartSchema), required=True)
    delivery = fields.Nested("DeliveryOptionSchema", required=True, allow_none=True)


class WaysSchema(Schema):
    """Ways to get the basket, best first, at most five; and those to a door that was named.

    `ranked` has both in one order: nothing missing first, then the day, then the price.
    `delivery_from_minor` is the least it costs to be brought while no postcode is known.
    """

    ways = fields.List(fields.Nested(WaySchema), required=True)
    deliveries = fields.List(fields.Nested("DeliveryOptionSchema"), required=True)
    delivery_from_minor = fields.Integer(required=True, allow_none=True)
    ranked = fields.List(fields.Nested(RankedWaySchema), required=True)
