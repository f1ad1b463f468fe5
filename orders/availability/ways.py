"""Ways to get a whole basket, or most of it: what a shopper can choose between. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

from orders.availability.offers import Coverage, Later, StoreOffer
from stores.queries import StoreFacts

WAYS_MAX: Final = 5
PAIRED_MAX: Final = 40
"""Stores that are tried in pairs, best first: near ones when a place is known."""


class WayKind(StrEnum):
    """What a way asks of the shopper."""

    ALL = "all"
    REST_LATER = "rest-later"
    LATER = "later"
    SPLIT = "split"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Part:
    """What one store gives on one day; `ready_at` is None for what is only expected."""

    store: StoreFacts
    distance_km: float | None
    quantities: Mapping[str, int]
    day: date
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to get a basket; `missing` is what it leaves out."""

    kind: WayKind
    parts: tuple[Part, ...]
    missing: Mapping[str, int]

    @property
    def price(self) -> tuple[int, int, date, float]:
        """Return what it costs the shopper: units missed, stores, the last day, kilometres."""
        goes_to = {part.store.code: part.distance_km or 0.0 for part in self.parts}
        return (
            sum(self.missing.values()),
            len(goes_to),
            max(part.day for part in self.parts),
            sum(goes_to.values()),
        )


def rank_ways(offers: Sequence[StoreOffer], quantities: Mapping[str, int]) -> list[Way]:
    """Return at most five ways to get a basket, best first.

    Best is: nothing missing, then fewest stores, then the earliest day, then the least distance. A
    way is left out when another is as good in each of these.
    """
    ways = sorted(_ways(offers, quantities), key=lambda way: (way.price, _ties(way)))
    kept: list[Way] = []
    for way in ways:
        if len(kept) == WAYS_MAX:
            break
        if not any(_as_good(better, way) for better in kept):
            kept.append(way)
    return kept


def _ways(offers: Sequence[StoreOffer], quantities: Mapping[str, int]) -> Iterator[Way]:
    parts = [each for each in offers if each.coverage is Coverage.PART]
    for offer in offers:
        if offer.coverage is Coverage.FULL:
            yield _way(WayKind.ALL, quantities, _now(offer, offer.available))
        elif offer.coverage is Coverage.PART:
            now = _now(offer, offer.available)
            yield _way(WayKind.PART, quantities, now)
            if offer.later is not None:
                rest = _less(offer.later.available, offer.available)
                yield _way(WayKind.REST_LATER, quantities, now, _then(offer, offer.later, rest))
        elif offer.coverage is Coverage.LATER and offer.later is not None:
            then = _then(offer, offer.later, offer.later.available)
            yield _way(WayKind.LATER, quantities, then)
    for first, second in combinations(_worth_pairing(parts), 2):
        rest = _less(quantities, first.available)
        if all(second.available[sku] >= units for sku, units in rest.items()):
            yield _way(WayKind.SPLIT, quantities, _now(first, first.available), _now(second, rest))


def _worth_pairing(parts: Sequence[StoreOffer]) -> Sequence[StoreOffer]:
    """Return the stores to pair: nearest first when a place is known, else in their order."""
    near = sorted(parts, key=lambda each: each.distance_km or 0.0)
    return near[:PAIRED_MAX]


def _now(offer: StoreOffer, quantities: Mapping[str, int]) -> Part:
    if offer.ready_at is None:
        raise ValueError("a store that gives something now says when")
    day = offer.ready_at.astimezone(ZoneInfo(offer.store.time_zone)).date()
    return Part(offer.store, offer.distance_km, _some(quantities), day, offer.ready_at)


def _then(offer: StoreOffer, later: Later, quantities: Mapping[str, int]) -> Part:
    return Part(offer.store, offer.distance_km, _some(quantities), later.on, None)


def _way(kind: WayKind, quantities: Mapping[str, int], *parts: Part) -> Way:
    missing = quantities
    for part in parts:
        missing = _less(missing, part.quantities)
    return Way(kind, parts, _some(missing))


def _less(quantities: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    return {sku: units - given.get(sku, 0) for sku, units in quantities.items()}


def _some(quantities: Mapping[str, int]) -> dict[str, int]:
    return {sku: units for sku, units in quantities.items() if units > 0}


def _as_good(better: Way, way: Way) -> bool:
    missing, goes_to, day, km = way.price
    less, fewer, sooner, nearer = better.price
    return less <= missing and fewer <= goes_to and sooner <= day and nearer <= km


def _ties(way: Way) -> tuple[float, tuple[str, ...], str]:
    """Return what orders ways of the same price: the earlier instant, then the stores' codes."""
    instants = [part.ready_at.timestamp() for part in way.parts if part.ready_at is not None]
    return (max(instants, default=0.0), tuple(part.store.code for part in way.parts), way.kind)
