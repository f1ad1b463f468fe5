"""« Où est-ce ? »: what this store has of an article, and which other stores have it."""

from datetime import datetime
from typing import Any, Final

from flask import render_template, request
from sqlalchemy.orm import Session

import inventory.queries
import stores.promises
import stores.queries
from app.i18n import current
from app.staff.articles import Shown, find_skus
from app.staff.explaining import coming_to, explain
from app.staff.instead import Instead, list_instead
from app.staff.stock_words import day_word
from app.staff.views.base import Here, blueprint, here
from catalog.errors import UnknownSku
from kernel.db import transaction
from kernel.fields import QUANTITY_MAX
from kernel.web import declare
from orders import availability
from orders.availability import StoreOffer
from stores.queries import Near, StoreFacts, Where

SAID_MAX: Final = 100
WORLD_KM: Final = 20_100
"""Half the way around the earth: every store is within it."""


@blueprint.get("/where")
@declare(permission="stock.read")
def find_article() -> str:
    """Show where an article is: scanned, typed, or meant by words; several are listed first."""
    said = " ".join(request.args.get("said", "").split())[:SAID_MAX]
    with transaction() as session:
        place = here(session)
        found = _found(session, place, said)
        one = found[0] if len(found) == 1 else None
        level = _level(session, place, one.sku) if one else None
        offers = _offers(session, place, one.sku) if one else []
        why = explain(session, place.store, one.sku, actor=place.actor) if level and one else None
        coming = coming_to(session, place.store, one.sku) if one else []
        instead = _instead(session, place, offers, one.sku) if one else []
    return render_template(
        "tablet/where.html",
        said=said,
        found=found,
        one=one,
        level=level,
        others=_others(place, offers, one.sku) if one else [],
        why=why,
        coming=coming,
        instead=instead,
        did=request.args.get("did"),
    )


def _found(session: Session, place: Here, said: str) -> list[Shown]:
    if not said.strip() or not said.isprintable():
        return []
    return find_skus(session, said=said, brand_id=place.store.brand_id, language=current())


def _level(session: Session, place: Here, sku: str) -> inventory.queries.LevelFacts | None:
    found = inventory.queries.list_levels(session, location_id=place.store.id, skus=[sku])
    return found[0] if found else None


def _offers(session: Session, place: Here, sku: str) -> list[StoreOffer]:
    near = Near(place.store.latitude, place.store.longitude, WORLD_KM)
    brand = stores.queries.get_brand(session, place.store.brand_id).code
    return availability.find_offers(
        session, quantities={sku: QUANTITY_MAX}, where=Where(near=near, brand=brand)
    )


def _instead(session: Session, place: Here, offers: list[StoreOffer], sku: str) -> list[Instead]:
    """Return what a customer can have instead of the shelf; nothing of what is not sold."""
    try:
        return list_instead(session, place.store, offers, sku)
    except UnknownSku:
        return []


def _others(place: Here, offers: list[StoreOffer], sku: str) -> list[dict[str, Any]]:
    """Return the brand's other stores, those that have it first, then by distance."""
    rows = [
        _other(offer, sku)
        for offer in offers
        if offer.store.id != place.store.id and offer.store.sells
    ]
    return sorted(rows, key=lambda row: (not row["units"], row["km"]))


def _other(offer: StoreOffer, sku: str) -> dict[str, Any]:
    return {
        "store": offer.store,
        "units": offer.available[sku] if offer.store.offered else 0,
        "km": offer.distance_km or 0.0,
        "hours": _hours(offer.store),
        "later": _later(offer),
    }


def _later(offer: StoreOffer) -> str | None:
    """Return from which day on a store that has none expects some; None when it expects none."""
    if offer.later is None or any(offer.available.values()):
        return None
    return day_word(offer.later.on, offer.store)


def _hours(store: StoreFacts) -> tuple[str, datetime] | None:
    """Return ("until", closing time) of an open store, ("from", opening time) of a closed one."""
    if store.schedule is None:
        return None
    times = stores.promises.opening_times(store.schedule, start=store.asked_at)
    opens, closes = next(times, (None, None))
    if opens is None or closes is None:
        return None
    return ("until", closes) if opens <= store.asked_at else ("from", opens)
