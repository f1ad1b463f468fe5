"""What a promotion would do: to the articles it is on, and to orders of the past days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

import catalog.queries
from catalog.queries import Offer
from orders.commands import Method, PromotionOn
from orders.models import Fulfillment, Order, OrderLine
from orders.pricing import Deal, discount

SHOWN_MAX: Final = 10
LINES_MAX: Final = 50_000


@dataclass(frozen=True, slots=True)
class PreviewedArticle:
    """One SKU, and what so many of it cost without and with a promotion, minor units."""

    sku: str
    label: str
    quantity: int
    list_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a promotion would do: `with_it` of `orders` would have had it, for so much off."""

    articles: int
    shown: tuple[PreviewedArticle, ...]
    orders: int
    with_it: int
    discount_minor: int


def preview_promotion(
    session: Session,
    deal: Deal,
    *,
    brand_id: UUID,
    language: str,
    since: datetime,
    places: Sequence[UUID] | None = None,
) -> Preview:
    """Return what a promotion would do now, and would have done alone to orders since an instant.

    Of articles the first are shown, each as often as the promotion needs. It holds for orders
    collected or begun at `places`, everywhere without.
    """
    count, skus = _scope(session, deal, brand_id)
    offers = catalog.queries.get_offers(session, skus=skus, brand_id=brand_id, language=language)
    shown = [_previewed(offers[sku], deal) for sku in skus]
    baskets = _baskets(session, brand_id, since)
    held = _held(session, baskets, places)
    saved = [minor for order in held if (minor := _saved(baskets[order], deal))]
    return Preview(count, tuple(shown), len(baskets), len(saved), sum(saved))


def _scope(session: Session, deal: Deal, brand_id: UUID) -> tuple[int, list[str]]:
    """Return on how many SKUs it is, and the first of them."""
    priced = catalog.queries.select_prices(brand_id).subquery("priced")
    columns = {
        PromotionOn.CATEGORY: priced.c.category,
        PromotionOn.ARTICLE: priced.c.article,
        PromotionOn.SKU: priced.c.sku,
    }
    wanted: Select[Any] = select(priced.c.sku)
    if deal.on_what in columns:
        wanted = wanted.where(columns[deal.on_what] == deal.on_code)
    count = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    return count, list(session.execute(wanted.order_by(priced.c.sku).limit(SHOWN_MAX)).scalars())


def _previewed(offer: Offer, deal: Deal) -> PreviewedArticle:
    units = max(deal.take, 1) * offer.price_per
    taken = discount({offer.sku: offer}, {offer.sku: units}, [deal]).get(offer.sku)
    full = offer.price_minor * max(deal.take, 1)
    return PreviewedArticle(
        offer.sku, offer.label, units, full, full - (taken.minor if taken else 0)
    )


def _baskets(
    session: Session, brand_id: UUID, since: datetime
) -> dict[UUID, list[tuple[Offer, int]]]:
    """Return what was ordered of a brand since an instant, order by order, as it was priced."""
    shelves = catalog.queries.select_shelves().subquery("shelves")
    rows = session.execute(
        select(OrderLine, Order.currency, shelves.c.category_code, shelves.c.article)
        .join(Order, Order.id == OrderLine.order_id)
        .join(shelves, shelves.c.sku == OrderLine.sku)
        .where(Order.brand_id == brand_id, Order.placed_at >= since)
        .order_by(OrderLine.order_id)
        .limit(LINES_MAX)
    )
    found: dict[UUID, list[tuple[Offer, int]]] = {}
    for line, currency, category, article in rows:
        offer = Offer(
            sku=line.sku,
            name=line.name,
            option="",
            price_minor=line.unit_price_minor,
            price_per=line.price_per,
            currency=currency,
            vat_bp=line.vat_bp,
            article=article,
            category=category,
            weight_g=None,
            eco_minor=line.eco_minor,
            is_reduced=False,
        )
        found.setdefault(line.order_id, []).append((offer, line.quantity))
    return found


def _held(session: Session, baskets: Iterable[UUID], places: Sequence[UUID] | None) -> list[UUID]:
    """Return the orders for which what holds at these locations would have held."""
    wanted = list(baskets)
    if places is None:
        return wanted
    collected = (
        select(Fulfillment.id)
        .where(Fulfillment.order_id == Order.id, Fulfillment.method == Method.PICKUP)
        .correlate(Order)
    )
    there = collected.where(Fulfillment.location_id.in_(places))
    begun = and_(Order.placed_at_id.in_(places), ~exists(collected))
    found = select(Order.id).where(Order.id.in_(wanted), or_(exists(there), begun))
    return list(session.execute(found).scalars())


def _saved(basket: Iterable[tuple[Offer, int]], deal: Deal) -> int:
    offers: Mapping[str, tuple[Offer, int]] = {offer.sku: (offer, units) for offer, units in basket}
    taken = discount(
        {sku: offer for sku, (offer, _) in offers.items()},
        {sku: units for sku, (_, units) in offers.items()},
        [deal],
    )
    return sum(each.minor for each in taken.values())
