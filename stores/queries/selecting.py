"""The statement of locations, which others join in their own round trip, and what a row says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from kernel.clock import DB_NOW
from stores.commands import StoreMethod
from stores.models import Brand, DayLoad, Location, LocationBrand, LocationMethod
from stores.queries.freeing import free_slots

ServedBrand = aliased(Brand)
EARTH_KM: Final = 6371.0
DEGREE_KM: Final = 111.2

WaitingAt = Callable[[SQLColumnExpression[UUID]], ScalarSelect[int]]
"""How many parcels a location has to prepare, by its id: `orders` hands it in."""


@dataclass(frozen=True, slots=True)
class Near:
    """A place and how far from it, in kilometres."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Where:
    """Which stores are asked: those around a place, of a brand, or named by code; or all of them.

    A brand's are its own and the shared ones that serve it too. `method` is the way in which the
    goods are wanted. `weighed` counts what every location has to prepare, not only where its pace
    matters.
    """

    near: Near | None = None
    codes: Sequence[str] = ()
    brand: str | None = None
    method: StoreMethod = StoreMethod.PICKUP
    weighed: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """Return the values that the statement of `select_where` is executed with."""
        around = _around(self.near) if self.near else None
        return {
            "method": self.method.value,
            **({"brand": self.brand} if self.brand is not None else {}),
            **({"codes": list(self.codes)} if self.codes else {}),
            **({key: getattr(around, key) for key in _Around.__slots__} if around else {}),
        }


@dataclass(frozen=True, slots=True)
class _Around:
    """What SQL needs of a place: radians, degrees and kilometres, or parameters for them."""

    north: Any
    east: Any
    narrow: Any
    radius_km: Any
    least_latitude: Any
    most_latitude: Any
    least_longitude: Any
    most_longitude: Any


def _around(near: Near) -> _Around:
    margin = near.radius_km / DEGREE_KM
    wide = margin / max(cos(radians(near.latitude)), 0.01)
    return _Around(
        north=radians(near.latitude),
        east=radians(near.longitude),
        narrow=cos(radians(near.latitude)),
        radius_km=near.radius_km,
        least_latitude=near.latitude - margin,
        most_latitude=near.latitude + margin,
        least_longitude=near.longitude - wide,
        most_longitude=near.longitude + wide,
    )


def select_where(where: Where, waiting: WaitingAt) -> Select[*tuple[Any, ...]]:
    """Return the statement of locations in use for `where`, to be executed with its `values`.

    Its columns are those `store_from` reads, `distance_km` (null without a place) and
    `free_slots`, which `free_slots_from` reads. The same kind of question is the same statement,
    built once.
    """
    kind = (where.near is not None, bool(where.codes), where.brand is not None, where.weighed)
    return _select_where(*kind, waiting)


@lru_cache(maxsize=32)
def _select_where(
    near: bool,  # noqa: FBT001 (a key of the cache)
    codes: bool,  # noqa: FBT001
    brand: bool,  # noqa: FBT001
    weighed: bool,  # noqa: FBT001
    waiting: WaitingAt,
) -> Select[*tuple[Any, ...]]:
    around = None
    if near:
        around = _Around(*(bindparam(name, type_=Float) for name in _Around.__slots__))
    method = bindparam("method", type_=String)
    statement = _columns(method, around=around, waiting=waiting, weighed=weighed)
    statement = statement.where(Location.closed_at.is_(None))
    if around is not None:
        statement = statement.where(_within(around))
    if codes:
        statement = statement.where(Location.code == any_(bindparam("codes", type_=ARRAY(Text))))
    if brand:
        statement = statement.where(_serves(bindparam("brand")))
    return statement.add_columns(free_slots(method))


