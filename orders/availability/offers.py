"""What each store can give of a basket, now and later, in one statement."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

import inventory.queries
import stores.promises
import stores.queries
from catalog.errors import UnknownSku
from inventory.queries import Delivery, Reach
from orders import queries
from stores.errors import UnknownStores
from stores.promises import Load, Schedule
from stores.queries import FreeSlot, StoreFacts, Where
from stores.settings import TradeRules

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
    NOT_OPEN_YET = "not-open-yet"
    NOT_OFFERED = "not-offered"


ANYWHERE: Final = Where()


@dataclass(frozen=True, slots=True)
class Later:
    """What a store expects to be able to give from a day on, capped at what was asked."""

    on: date
    available: Mapping[str, int]
    full: bool


@dataclass(frozen=True)
class StoreOffer:
    """What one store can give of a basket; `available` is capped at what was asked.

    `row` is the store's, of which `store` is read when it is wanted: a whole chain answers in half
    the time. `ready_at`, `cut_off` (the last instant to order for the same day) and `hold_until`
    (the last moment to collect) are of an order placed now; None when nothing can be given now.
    `later` is there when waiting brings more. `at_hand` is what is free, however much is asked;
    `deliveries` is what is announced, whoever waits for it.
    """

    row: Row[Any]
    coverage: Coverage
    reason: Reason
    available: Mapping[str, int]
    ready_at: datetime | None = None
    cut_off: datetime | None = None
    hold_until: datetime | None = None
    later: Later | None = None
    slots: Sequence[FreeSlot] = ()
    at_hand: Mapping[str, int] = field(default_factory=dict)
    deliveries: Sequence[Delivery] = ()

    @cached_property
    def store(self) -> StoreFacts:
        """Return the store."""
        return stores.queries.store_from(self.row)

    @property
    def distance_km(self) -> float | None:
        """Return how far it is, as the crow flies; None when no place was named."""
        distance: float | None = self.row.distance_km
        return distance


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

    Raises UnknownSku, or UnknownStores for codes no store has.
    """
    reached, unknown = inventory.queries.reach(
        session,
        stores=stores.queries.select_where(where, queries.waiting_at),
        values=where.values,
        skus=sorted(quantities),
        leaving_out=leaving_out,
    )
    if unknown:
        raise UnknownSku(skus=unknown)
    silent = set(where.codes) - {each.store.store_code for each in reached}
    strangers = silent and silent - stores.queries.list_codes(session, silent)
    if strangers:
        raise UnknownStores(stores=sorted(strangers))
    whens: dict[Hashable, _When | None] = {}
    offers = [_offer(each, quantities, whens) for each in reached]
    return sorted(offers, key=_rank)


def _offer(
    reach: Reach, quantities: Mapping[str, int], whens: "dict[Hashable, _When | None]"
) -> StoreOffer:
    row, given = reach.store, _capped(reach.available, quantities)
    later = _later(reach, given, quantities) if reach.deliveries else None
    key = stores.queries.promise_key(row)
    if key not in whens:
        whens[key] = _when(stores.queries.store_from(row))
    when = whens[key]
    coverage, reason = _judge(row, given, quantities, when=when, later=later)
    if coverage is Coverage.NONE:
        later = None
    at_hand, coming = reach.available, reach.deliveries
    if when is None or coverage not in _NOW:
        return StoreOffer(
            row, coverage, reason, given, later=later, at_hand=at_hand, deliveries=coming
        )
    offer = StoreOffer(row, coverage, reason, given, *when, later, (), at_hand, coming)
    if row.free_slots and offer.store.slotted:
        slots = stores.queries.free_slots_from(row.free_slots, since=when.ready_at, limit=SLOTS_MAX)
        offer = replace(offer, slots=slots)
    return offer


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
    row: Row[Any],
    given: Mapping[str, int],
    quantities: Mapping[str, int],
    *,
    when: "_When | None",
    later: Later | None,
) -> tuple[Coverage, Reason]:
    refused = _refused(row, when)
    if refused is not None:
        return Coverage.NONE, refused
    if given == quantities:
        return Coverage.FULL, Reason.AVAILABLE
    if any(given.values()):
        return Coverage.PART, Reason.SHORT
    return (Coverage.LATER, Reason.LATER) if later else (Coverage.NONE, Reason.NOT_STOCKED)


def _refused(row: Row[Any], when: "_When | None") -> Reason | None:
    """Return why nothing can be ordered here, whatever there is."""
    if row.opened_at is None:
        return Reason.NOT_OPEN_YET
    if not row.offered or not row.opening_hours:
        return Reason.NOT_OFFERED
    if row.paused:
        return Reason.PAUSED
    return Reason.CLOSED if when is None else None


class _When(NamedTuple):
    ready_at: datetime
    cut_off: datetime
    hold_until: datetime


def _when(store: StoreFacts) -> _When | None:
    """Return when an order placed now is ready; None when that can be promised for no day."""
    if store.schedule is None:
        return None
    return _promised(store.schedule, store.rules, store.load, _whole_minute(store.asked_at))


@lru_cache(maxsize=8192)
def _promised(schedule: Schedule, rules: TradeRules, load: Load, start: datetime) -> _When | None:
    """Remembered for its minute: a chain keeps few different hours."""
    made = stores.promises.promise(schedule, rules, load, start)
    if made is None:
        return None
    kept = stores.promises.collect_by(schedule, ready_at=made.at, hold_days=rules.hold_days)
    return _When(made.at, stores.promises.cut_off(made), kept)


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
        offer.row.store_code,
    )


_NOW: Final = frozenset({Coverage.FULL, Coverage.PART})
_COVERAGES: Final = {coverage: place for place, coverage in enumerate(Coverage)}
