"""Slots: their weekly patterns, and the rows made of them some days ahead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW, db_now
from kernel.db import UTCDateTime
from kernel.ids import new_id
from stores import queries
from stores.commands import AddPattern
from stores.errors import UnknownPattern, UnreadablePattern
from stores.events import SlotPatternAdded, SlotPatternEnded
from stores.models import Location, Slot, SlotPattern
from stores.promises import PlannedSlots, plan_slots, slots_of_a_day
from stores.services.owning import lock_own
from stores.services.settings import resolve

_MAKE = text("""
    INSERT INTO slot AS s (id, location_id, method, starts_at, ends_at, capacity)
    SELECT w.id, :location_id, w.method, w.starts_at, w.ends_at, w.capacity
    FROM unnest(:ids, :methods, :starts, :ends, :capacities)
        AS w (id, method, starts_at, ends_at, capacity)
    ORDER BY w.starts_at, w.method
    ON CONFLICT (location_id, method, starts_at) DO UPDATE
        SET ends_at = excluded.ends_at, capacity = excluded.capacity
        WHERE (s.ends_at, s.capacity) <> (excluded.ends_at, excluded.capacity)
    RETURNING s.id
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("methods", type_=ARRAY(Text)),
    bindparam("starts", type_=ARRAY(UTCDateTime)),
    bindparam("ends", type_=ARRAY(UTCDateTime)),
    bindparam("capacities", type_=ARRAY(Integer)),
)


def add_pattern(session: Session, command: AddPattern, *, code: str, actor: Actor) -> UUID:
    """Have a location offer slots each week from now on; return the pattern's id.

    Raises UnknownLocation, or UnreadablePattern when not one slot fits.
    """
    if not any(slots_of_a_day(command)):
        raise UnreadablePattern
    place = lock_own(session, code, actor=actor)
    pattern_id = new_id()
    session.add(
        SlotPattern(
            id=pattern_id,
            location_id=place.id,
            method=command.method,
            weekdays=sorted(set(command.weekdays)),
            from_time=command.from_time,
            until_time=command.until_time,
            minutes=command.minutes,
            capacity=command.capacity,
        )
    )
    session.flush()
    resolve(session, [place.id])
    make_slots(session, place.id)
    fact = SlotPatternAdded(location_id=place.id, pattern_id=pattern_id)
    events.record(session, fact, actor=actor)
    return pattern_id


def end_pattern(session: Session, pattern_id: UUID, *, code: str, actor: Actor) -> None:
    """Have a location make no more slots of a pattern; what is booked stays booked.

    Raises UnknownLocation or UnknownPattern.
    """
    place = lock_own(session, code, actor=actor)
    row = session.get(SlotPattern, pattern_id, with_for_update=True)
    if row is None or row.location_id != place.id or row.ended_at is not None:
        raise UnknownPattern(pattern_id=str(pattern_id))
    session.execute(update(SlotPattern).where(SlotPattern.id == pattern_id).values(ended_at=DB_NOW))
    resolve(session, [place.id])
    make_slots(session, place.id)
    fact = SlotPatternEnded(location_id=place.id, pattern_id=pattern_id)
    events.record(session, fact, actor=actor)


def make_slots(session: Session, location_id: UUID) -> int:
    """Bring the slots of a location up to date, `slot_days` ahead; return how many changed.

    Made of its patterns inside its opening times. What is booked stays booked: a slot that is no
    longer offered, because its pattern ended or the store is closed then, takes nobody more. Safe
    to repeat.
    """
    session.execute(
        select(Location.id).where(Location.id == location_id).with_for_update(key_share=True)
    ).one()
    store = queries.get_store_by_id(session, location_id)
    now = db_now(session)
    wanted: PlannedSlots = {}
    if store.schedule is not None:
        patterns = [each.pattern for each in queries.list_patterns(session, location_id)]
        wanted = plan_slots(store.schedule, patterns, now=now, days=store.rules.slot_days)
    return _make(session, location_id, wanted) + _withdraw(session, location_id, wanted, now)


def list_slotted(session: Session) -> list[UUID]:
    """Return the locations that have slots to make, or to withdraw."""
    patterns = select(SlotPattern.location_id).where(SlotPattern.ended_at.is_(None))
    ahead = select(Slot.location_id).where(Slot.starts_at > DB_NOW, Slot.capacity > 0)
    return sorted(session.execute(patterns.union(ahead)).scalars())


def _make(session: Session, location_id: UUID, wanted: PlannedSlots) -> int:
    values = {
        "location_id": location_id,
        "ids": [new_id() for _ in wanted],
        "methods": [method for method, _ in wanted],
        "starts": [starts_at for _, starts_at in wanted],
        "ends": [ends_at for ends_at, _ in wanted.values()],
        "capacities": [capacity for _, capacity in wanted.values()],
    }
    return len(session.execute(_MAKE, values).all()) if wanted else 0


def _withdraw(session: Session, location_id: UUID, wanted: PlannedSlots, now: datetime) -> int:
    rows = session.execute(
        select(Slot.id, Slot.method, Slot.starts_at)
        .where(Slot.location_id == location_id, Slot.starts_at > now, Slot.capacity > 0)
        .order_by(Slot.starts_at)
    ).all()
    gone = [row.id for row in rows if (row.method.value, row.starts_at) not in wanted]
    if gone:
        session.execute(update(Slot).where(Slot.id.in_(gone)).values(capacity=0))
    return len(gone)
