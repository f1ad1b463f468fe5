"""Reads of brands and locations, and the shapes others may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Row, Select, and_, bindparam, cast, func, null, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from stores.errors import UnknownBrand, UnknownLocation
from stores.models import Brand, Location
from stores.promises import Schedule

EARTH_KM = 6371.0
DEGREE_KM = 111.2
PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """What others may know of a brand."""

    id: UUID
    code: str
    name: str
    currency: str
    languages: tuple[str, ...]
    sender_email: str
    sms_sender: str


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What others may know of a location; `paused` and `asked_at` are judged by the database."""

    id: UUID
    brand_id: UUID
    currency: str
    default_language: str
    code: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    phone: str | None
    latitude: float
    longitude: float
    schedule: Schedule | None
    time_zone: str
    sells: bool
    collects: bool
    prepare_min: int
    hold_days: int
    paused: bool
    paused_until: datetime | None
    pause_reason: str | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Near:
    """A place and how far from it, in kilometres."""

    latitude: float
    longitude: float
    radius_km: float


def get_brand(session: Session, brand_id: UUID) -> BrandFacts:
    """Return a brand.

    Raises UnknownBrand.
    """
    return _brand(session.get(Brand, brand_id))


def find_brand(session: Session, code: str) -> BrandFacts | None:
    """Return the brand with this code, if there is one."""
    row = session.execute(select(Brand).where(Brand.code == code)).scalar_one_or_none()
    return None if row is None else _brand(row)


def get_store(session: Session, code: str) -> StoreFacts:
    """Return a location by its code, in one statement.

    Raises UnknownLocation.
    """
    row = session.execute(_BY_CODE, {"wanted": code}).one_or_none()
    if row is None:
        raise UnknownLocation(store=code)
    return store_from(row)


def get_store_by_id(session: Session, location_id: UUID) -> StoreFacts:
    """Return a location by its id.

    Raises UnknownLocation.
    """
    row = session.execute(_store_columns().where(Location.id == location_id)).one_or_none()
    if row is None:
        raise UnknownLocation(location_id=str(location_id))
    return store_from(row)


def list_stores(
    session: Session, *, near: Near | None = None, after: str = "", limit: int = PAGE_MAX
) -> list[StoreFacts]:
    """Return locations that are open for business, by code after `after`."""
    rows = select_stores(near=near).where(Location.code > after).order_by(Location.code)
    return [store_from(row) for row in session.execute(rows.limit(limit))]


def select_stores(
    *, near: Near | None = None, codes: Sequence[str] = (), brand: str | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the statement of locations in use, for others to join in the same round trip.

    Its columns are those `store_from` reads, and `distance_km` (null without a place).
    """
    statement = _store_columns(near).where(Location.closed_at.is_(None))
    if near is not None:
        statement = statement.where(_within(near))
    if codes:
        statement = statement.where(Location.code.in_(codes))
    if brand is not None:
        statement = statement.where(Brand.code == brand)
    return statement


def store_from(row: Row[Any]) -> StoreFacts:
    """Return the shape of one row of `select_stores`."""
    schedule = (
        Schedule(row.opening_hours, row.time_zone, row.country, row.holiday_region)
        if row.opening_hours
        else None
    )
    return StoreFacts(
        id=row.location_id,
        brand_id=row.brand_id,
        currency=row.currency,
        default_language=row.default_language,
        code=row.store_code,
        name=row.store_name,
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        country=row.country,
        phone=row.phone,
        latitude=row.latitude,
        longitude=row.longitude,
        schedule=schedule,
        time_zone=row.time_zone,
        sells=row.sells,
        collects=row.collects,
        prepare_min=row.prepare_min,
        hold_days=row.hold_days,
        paused=row.paused,
        paused_until=row.paused_until,
        pause_reason=row.pause_reason,
        asked_at=row.asked_at,
    )


def _brand(row: Brand | None) -> BrandFacts:
    if row is None:
        raise UnknownBrand
    return BrandFacts(
        row.id,
        row.code,
        row.name,
        row.currency,
        tuple(row.languages),
        row.sender_email,
        row.sms_sender,
    )


def _store_columns(near: Near | None = None) -> Select[*tuple[Any, ...]]:
    return select(
        Location.id.label("location_id"),
        Location.brand_id,
        Brand.currency,
        Brand.languages[0].astext.label("default_language"),
        Location.code.label("store_code"),
        Location.name.label("store_name"),
        Location.street,
        Location.postcode,
        Location.city,
        Location.country,
        Location.phone,
        Location.latitude,
        Location.longitude,
        Location.opening_hours,
        Location.time_zone,
        Location.holiday_region,
        Location.sells,
        Location.collects,
        Location.prepare_min,
        Location.hold_days,
        func.coalesce(Location.paused_until > DB_NOW, False).label("paused"),
        Location.paused_until,
        Location.pause_reason,
        DB_NOW.label("asked_at"),
        _distance_km(near).label("distance_km"),
    ).join(Brand, Brand.id == Location.brand_id)


def _distance_km(near: Near | None) -> ColumnElement[Any]:
    """Great-circle distance on a sphere of 6,371 km (haversine), as SQL."""
    if near is None:
        return cast(null(), Float)
    lat, lon = func.radians(Location.latitude), func.radians(Location.longitude)
    here_lat, here_lon = radians(near.latitude), radians(near.longitude)
    half_chord = func.power(func.sin((lat - here_lat) / 2), 2) + func.cos(lat) * cos(
        here_lat
    ) * func.power(func.sin((lon - here_lon) / 2), 2)
    return 2 * EARTH_KM * func.asin(func.sqrt(func.least(1.0, half_chord)))


def _within(near: Near) -> ColumnElement[bool]:
    margin = near.radius_km / DEGREE_KM
    wide = margin / max(cos(radians(near.latitude)), 0.01)
    return and_(
        Location.latitude.between(near.latitude - margin, near.latitude + margin),
        Location.longitude.between(near.longitude - wide, near.longitude + wide),
        _distance_km(near) <= near.radius_km,
    )


# A statement of every order is built once: building it costs more than running it.
_BY_CODE = _store_columns().where(
    Location.code == bindparam("wanted"), Location.closed_at.is_(None)
)
