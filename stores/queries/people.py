"""Reads of the staff, their keys, tablets and sessions, and the shapes others may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Row,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from kernel.fixed import run_fixed
from stores.commands import StaffRole
from stores.models import (
    ApiKey,
    Location,
    LocationBrand,
    Staff,
    StaffLocation,
    StaffSession,
    Tablet,
)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Who a bearer key speaks for: a person of the staff, or an integration with its scopes.

    `brand_places` are the locations its brand owns or is served by; None without a brand.
    """

    id: UUID
    name: str
    staff_id: UUID | None
    role: StaffRole | None
    scopes: frozenset[str]
    location_ids: frozenset[UUID]
    brand_id: UUID | None = None
    brand_places: frozenset[UUID] | None = None
    source: str | None = None
    """The shop whose orders it brings, and sees; None for a key that brings none."""


@dataclass(frozen=True, slots=True)
class TabletFacts:
    """An enrolled device and the store it belongs to."""

    id: UUID
    name: str
    location_id: UUID
    store_code: str
    store_name: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in on a cookie, and on which tablet; `brand_places` as those of a key."""

    staff_id: UUID
    name: str
    role: StaffRole
    location_ids: frozenset[UUID]
    tablet_id: UUID | None
    brand_id: UUID | None = None
    brand_places: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """Somebody of the staff."""

    id: UUID
    name: str
    role: StaffRole
    email: str | None
    location_ids: frozenset[UUID]
    has_pin: bool
    active: bool
    brand_id: UUID | None = None


def find_key(session: Session, key_hash: bytes) -> KeyFacts | None:
    """Return who a live bearer key speaks for, in one statement."""
    rows = run_fixed(session, _KEY, {"key_hash": key_hash})
    if not rows:
        return None
    (row,) = rows
    return KeyFacts(
        id=row.id,
        name=row.staff_name or row.name,
        staff_id=row.staff_id,
        role=row.role,
        scopes=frozenset(row.scopes),
        location_ids=frozenset(row.location_ids),
        brand_id=row.brand_id,
        brand_places=_places(row.brand_places),
        source=row.source,
    )


def select_live_keys() -> Select[UUID]:
    """Return the statement of the ids of keys that still open something."""
    return select(ApiKey.id).where(
        ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > DB_NOW)
    )


def find_tablet(session: Session, token_hash: bytes) -> TabletFacts | None:
    """Return the live tablet with this cookie."""
    row = session.execute(
        select(
            Tablet.id, Tablet.name, Tablet.location_id, Location.code, Location.name.label("store")
        )
        .join(Location, Location.id == Tablet.location_id)
        .where(Tablet.token_hash == token_hash, Tablet.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return TabletFacts(row.id, row.name, row.location_id, row.code, row.store)


def find_signed_in(session: Session, token_hash: bytes) -> SignedIn | None:
    """Return who is signed in on this cookie, by the database's clock."""
    row = session.execute(
        select(
            Staff.id,
            Staff.name,
            Staff.role,
            Staff.brand_id,
            StaffSession.tablet_id,
            Tablet.revoked_at,
            Tablet.location_id,
            _locations_of_staff().label("location_ids"),
            _locations_of_brand(Staff.brand_id).label("brand_places"),
        )
        .join(Staff, Staff.id == StaffSession.staff_id)
        .outerjoin(Tablet, Tablet.id == StaffSession.tablet_id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.ended_at.is_(None),
            StaffSession.idle_until > DB_NOW,
            Staff.closed_at.is_(None),
        )
    ).one_or_none()
    if row is None or row.revoked_at is not None:
        return None
    here = frozenset(row.location_ids)
    if row.tablet_id is not None:  # a tablet is of one store, whoever holds it
        here &= {row.location_id}
    return SignedIn(
        row.id, row.name, row.role, here, row.tablet_id, row.brand_id, _places(row.brand_places)
    )


