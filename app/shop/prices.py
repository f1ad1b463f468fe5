"""Prices as the shop shows them: what is paid, what is struck through, and beside what."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

import orders.queries
from app.i18n import current
from app.shop.visitor import Frame
from catalog.queries import ArticleFacts, SkuFacts
from orders.pricing import ShelfPrice
from stores.queries import StoreFacts


def read_shelf(
    session: Session, frame: Frame, articles: Iterable[ArticleFacts], *, store: StoreFacts | None
) -> dict[str, ShelfPrice]:
    """Return what one of each SKU of these articles costs that has a price, by SKU."""
    offers = {
        sku.sku: offer
        for each in articles
        for sku in each.skus
        if (offer := each.offer_of(sku)) is not None
    }
    if frame.brand is None or not offers:
        return {}
    return orders.queries.read_shelf(
        session, offers, brand_id=frame.brand.id, language=current(), store=store
    )


def cheapest(skus: Iterable[SkuFacts], shelf: dict[str, ShelfPrice]) -> ShelfPrice | None:
    """Return the lowest price of an article's options; None when none is sold."""
    found = [shelf[sku.sku] for sku in skus if sku.sku in shelf]
    return min(found, key=lambda each: each.paid_minor, default=None)
