"""Slots: their weekly patterns, and the rows made of them some days ahead."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

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
from stores.promises import Schedule, opening_times
from stores.queries import PatternFacts
from stores.services.owning import lock_own
from stores.services.settings import resolve

DAY_MIN: Final = 1_440

Wanted = dict[tuple[str, datetime], tuple[datetime, int]]
"""By way and beginning: the end of a slot and how many can have it."""

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
    if not any(_times(command)):
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
    wanted: Wanted = {}
    if store.schedule is not None:
        patterns = queries.list_patterns(session, location_id)
        wanted = _wanted(store.schedule, patterns, now=now, days=store.rules.slot_days)
    return _make(session, location_id, wanted) + _withdraw(session, location_id, wanted, now)


def list_slotted(session: Session) -> list[UUID]:
    """Return the locations that have slots to make, or to withdraw."""
    patterns = select(SlotPattern.location_id).where(SlotPattern.ended_at.is_(None))
    ahead = select(Slot.location_id).where(Slot.starts_at > DB_NOW, Slot.capacity > 0)
    return sorted(session.execute(patterns.union(ahead)).scalars())


def _make(
    session: Session, location_id: UUID, wanted: Mapping[tuple[str, datetime], tuple[datetime, int]]
) -> int:
    values = {
        "location_id": location_id,
        "ids": [new_id() for _ in wanted],
        "methods": [method for method, _ in wanted],
        "starts": [starts_at for _, starts_at in wanted],
        "ends": [ends_at for ends_at, _ in wanted.values()],
        "capacities": [capacity for _, capacity in wanted.values()],
    }
    return len(session.execute(_MAKE, values).all()) if wanted else 0


def _withdraw(session: Session, location_id: UUID, wanted: Wanted, now: datetime) -> int:
    rows = session.execute(
        select(Slot.id, Slot.method, Slot.starts_at)
        .where(Slot.location_id == location_id, Slot.starts_at > now, Slot.capacity > 0)
        .order_by(Slot.starts_at)
    ).all()
    gone = [row.id for row in rows if (row.method.value, row.starts_at) not in wanted]
    if gone:
        session.execute(update(Slot).where(Slot.id.in_(gone)).values(capacity=0))
    return len(gone)


def _wanted(
    schedule: Schedule, patterns: Sequence[PatternFacts], *, now: datetime, days: int
) -> Wanted:
    """Return the slots there should be; equal ones of two patterns add up."""
    zone = ZoneInfo(schedule.time_zone)
    today = now.astimezone(zone).date()
    last = today + timedelta(days=days)
    open_times = list(opening_times(schedule, start=now))
    found: Wanted = {}
    for pattern in patterns:
        for starts_at, ends_at in _slots(pattern, today, last, zone):
            inside = any(opens <= starts_at and ends_at <= closes for opens, closes in open_times)
            if starts_at > now and inside:
                key = (pattern.method.value, starts_at)
                before = found.get(key, (ends_at, 0))
                found[key] = max(before[0], ends_at), before[1] + pattern.capacity
    return dict(sorted(found.items(), key=lambda each: each[0][1]))


def _slots(
    pattern: PatternFacts, first: date, last: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the slots of a pattern between two days, in UTC.

    A slot that a DST night makes longer or shorter than it should be is left out.
    """
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        if day.isoweekday() not in pattern.weekdays:
            continue
        midnight = datetime.combine(day, datetime.min.time())
        for begins, ends in _times(pattern):
            starts_at = (midnight + begins).replace(tzinfo=zone).astimezone(UTC)
            ends_at = (midnight + ends).replace(tzinfo=zone).astimezone(UTC)
            if ends_at - starts_at == ends - begins:
                yield starts_at, ends_at


def _times(pattern: PatternFacts | AddPattern) -> Iterator[tuple[timedelta, timedelta]]:
    """Yield when the slots of a day begin and end, as time since midnight."""
    first, last = (
        timedelta(hours=each.hour, minutes=each.minute)
        for each in (pattern.from_time, pattern.until_time)
    )
    size = timedelta(minutes=pattern.minutes)
    while first + size <= last:
        yield first, first + size
        first += size
