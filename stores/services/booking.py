"""Capacity: a slot and a place in a day, booked under their guards and given back once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Date, Integer, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from kernel.db import UTCDateTime
from stores import queries
from stores.commands import BookCapacity
from stores.errors import DayFull, SlotUnavailable
from stores.promises import SlotTimes

NEXT_SLOTS: Final = 3


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked: the slot, and the day where days are limited."""

    slot: SlotTimes | None
    day: date | None


# The day is taken from what the slot gave, so the locks come in order: slot, then day.
_BOOK = text("""
    WITH place AS (
        UPDATE slot SET booked = booked + 1
        WHERE id = :slot_id AND location_id = :location_id AND method = :method
          AND starts_at >= :earliest AND starts_at > statement_timestamp()
          AND booked < capacity
        RETURNING id, starts_at, ends_at),
    wanted AS (
        SELECT coalesce(
            (SELECT (starts_at AT TIME ZONE :time_zone)::date FROM place), :day) AS day
        WHERE :slot_id IS NULL OR EXISTS (SELECT FROM place)),
    taken AS (
        INSERT INTO day_load AS d (location_id, day, booked)
        SELECT :location_id, day, 1 FROM wanted WHERE :orders_per_day IS NOT NULL
        ON CONFLICT (location_id, day) DO UPDATE SET booked = d.booked + 1
            WHERE d.booked < :orders_per_day
        RETURNING day),
    kept AS (
        INSERT INTO capacity_booking (fulfillment_id, location_id, day, slot_id)
        SELECT :fulfillment_id, :location_id,
               (SELECT day FROM taken), (SELECT id FROM place)
        FROM wanted WHERE :orders_per_day IS NULL OR EXISTS (SELECT FROM taken))
    SELECT (SELECT day FROM wanted) AS wanted_day, (SELECT day FROM taken) AS day,
           place.id, place.starts_at, place.ends_at
    FROM (SELECT) AS one LEFT JOIN place ON true
""").bindparams(
    bindparam("slot_id", type_=Uuid),
    bindparam("location_id", type_=Uuid),
    bindparam("method", type_=Text),
    bindparam("earliest", type_=UTCDateTime),
    bindparam("time_zone", type_=Text),
    bindparam("day", type_=Date),
    bindparam("orders_per_day", type_=Integer),
    bindparam("fulfillment_id", type_=Uuid),
)

_LOCK = text("""
    SELECT id, starts_at FROM slot WHERE id = ANY(:slot_ids) ORDER BY id FOR UPDATE
""").bindparams(bindparam("slot_ids", type_=ARRAY(Uuid)))

_RELEASE = text("""
    WITH given AS (
        UPDATE capacity_booking b SET released_at = statement_timestamp()
        FROM location l
        WHERE b.fulfillment_id = :fulfillment_id AND b.released_at IS NULL
          AND l.id = b.location_id AND (NOT :used OR coalesce(
              (SELECT s.starts_at FROM slot s WHERE s.id = b.slot_id) > statement_timestamp(),
              b.day > (statement_timestamp() AT TIME ZONE l.time_zone)::date))
        RETURNING b.location_id, b.day, b.slot_id),
    place AS (
        UPDATE slot s SET booked = s.booked - 1 FROM given g WHERE s.id = g.slot_id
        RETURNING s.id)
    UPDATE day_load d SET booked = d.booked - 1
    FROM given g LEFT JOIN place p ON p.id = g.slot_id
    WHERE d.location_id = g.location_id AND d.day = g.day
""").bindparams(bindparam("fulfillment_id", type_=Uuid), bindparam("used", type_=Boolean))

_LOCK_SLOTS = text("""
    SELECT id FROM slot WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))

_LOCK_DAYS = text("""
    SELECT day FROM day_load WHERE location_id = ANY(:ids) AND day >= current_date - 1
    ORDER BY location_id, day FOR NO KEY UPDATE
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def lock_slots(session: Session, slot_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Keep these slots as they are while one transaction books several; return when they begin.

    Days are locked after all slots: what is booked next is booked in the order of its days.
    """
    rows = session.execute(_LOCK, {"slot_ids": sorted(slot_ids)})
    return {row.id: row.starts_at for row in rows}


def book_capacity(session: Session, command: BookCapacity) -> Booked:
    """Book a slot, a place in a limited day, or both, in one guarded statement.

    Raises SlotUnavailable with the next free ones, or DayFull.
    """
    values = {name: getattr(command, name) for name in BookCapacity.__dataclass_fields__}
    row = session.execute(_BOOK, {**values, "method": command.method.value}).one()
    if command.slot_id is not None and row.id is None:
        raise SlotUnavailable(next=next_slots(session, command))
    if command.orders_per_day is not None and row.day is None:
        raise DayFull(day=row.wanted_day.isoformat())
    slot = None
    if row.id is not None:
        starts_at, ends_at = row.starts_at.astimezone(UTC), row.ends_at.astimezone(UTC)
        slot = SlotTimes(str(row.id), starts_at, ends_at)
    return Booked(slot, row.day)


def lock_capacity(
    session: Session, *, location_ids: Collection[UUID], slot_ids: Collection[UUID]
) -> None:
    """Keep slots and limited days as they are for whoever gives one back and takes another.

    Both are locked in one order, so that two who swap do not wait for each other.
    """
    session.execute(_LOCK_SLOTS, {"ids": sorted(slot_ids)})
    session.execute(_LOCK_DAYS, {"ids": sorted(location_ids)})


def release_booking(session: Session, fulfillment_id: UUID, *, used: bool = False) -> None:
    """Give back what a parcel took of a location's capacity; again, or without any: nothing.

    What was `used` (the parcel is prepared and collected) is given back only while it lies ahead.
    """
    session.execute(_RELEASE, {"fulfillment_id": fulfillment_id, "used": used})


def next_slots(session: Session, command: BookCapacity) -> list[dict[str, Any]]:
    """Return the next free slots a refusal names."""
    found = queries.list_free_slots(
        session,
        location_id=command.location_id,
        method=command.method,
        earliest=command.earliest,
        limit=NEXT_SLOTS,
    )
    return [
        {
            "slot_id": str(each.id),
            "starts_at": each.starts_at.isoformat(),
            "ends_at": each.ends_at.isoformat(),
        }
        for each in found
    ]
