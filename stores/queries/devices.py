"""Reads of tablets, and the names of whoever history speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from stores.models import ApiKey, Staff, StaffSession, Tablet


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A tablet of a store; `used_at` is when somebody last signed in on it."""

    id: UUID
    name: str
    location_id: UUID
    enrolled_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


def list_tablets(session: Session, *, location_id: UUID) -> list[DeviceFacts]:
    """Return the tablets of a store, those in use first, then by name."""
    used_at = (
        select(func.max(StaffSession.started_at))
        .where(StaffSession.tablet_id == Tablet.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Tablet, used_at.label("used_at"))
        .where(Tablet.location_id == location_id)
        .order_by(Tablet.revoked_at.is_not(None), Tablet.name, Tablet.enrolled_at)
    )
    return [
        DeviceFacts(
            row.Tablet.id,
            row.Tablet.name,
            row.Tablet.location_id,
            row.Tablet.enrolled_at,
            row.Tablet.revoked_at,
            row.used_at,
        )
        for row in rows
    ]


def find_device(session: Session, tablet_id: UUID) -> DeviceFacts | None:
    """Return a tablet, in use or not, if there is one with this id."""
    row = session.get(Tablet, tablet_id, populate_existing=True)
    if row is None:
        return None
    facts = (row.id, row.name, row.location_id, row.enrolled_at, row.revoked_at)
    return DeviceFacts(*facts, used_at=None)


def get_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what people, tablets and keys with these ids are called; others are left out."""
    wanted = list(set(ids))
    kinds: tuple[type[Staff | Tablet | ApiKey], ...] = (Staff, Tablet, ApiKey)
    rows = session.execute(
        union_all(
            *(
                select(kind.id, kind.name, literal(place).label("place")).where(kind.id.in_(wanted))
                for place, kind in enumerate(kinds)
            )
        )
    )
    return {row.id: row.name for row in rows}