def select_stores(
    *,
    near: Near | None = None,
    codes: Sequence[str] = (),
    method: StoreMethod = StoreMethod.PICKUP,
    waiting: WaitingAt | None = None,
    closed_too: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return the statement of locations in use, for others to join in the same round trip.

    Its columns are those `store_from` reads, and `distance_km` (null without a place).
    """
    around = _around(near) if near else None
    statement = _columns(literal(method.value, String), around=around, waiting=waiting)
    if not closed_too:
        statement = statement.where(Location.closed_at.is_(None))
    if around is not None:
        statement = statement.where(_within(around))
    if codes:
        statement = statement.where(Location.code.in_(codes))
    return statement


@lru_cache(maxsize=8)
def select_store(waiting: WaitingAt | None) -> Select[*tuple[Any, ...]]:
    """Return the statement of one location by `wanted` (its code) and `method`.

    A statement of every order is built once: building it costs more than running it.
    """
    return _columns(bindparam("method", type_=String), waiting=waiting).where(
        Location.code == bindparam("wanted"), Location.closed_at.is_(None)
    )


def _columns(
    method: ColumnElement[str],
    *,
    around: _Around | None = None,
    waiting: WaitingAt | None = None,
    weighed: bool = False,
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Location.id.label("location_id"),
            Location.brand_id,
            Location.group_id,
            *_of_brand(),
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
            Location.ships,
            Location.prepare_min,
            Location.hold_days,
            cast(Location.rules, Text).label("rules"),
            Location.opened_at,
            method.label("method"),
            _offered(method).label("offered"),
            *_pause(),
            _waiting(waiting, weighed=weighed).label("waiting"),
            _full_days().label("full_days"),
            DB_NOW.label("asked_at"),
            _distance_km(around).label("distance_km"),
        )
        .join(Brand, Brand.id == Location.brand_id)
        .outerjoin(
            LocationMethod,
            and_(
                LocationMethod.location_id == Location.id,
                cast(LocationMethod.method, String) == method,
            ),
        )
    )


def _of_brand() -> tuple[SQLColumnExpression[Any], ...]:
    language = Brand.languages[0].astext.label("default_language")
    return Brand.code.label("brand_code"), Brand.currency, language


def _pause() -> tuple[ColumnElement[Any], ...]:
    """Return whether, until when and why it is paused; a pause of the whole location wins."""
    whole = func.coalesce(Location.paused_until > DB_NOW, False)
    way = func.coalesce(LocationMethod.paused_until > DB_NOW, False)
    until = case((whole, Location.paused_until), (way, LocationMethod.paused_until), else_=null())
    why = case((whole, Location.pause_reason), (way, LocationMethod.pause_reason), else_=null())
    return (whole | way).label("paused"), until.label("paused_until"), why.label("pause_reason")


def _offered(method: ColumnElement[str]) -> ColumnElement[bool]:
    """Without a row of its own the roles of the location decide."""
    role = case(
        (method == StoreMethod.PICKUP.value, Location.collects),
        (method == StoreMethod.SHIP.value, Location.ships),
        else_=False,
    )
    return and_(Location.opened_at.is_not(None), func.coalesce(LocationMethod.offered, role))


def _serves(brand: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether a location serves a brand, named by code: its own, or as a shared one."""
    shared = select(LocationBrand.location_id).join(ServedBrand).where(ServedBrand.code == brand)
    return or_(Brand.code == brand, Location.id.in_(shared))


def _waiting(waiting: WaitingAt | None, *, weighed: bool) -> ColumnElement[int]:
    if waiting is None:
        return literal(0, Integer)
    if weighed:
        return waiting(Location.id)
    paced = Location.rules["orders_per_hour"].astext.is_not(None)
    return case((paced, waiting(Location.id)), else_=0)


def _full_days() -> ColumnElement[Any]:
    """Days on which as many orders are promised as the location takes: counted only where limited.

    A day before the database's own is still today somewhere.
    """
    limit = Location.rules["orders_per_day"].astext
    days = (
        select(cast(func.jsonb_agg(DayLoad.day), Text))
        .where(
            DayLoad.location_id == Location.id,
            DayLoad.day >= func.current_date() - 1,
            DayLoad.booked >= cast(limit, Integer),
        )
        .correlate(Location)
        .scalar_subquery()
    )
    return case((limit.is_not(None), days), else_=null())


def _distance_km(around: _Around | None) -> ColumnElement[Any]:
    """Great-circle distance on a sphere of 6,371 km (haversine), as SQL."""
    if around is None:
        return cast(null(), Float)
    lat, lon = func.radians(Location.latitude), func.radians(Location.longitude)
    half_chord = func.power(func.sin((lat - around.north) / 2), 2) + func.cos(
        lat
    ) * around.narrow * func.power(func.sin((lon - around.east) / 2), 2)
    return 2 * EARTH_KM * func.asin(func.sqrt(func.least(1.0, half_chord)))


def _within(around: _Around) -> ColumnElement[bool]:
    return and_(
        Location.latitude.between(around.least_latitude, around.most_latitude),
        Location.longitude.between(around.least_longitude, around.most_longitude),
        _distance_km(around) <= around.radius_km,
    )
