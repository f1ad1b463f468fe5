"""What a basket costs now, and what stands on the shelf's label."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
from catalog.queries import Offer
from kernel.clock import now
from orders.commands import AgreedLine
from orders.pricing import Quote, ShelfPrice, agree, best_alone, quote_basket, shelf_price
from orders.queries.promotions import list_deals_since, read_deals
from stores.queries import StoreFacts

LOOKED_BACK: Final = timedelta(days=366)
"""How long a reduction may have run that is shown beside the lowest price before it."""


def read_quote(
    session: Session,
    quantities: Mapping[str, int],
    *,
    brand_id: UUID,
    language: str,
    store: StoreFacts | None = None,
    at: datetime | None = None,
) -> Quote:
    """Return what a basket costs under a brand, at a store if one is chosen, now or at an instant.

    Prices are one statement, promotions another.

    Raises UnknownSku.
    """
    offers = catalog.queries.get_offers(
        session, skus=quantities, brand_id=brand_id, language=language, at=at
    )
    deals = read_deals(session, brand_id=brand_id, language=language, store=store, at=at)
    return quote_basket(offers, quantities, deals)


def read_agreed(
    session: Session,
    quantities: Mapping[str, int],
    agreed: Mapping[str, AgreedLine],
    *,
    brand_id: UUID,
    language: str,
) -> Quote:
    """Return what a basket costs as another shop agreed it; the articles are ours. One statement.

    Raises UnknownSku.
    """
    offers = catalog.queries.get_offers(
        session, skus=quantities, brand_id=brand_id, language=language
    )
    return agree(quote_basket(offers, quantities), agreed)


def read_shelf(
    session: Session,
    offers: Mapping[str, Offer],
    *,
    brand_id: UUID,
    language: str,
    store: StoreFacts | None = None,
) -> dict[str, ShelfPrice]:
    """Return what one of each costs now, with the lowest of 30 days where less is announced."""
    shown_at = now()
    since = shown_at - LOOKED_BACK
    deals = list_deals_since(
        session, brand_id=brand_id, language=language, since=since, store=store
    )
    holding = [each for each in deals if each.holds(shown_at)]
    reduced = [
        sku for sku, offer in offers.items() if offer.is_reduced or best_alone(offer, holding)
    ]
    spans = (
        catalog.queries.list_price_spans(session, reduced, brand_id=brand_id, since=since)
        if reduced
        else {}
    )
    return {
        sku: shelf_price(offer, deals, spans.get(sku, ()), now=shown_at)
        for sku, offer in offers.items()
    }
