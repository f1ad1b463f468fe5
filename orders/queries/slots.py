"""Slots an order placed now could have."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import stores.promises
import stores.queries
from orders.queries.load import waiting_at
from stores.commands import StoreMethod
from stores.promises import Promise
from stores.queries import SlotFacts, StoreFacts


@dataclass(frozen=True, slots=True)
class WayToCollect:
    """How an order placed now could be collected at a store in one way.

    `soonest` is when it is ready without a slot; None where a slot has to be chosen. `slots` are
    those of the days asked for, in order; the full ones have nothing left.
    """

    method: StoreMethod
    soonest: datetime | None
    slots: tuple[SlotFacts, ...]


def list_offered_slots(
    session: Session,
    *,
    store_code: str,
    method: StoreMethod,
    day: date | None = None,
    limit: int,
) -> list[SlotFacts]:
    """Return the free slots an order placed now could have, soonest first, of one day or any.

    None where the store does not serve orders in this way now.

    Raises UnknownLocation.
    """
    store, made = _promised(session, store_code, method)
    if made is None:
        return []
    zone = ZoneInfo(store.time_zone)
    earliest = made.ready_at
    if day is not None:
        earliest = max(earliest, datetime.combine(day, time(), zone))
    found = stores.queries.list_free_slots(
        session,
        location_id=store.id,
        method=method,
        earliest=earliest,
        until=datetime.combine(day + timedelta(days=1), time(), zone) if day else None,
        limit=limit,
    )
    full = set(store.load.full_days)
    return [each for each in found if each.starts_at.astimezone(zone).date() not in full]


def find_way_to_collect(
    session: Session, *, store_code: str, method: StoreMethod, days: int
) -> WayToCollect | None:
    """Return how an order placed now could be collected in this way; None when it could not.

    Slots are those of the first `days` days on which it can be ready.

    Raises UnknownLocation.
    """
    store, made = _promised(session, store_code, method)
    if made is None:
        return None
    needs_slot = store.slotted and method is StoreMethod.DRIVE
    slots: tuple[SlotFacts, ...] = ()
    if store.slotted:
        zone = ZoneInfo(store.time_zone)
        last = made.ready_at.astimezone(zone).date() + timedelta(days=days)
        until = datetime.combine(last, time(), zone)
        found = stores.queries.list_slots(
            session, location_id=store.id, after=made.ready_at, until=until
        )
        full = set(store.load.full_days)
        slots = tuple(
            each
            for each in found
            if each.method is method and each.starts_at.astimezone(zone).date() not in full
        )
    return WayToCollect(method, None if needs_slot else made.at, slots)


def _promised(
    session: Session, store_code: str, method: StoreMethod
) -> tuple[StoreFacts, Promise | None]:
    """Return a store and what it promises now; no promise where it serves nobody in this way."""
    store = stores.queries.get_store(session, store_code, method=method, waiting=waiting_at)
    if not store.offered or store.paused or store.schedule is None:
        return store, None
    made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
    return store, made
