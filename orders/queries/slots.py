"""Slots an order placed now could have."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import stores.promises
import stores.queries
from orders.queries.load import waiting_at
from stores.commands import StoreMethod
from stores.queries import SlotFacts


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
    store = stores.queries.get_store(session, store_code, method=method, waiting=waiting_at)
    if not store.offered or store.paused or store.schedule is None:
        return []
    made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
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
