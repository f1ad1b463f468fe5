"""Reads of slots: those of each week, and those that can be booked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from stores.commands import AddPattern, StoreMethod
from stores.models import Slot, SlotPattern


@dataclass(frozen=True, slots=True)
class PatternFacts:
    """Slots a location offers each week, and since when."""

    id: UUID
    pattern: AddPattern
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A time in which customers collect; `left` more can."""

    id: UUID
    method: StoreMethod
    starts_at: datetime
    ends_at: datetime
    capacity: int
    booked: int

    @property
    def left(self) -> int:
        """Return how many can still book it."""
        return max(self.capacity - self.booked, 0)


def list_patterns(session: Session, location_id: UUID) -> list[PatternFacts]:
    """Return the slots a location offers each week, by way and time."""
    rows = session.execute(
        select(SlotPattern)
        .where(SlotPattern.location_id == location_id, SlotPattern.ended_at.is_(None))
        .order_by(SlotPattern.method, SlotPattern.from_time, SlotPattern.id)
    ).scalars()
    return [
        PatternFacts(
            row.id,
            AddPattern(
                row.method,
                tuple(row.weekdays),
                row.from_time,
                row.until_time,
                row.minutes,
                row.capacity,
            ),
            row.created_at,
        )
        for row in rows
    ]


def list_slots(
    session: Session, *, location_id: UUID, after: datetime, until: datetime
) -> list[SlotFacts]:
    """Return the slots of a location that begin between two instants, full ones too.

    Withdrawn ones only where somebody had booked them.
    """
    rows = session.execute(
        select(Slot)
        .where(
            Slot.location_id == location_id,
            Slot.starts_at >= after,
            Slot.starts_at < until,
            (Slot.capacity > 0) | (Slot.booked > 0),
        )
        .order_by(Slot.starts_at, Slot.method)
    ).scalars()
    return [_facts(row) for row in rows]


def list_free_slots(
    session: Session,
    *,
    location_id: UUID,
    method: StoreMethod,
    earliest: datetime,
    until: datetime | None = None,
    limit: int,
) -> list[SlotFacts]:
    """Return the next slots that can be booked, from `earliest` on and before `until`."""
    statement = (
        select(Slot)
        .where(
            Slot.location_id == location_id,
            Slot.method == method,
            Slot.starts_at >= earliest,
            Slot.starts_at > DB_NOW,
            Slot.booked < Slot.capacity,
        )
        .order_by(Slot.starts_at)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    if until is not None:
        statement = statement.where(Slot.starts_at < until)
    rows = session.execute(statement).scalars()
    return [_facts(row) for row in rows]


def _facts(row: Slot) -> SlotFacts:
    return SlotFacts(row.id, row.method, row.starts_at, row.ends_at, row.capacity, row.booked)
