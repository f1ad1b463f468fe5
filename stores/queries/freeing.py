"""The slots that can still be booked, told with each store in the same round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, func, null, select, type_coerce
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from kernel.clock import DB_NOW
from stores.models import Location, Slot

LOOKED_AT_MAX: Final = 48
"""Slots told of each store: those that begin before the goods are ready are left out later."""


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A time in which customers may come, and how many still can."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    left: int


def free_slots(method: ColumnElement[str]) -> ColumnElement[Any]:
    """Return a column beside `Location`: its next free slots for a way to get an order, as JSON."""
    free = (
        select(Slot.id, Slot.starts_at, Slot.ends_at, (Slot.capacity - Slot.booked).label("left"))
        .where(
            Slot.location_id == Location.id,
            cast(Slot.method, String) == method,
            Slot.starts_at >= DB_NOW + func.make_interval(0, 0, 0, 0, 0, Location.prepare_min),
            Slot.booked < Slot.capacity,
        )
        .order_by(Slot.starts_at)
        .limit(LOOKED_AT_MAX)
        .correlate(Location)
        .subquery("free")
    )
    told = func.json_build_array(free.c.id, free.c.starts_at, free.c.ends_at, free.c.left)
    some = select(func.json_agg(aggregate_order_by(told, free.c.starts_at))).scalar_subquery()
    slotted = Location.rules.has_key("slotted")
    return type_coerce(case((slotted, some), else_=null()), JSON).label("free_slots")


def free_slots_from(
    told: Sequence[tuple[str, str, str, int]] | None, *, since: datetime, limit: int
) -> tuple[FreeSlot, ...]:
    """Return the first slots of the column `free_slots` that begin at `since` or later."""
    found: list[FreeSlot] = []
    for slot_id, starts, ends, left in told or ():
        starts_at = datetime.fromisoformat(starts)
        if starts_at >= since and len(found) < limit:
            found.append(FreeSlot(UUID(slot_id), starts_at, datetime.fromisoformat(ends), left))
    return tuple(found)
