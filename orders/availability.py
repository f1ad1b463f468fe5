"""Availability of a basket: which stores have it, how much of it, and when it can be ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import stores.promises
import stores.queries
from catalog.errors import UnknownSku
from inventory.queries import Reach
from orders import queries
from stores.queries import Near, StoreFacts


class Coverage(StrEnum):
    """How much of the basket a store can give."""

    FULL = "full"
    PART = "part"
    NONE = "none"


class Reason(StrEnum):
    """Why a store offers what it offers, for machines."""

    AVAILABLE = "available"
    SHORT = "short"
    NOT_STOCKED = "not-stocked"
    PAUSED = "paused"
    NOT_OFFERED = "not-offered"


@dataclass(frozen=True, slots=True)
class StoreOffer:
    """What one store can give of a basket; `available` is capped at what was asked."""

    store: StoreFacts
    distance_km: float | None
    coverage: Coverage
    reason: Reason
    available: Mapping[str, int]
    ready_at: datetime | None


def find_offers(
    session: Session,
    *,
    quantities: Mapping[str, int],
    near: Near | None = None,
    store_codes: Sequence[str] = (),
    leaving_out: UUID | None = None,
) -> list[StoreOffer]:
    """Return what each store can give of a basket, in one statement, best first.

    Best is: the whole basket before a part, then sooner, then nearer. What the fulfillment
    `leaving_out` holds, the asker's own, counts as free.

    Raises UnknownSku.
    """
    reached, unknown = inventory.queries.reach(
        session,
        stores=stores.queries.select_stores(
            near=near, codes=store_codes, waiting=queries.waiting_at
        ),
        skus=sorted(quantities),
        leaving_out=leaving_out,
    )
    if unknown:
        raise UnknownSku(skus=unknown)
    offers = [_offer(each, quantities) for each in reached]
    return sorted(offers, key=_rank)


def _offer(reach: Reach, quantities: Mapping[str, int]) -> StoreOffer:
    store = stores.queries.store_from(reach.store)
    given = {
        sku: max(min(reach.available.get(sku, 0), quantity), 0)
        for sku, quantity in quantities.items()
    }
    coverage, reason = _judge(store, given, quantities)
    ready = None
    if coverage is not Coverage.NONE and store.schedule is not None:
        made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
        ready = made.at if made else None
    return StoreOffer(store, reach.distance_km, coverage, reason, given, ready)


def _judge(
    store: StoreFacts, given: Mapping[str, int], quantities: Mapping[str, int]
) -> tuple[Coverage, Reason]:
    if not store.offered or store.schedule is None:
        return Coverage.NONE, Reason.NOT_OFFERED
    if store.paused:
        return Coverage.NONE, Reason.PAUSED
    if all(given[sku] == quantity for sku, quantity in quantities.items()):
        return Coverage.FULL, Reason.AVAILABLE
    if any(given.values()):
        return Coverage.PART, Reason.SHORT
    return Coverage.NONE, Reason.NOT_STOCKED


def _rank(offer: StoreOffer) -> tuple[int, float, float, str]:
    return (
        list(Coverage).index(offer.coverage),
        offer.ready_at.timestamp() if offer.ready_at else float("inf"),
        offer.distance_km if offer.distance_km is not None else float("inf"),
        offer.store.code,
    )
