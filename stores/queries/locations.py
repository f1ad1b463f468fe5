"""Reads of brands and locations."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.fixed import run_fixed
from stores.commands import StoreMethod
from stores.errors import UnknownBrand, UnknownLocation
from stores.models import Brand, Location, LocationBrand
from stores.queries.rows import StoreFacts, store_from
from stores.queries.selecting import EARTH_KM, Near, WaitingAt, select_store, select_stores

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


def list_codes(session: Session, codes: Iterable[str]) -> set[str]:
    """Return those of these codes that are a location's in use."""
    rows = select(Location.code).where(Location.code.in_(codes), Location.closed_at.is_(None))
    return set(session.execute(rows).scalars())


def get_brand(session: Session, brand_id: UUID) -> BrandFacts:
    """Return a brand.

    Raises UnknownBrand.
    """
    return _brand(session.get(Brand, brand_id))


def find_brand(session: Session, code: str) -> BrandFacts | None:
    """Return the brand with this code, if there is one."""
    row = session.execute(select(Brand).where(Brand.code == code)).scalar_one_or_none()
    return None if row is None else _brand(row)


def list_brands(session: Session) -> list[BrandFacts]:
    """Return the brands of this installation, by code."""
    return [_brand(row) for row in session.execute(select(Brand).order_by(Brand.code)).scalars()]


def find_shown_brand(session: Session) -> UUID | None:
    """Return the brand of the shop's pages, the first store's; None while nothing is there."""
    first = list_stores(session, limit=1)
    if first:
        return first[0].brand_id
    return next((each.id for each in list_brands(session)), None)


def list_serving(session: Session, brand_id: UUID | None) -> set[UUID]:
    """Return the locations that are a brand's or shared with it; all where none is named."""
    own, shared = select(Location.id), select(LocationBrand.location_id)
    if brand_id is not None:
        own = own.where(Location.brand_id == brand_id)
        shared = shared.where(LocationBrand.brand_id == brand_id)
    return set(session.execute(own.union(shared)).scalars())


def list_served(session: Session, location_id: UUID) -> list[str]:
    """Return the codes of the brands a location serves beside its own."""
    rows = select(Brand.code).join(LocationBrand).where(LocationBrand.location_id == location_id)
    return list(session.execute(rows.order_by(Brand.code)).scalars())


def get_store(
    session: Session,
    code: str,
    *,
    method: StoreMethod = StoreMethod.PICKUP,
    waiting: WaitingAt | None = None,
) -> StoreFacts:
    """Return a location by its code, in one statement, judged for one way to get an order.

    `waiting` is the statement of how many parcels a location has to prepare, by its id; it is
    asked only where the pace of the location matters.

    Raises UnknownLocation.
    """
    values = {"wanted": code, "method": method.value}
    rows = run_fixed(session, select_store(waiting), values)
    if not rows:
        raise UnknownLocation(store=code)
    return store_from(rows[0])


def get_store_by_id(session: Session, location_id: UUID) -> StoreFacts:
    """Return a location by its id, closed or not.

    Raises UnknownLocation.
    """
    statement = select_stores(closed_too=True).where(Location.id == location_id)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise UnknownLocation(location_id=str(location_id))
    return store_from(row)


def get_stores(session: Session, location_ids: Collection[UUID]) -> dict[UUID, StoreFacts]:
    """Return these locations by id, closed or not, in one statement."""
    if not location_ids:
        return {}
    statement = select_stores(closed_too=True).where(Location.id.in_(location_ids))
    found = [store_from(row) for row in session.execute(statement)]
    return {each.id: each for each in found}


def list_stores(
    session: Session,
    *,
    near: Near | None = None,
    after: str = "",
    limit: int = PAGE_MAX,
    unopened_too: bool = False,
) -> list[StoreFacts]:
    """Return locations in use by code after `after`; those being set up only when asked."""
    rows = select_stores(near=near).where(Location.code > after).order_by(Location.code)
    if not unopened_too:
        rows = rows.where(Location.opened_at.is_not(None))
    return [store_from(row) for row in session.execute(rows.limit(limit))]


def distance_km(one: StoreFacts, other: StoreFacts) -> float:
    """Return the great-circle distance between two locations."""
    return kilometres((one.latitude, one.longitude), (other.latitude, other.longitude))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance between two places, each of latitude and longitude."""
    north, far_north = radians(one[0]), radians(other[0])
    half_chord = (
        sin((far_north - north) / 2) ** 2
        + cos(north) * cos(far_north) * sin(radians(other[1] - one[1]) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half_chord)))


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
