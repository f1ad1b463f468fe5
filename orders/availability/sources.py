"""Where what a parcel lacks could come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

import inventory.queries
import stores.queries
from orders.availability.offers import find_offers
from orders.queries import FulfillmentFacts
from stores.queries import Near, StoreFacts, Where

WORLD_KM: Final = 20_100
"""Half the way around the earth: every location is within it."""
SOURCES_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Source:
    """A location that has some of what a parcel lacks: how many of each SKU, never more than that.

    `complete` is whether it has all of it.
    """

    store: StoreFacts
    quantities: Mapping[str, int]
    distance_km: float
    complete: bool


def lacking(session: Session, parcel: FulfillmentFacts) -> dict[str, int]:
    """Return what of a parcel could come from elsewhere: not picked, and not on its way."""
    here = inventory.queries.list_reserved(session, parcel.id)
    found = {
        line.sku: min(
            line.quantity - line.cancelled - line.picked,
            here.get(line.sku, 0) - line.collectable,
        )
        for line in parcel.lines
    }
    return {sku: quantity for sku, quantity in found.items() if quantity > 0}


def find_sources(
    session: Session, parcel: FulfillmentFacts, wanted: Mapping[str, int]
) -> list[Source]:
    """Return the brand's locations that have some of `wanted`: all of it first, then nearest."""
    if not wanted:
        return []
    here = stores.queries.get_store_by_id(session, parcel.location_id)
    brand = stores.queries.get_brand(session, here.brand_id).code
    where = Where(Near(here.latitude, here.longitude, WORLD_KM), brand=brand)
    sources = []
    for offer in find_offers(session, quantities=wanted, where=where):
        has = {
            sku: min(quantity, wanted[sku])
            for sku, quantity in offer.available.items()
            if quantity > 0
        }
        if has and offer.store.id != here.id and offer.store.opened_at is not None:
            complete = has == dict(wanted)
            sources.append(Source(offer.store, has, offer.distance_km or 0.0, complete))
    return sorted(sources, key=lambda each: (not each.complete, each.distance_km))[:SOURCES_MAX]
