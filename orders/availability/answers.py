"""What a shopper may choose after a store rejected their parcel, each with its facts."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

import payments.queries
import stores.queries
from orders.availability.offers import Coverage, StoreOffer, find_offers
from orders.queries import FulfillmentFacts
from payments.commands import ObligationStatus
from stores.commands import StoreMethod
from stores.queries import Near, StoreFacts, Where

STORES_MAX = 5
ANYWHERE_KM = 20_000.0
PAID = frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED})


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """A store that has all of it: when it would be ready, and how far it is from the first one."""

    store: StoreFacts
    ready_at: datetime
    distance_km: float


@dataclass(frozen=True, slots=True)
class Answers:
    """What can be chosen: nearest stores first; `delivery` is None when nobody can send it.

    `back_on` is the day on which the store expects all of it, where it knows. `value_minor` is what
    would not have to be paid, or goes back.
    """

    stores: tuple[StoreAnswer, ...]
    delivery: StoreAnswer | None
    back_on: date | None
    wait_days: int
    value_minor: int


def list_answers(session: Session, parcel: FulfillmentFacts) -> Answers:
    """Return what a shopper can have instead of a rejected parcel, as it is now."""
    old = stores.queries.get_store_by_id(session, parcel.location_id)
    near = _find(session, parcel, _around(session, old), StoreMethod.PICKUP)
    own = next((each for each in near if each.store.id == old.id), None)
    others = [each for each in near if each.store.id != old.id and _is_whole(each)]
    shippers = list_shippers(session, parcel)
    return Answers(
        tuple(_answer(each) for each in others[:STORES_MAX]),
        _answer(shippers[0]) if shippers else None,
        own.later.on if own and own.later and own.later.full else None,
        old.rules.wait_days,
        parcel.owed.total_minor,
    )


def list_shippers(session: Session, parcel: FulfillmentFacts) -> list[StoreOffer]:
    """Return the locations that could send all a parcel owes, the nearest to its store first.

    None while it is to be paid at a till.
    """
    if not _is_secured(session, parcel):
        return []
    old = stores.queries.get_store_by_id(session, parcel.location_id)
    offers = _find(session, parcel, _around(session, old), StoreMethod.SHIP)
    return [each for each in offers if _is_whole(each)]


def _is_secured(session: Session, parcel: FulfillmentFacts) -> bool:
    """Tell whether a card holds or paid the order: nothing leaves for a door unpaid."""
    owed = payments.queries.list_obligations(session, parcel.order_id)
    return any(each.status in PAID for each in owed)


def _around(session: Session, old: StoreFacts) -> Where:
    brand = stores.queries.get_brand(session, old.brand_id)
    return Where(Near(old.latitude, old.longitude, ANYWHERE_KM), brand=brand.code)


def _find(
    session: Session, parcel: FulfillmentFacts, where: Where, method: StoreMethod
) -> list[StoreOffer]:
    owed = {line.sku: line.open for line in parcel.lines if line.open}
    offers = find_offers(session, quantities=owed, where=replace(where, method=method))
    return sorted(offers, key=lambda each: each.distance_km or 0.0)


def _is_whole(offer: StoreOffer) -> bool:
    return offer.coverage is Coverage.FULL and offer.ready_at is not None


def _answer(offer: StoreOffer) -> StoreAnswer:
    ready_at = offer.ready_at or offer.store.asked_at
    return StoreAnswer(offer.store, ready_at, offer.distance_km or 0.0)
