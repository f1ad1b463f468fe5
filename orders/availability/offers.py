"""What each store can give of a basket, now and later, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import stores.promises
import stores.queries
from catalog.errors import UnknownSku
from inventory.queries import Delivery, Reach
from stores.commands import StoreMethod
from stores.queries import FreeSlot, Near, StoreFacts

SLOTS_MAX: Final = 3
MINUTE: Final = timedelta(minutes=1)


class Coverage(StrEnum):
    """How much of the basket a store can give: now, or (nothing now) from a day on."""

    FULL = "full"
    PART = "part"
    LATER = "later"
    NONE = "none"


class Reason(StrEnum):
    """Why a store offers what it offers, for machines."""

    AVAILABLE = "available"
    SHORT = "short"
    LATER = "later"
    NOT_STOCKED = "not-stocked"
    PAUSED = "paused"
    CLOSED = "closed"
    NOT_OFFERED = "not-offered"


@dataclass(frozen=True, slots=True)
class Where:
    """Which stores are asked: those around a place, of a brand, or named by code; or all of them.

    `method` is the way in which the goods are wanted.
    """

    near: Near | None = None
    codes: Sequence[str] = ()
    brand: str | None = None
    method: StoreMethod = StoreMethod.PICKUP


ANYWHERE: Final = Where()


@dataclass(frozen=True, slots=True)
class Later:
    """What a store expects to be able to give from a day on, capped at what was asked."""

    on: date
    available: Mapping[str, int]
    full: bool


@dataclass(frozen=True, slots=True)
class StoreOffer:
    """What one store can give of a basket; `available` is capped at what was asked.

    `ready_at`, `cut_off` (the last instant to order for the same day) and `hold_until` (the last
    moment to collect) are of an order placed now; None when nothing can be given now. `later` is
    there when waiting brings more.
    """

    store: StoreFacts
    distance_km: float | None
    coverage: Coverage
    reason: Reason
    available: Mapping[str, int]
    ready_at: datetime | None
    hold_until: datetime | None = None
    later: Later | None = None
    slots: Sequence[FreeSlot] = field(default=())


def find_offers(
    session: Session,
    *,
    quantities: Mapping[str, int],
    where: Where = ANYWHERE,
    leaving_out: UUID | None = None,
) -> list[StoreOffer]:
    """Return what each store can give of a basket, in one statement, best first.

    Best is: the whole basket before a part, a part before later, then sooner, then nearer. What
    `leaving_out` (a fulfillment, the asker's own) holds counts as free.

    Raises UnknownSku.
    """
    chosen = stores.queries.select_stores(near=where.near, codes=where.codes, brand=where.brand)
    reached, unknown = inventory.queries.reach(
        session,
        stores=stores.queries.with_free_slots(chosen, where.method),
        skus=sorted(quantities),
        leaving_out=leaving_out,
    )
    if unknown:
        raise UnknownSku(skus=unknown)
    offers = [_offer(each, quantities) for each in reached]
    return sorted(offers, key=_rank)


def _offer(reach: Reach, quantities: Mapping[str, int]) -> StoreOffer:
    store = stores.queries.store_from(reach.store)
    given = _capped(reach.available, quantities)
    later = _later(reach, given, quantities) if reach.deliveries else None
    ready, hold_until = _when(store)
    coverage, reason = _judge(store, ready, given, quantities, later)
    if coverage is Coverage.NONE:
        later = None
    if ready is None or coverage not in {Coverage.FULL, Coverage.PART}:
        return StoreOffer(
            store, reach.store.distance_km, coverage, reason, given, None, later=later
        )
    slots: Sequence[FreeSlot] = ()
    if reach.store.free_slots:
        slots = stores.queries.free_slots_from(reach.store.free_slots, since=ready, limit=SLOTS_MAX)
    return StoreOffer(
        store, reach.store.distance_km, coverage, reason, given, ready, hold_until, later, slots
    )


def _capped(available: Mapping[str, int], quantities: Mapping[str, int]) -> Mapping[str, int]:
    """Return what there is of each wanted SKU, from nothing to what is wanted."""
    have = available.get
    return {
        sku: units if 0 < (units := have(sku, 0)) < wanted else wanted if units > 0 else 0
        for sku, wanted in quantities.items()
    }


def _later(reach: Reach, given: Mapping[str, int], quantities: Mapping[str, int]) -> Later | None:
    """Return the first day on which all is there, else the last that still brings something."""
    available, best, found = dict(reach.available), dict(given), None
    for day, lines in _by_day(reach.deliveries).items():
        for line in lines:
            available[line.sku] = available.get(line.sku, 0) + line.quantity
        then = _capped(available, quantities)
        if then != best:
            best = dict(then)
            found = Later(day, then, then == quantities)
        if found is not None and found.full:
            break
    return found


def _by_day(deliveries: Sequence[Delivery]) -> Mapping[date, list[Delivery]]:
    days: dict[date, list[Delivery]] = {}
    for each in deliveries:  # they come in the order of their days
        days.setdefault(each.on, []).append(each)
    return days


def _judge(
    store: StoreFacts,
    ready: datetime | None,
    given: Mapping[str, int],
    quantities: Mapping[str, int],
    later: Later | None,
) -> tuple[Coverage, Reason]:
    if not store.collects or store.schedule is None:
        return Coverage.NONE, Reason.NOT_OFFERED
    if store.paused:
        return Coverage.NONE, Reason.PAUSED
    if ready is None:
        return Coverage.NONE, Reason.CLOSED
    if given == quantities:
        return Coverage.FULL, Reason.AVAILABLE
    if any(given.values()):
        return Coverage.PART, Reason.SHORT
    return (Coverage.LATER, Reason.LATER) if later else (Coverage.NONE, Reason.NOT_STOCKED)


def _when(store: StoreFacts) -> tuple[datetime | None, datetime | None]:
    """Return when an order placed now is ready, and until when it would be kept."""
    if store.schedule is None:
        return None, None
    return _promised(
        store.schedule, _whole_minute(store.asked_at), store.prepare_min, store.hold_days
    )


@lru_cache(maxsize=8192)
def _promised(
    schedule: stores.promises.Schedule, start: datetime, prepare_min: int, hold_days: int
) -> tuple[datetime | None, datetime | None]:
    """Remembered for its minute: a chain keeps few different hours."""
    ready = stores.promises.ready_at(schedule, start=start, prepare_min=prepare_min)
    if ready is None:
        return None, None
    return ready, stores.promises.collect_by(schedule, ready_at=ready, hold_days=hold_days)


def _whole_minute(at: datetime) -> datetime:
    """Return the next whole minute: nobody is told seconds, and nobody too early."""
    whole = at.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE


def _rank(offer: StoreOffer) -> tuple[int, float, float, str]:
    soon = float("inf")
    if offer.ready_at is not None:
        soon = offer.ready_at.timestamp()
    elif offer.later is not None:
        soon = offer.later.on.toordinal()
    return (
        _COVERAGES[offer.coverage],
        soon,
        offer.distance_km if offer.distance_km is not None else float("inf"),
        offer.store.code,
    )


_COVERAGES: Final = {coverage: place for place, coverage in enumerate(Coverage)}