def list_staff(session: Session, *, location_id: UUID | None = None) -> list[StaffFacts]:
    """Return the staff by name, of one store or all, those who left last."""
    rows = select(Staff, _locations_of_staff().label("location_ids"))
    if location_id is not None:
        rows = rows.join(StaffLocation, StaffLocation.staff_id == Staff.id).where(
            StaffLocation.location_id == location_id
        )
    found = session.execute(rows.order_by(Staff.closed_at.is_not(None), Staff.name))
    return [_staff(row) for row in found]


def list_managers(session: Session, *, location_id: UUID) -> list[StaffFacts]:
    """Return the managers of a store who work there now, by name."""
    return [
        each
        for each in list_staff(session, location_id=location_id)
        if each.active and each.role is StaffRole.MANAGER
    ]


def list_admins(session: Session) -> list[StaffFacts]:
    """Return head office: the administrators who work there now, by name."""
    rows = select(Staff, _locations_of_staff().label("location_ids")).where(
        Staff.role == StaffRole.ADMIN, Staff.closed_at.is_(None)
    )
    return [_staff(row) for row in session.execute(rows.order_by(Staff.name))]


def find_staff(session: Session, staff_id: UUID) -> StaffFacts | None:
    """Return somebody of the staff, if there is somebody with this id."""
    rows = select(Staff, _locations_of_staff().label("location_ids")).where(Staff.id == staff_id)
    row = session.execute(rows).one_or_none()
    return None if row is None else _staff(row)


def page_staff(
    session: Session,
    *,
    location_ids: Sequence[UUID] | None,
    brand_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[StaffFacts]:
    """Return people by name and id after `after`; of these stores and this brand, unless None."""
    rows = select(Staff, _locations_of_staff().label("location_ids"))
    if location_ids is not None:
        here = select(StaffLocation.staff_id).where(StaffLocation.location_id.in_(location_ids))
        rows = rows.where(Staff.id.in_(here))
    if brand_id is not None:
        rows = rows.where(Staff.brand_id == brand_id)
    if after is not None:
        rows = rows.where(tuple_(Staff.name, Staff.id) > tuple_(*after))
    found = session.execute(rows.order_by(Staff.name, Staff.id).limit(limit))
    return [_staff(row) for row in found]


def _staff(row: Row[Any]) -> StaffFacts:
    return StaffFacts(
        row.Staff.id,
        row.Staff.name,
        row.Staff.role,
        row.Staff.email,
        frozenset(row.location_ids),
        row.Staff.pin_hash is not None,
        row.Staff.closed_at is None,
        row.Staff.brand_id,
    )


def _locations_of_staff() -> Any:  # noqa: ANN401 (a column expression)
    return func.array(
        select(StaffLocation.location_id)
        .where(StaffLocation.staff_id == Staff.id)
        .correlate(Staff)
        .scalar_subquery()
    )


def _locations_of_brand(brand_id: SQLColumnExpression[Any]) -> Any:  # noqa: ANN401 (a column expression)
    """Return a brand's own locations and those that serve it too; NULL, unasked, without one."""
    shared = select(LocationBrand.location_id).where(LocationBrand.brand_id == brand_id)
    own = select(Location.id).where(Location.brand_id == brand_id)
    both = union(*(each.correlate(Staff, ApiKey) for each in (own, shared)))
    return case((brand_id.is_not(None), func.array(both.scalar_subquery())))


def _places(found: Sequence[UUID] | None) -> frozenset[UUID] | None:
    return None if found is None else frozenset(found)


# A statement of every request is built once: building it costs more than running it.
_KEY_BRAND = func.coalesce(Staff.brand_id, ApiKey.brand_id)
_KEY = (
    select(
        ApiKey.id,
        ApiKey.name,
        ApiKey.staff_id,
        ApiKey.scopes,
        ApiKey.source,
        Staff.role,
        Staff.name.label("staff_name"),
        _KEY_BRAND.label("brand_id"),
        _locations_of_staff().label("location_ids"),
        _locations_of_brand(_KEY_BRAND).label("brand_places"),
    )
    .outerjoin(Staff, Staff.id == ApiKey.staff_id)
    .where(
        ApiKey.key_hash == bindparam("key_hash"),
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > DB_NOW),
        Staff.closed_at.is_(None),
    )
)
