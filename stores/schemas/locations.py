"""Stores in JSON."""

from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from kernel.clock import now
from kernel.fields import RADIUS_KM_MAX, QueryInteger, SafeText, StrictSchema

LIMIT_MAX = 100
PAUSE_MAX = timedelta(days=366)


class StoreQuerySchema(StrictSchema):
    """Which stores to list: all, or those around a position."""

    latitude = fields.Float(load_default=None, validate=validate.Range(min=-90, max=90))
    longitude = fields.Float(load_default=None, validate=validate.Range(min=-180, max=180))
    radius_km = fields.Float(load_default=50.0, validate=validate.Range(min=0.1, max=RADIUS_KM_MAX))
    cursor = SafeText(load_default=None, max_length=400)
    limit = QueryInteger(load_default=50, validate=validate.Range(min=1, max=LIMIT_MAX))

    @validates_schema
    def both_or_none(self, data: dict[str, Any], **_: object) -> None:
        """Refuse half a position."""
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError("Give latitude and longitude together.", "longitude")


def _ahead(until: datetime) -> None:
    if not timedelta() < until - now() < PAUSE_MAX:
        raise ValidationError("Give a time to come, at most a year ahead.")


class PauseSchema(StrictSchema):
    """Until when and why a store takes no orders."""

    until = fields.AwareDateTime(required=True, validate=_ahead)
    reason = SafeText(required=True)


class ServedBrandsSchema(StrictSchema):
    """The codes of the brands a location serves beside its own."""

    brands = fields.List(
        SafeText(max_length=64), required=True, validate=validate.Length(max=LIMIT_MAX)
    )


class StoreSchema(Schema):
    """A store as a shopper may know it."""

    id = fields.UUID(required=True)
    brand_id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    street = fields.String(required=True)
    postcode = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    time_zone = fields.String(required=True)
    opening_hours = fields.String(required=True, allow_none=True)
    open_now = fields.Boolean(required=True)
    opens_at = fields.AwareDateTime(required=True, allow_none=True)
    closes_at = fields.AwareDateTime(required=True, allow_none=True)
    collects = fields.Boolean(required=True)
    offered = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)
    paused_until = fields.AwareDateTime(required=True, allow_none=True)
    pause_reason = fields.String(required=True, allow_none=True)


class StorePageSchema(Schema):
    """A page of stores; `next` is null on the last one."""

    stores = fields.List(fields.Nested(StoreSchema), required=True)
    next = fields.String(required=True, allow_none=True)
