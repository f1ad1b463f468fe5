"""What each store has of everything it sells, for those who list it elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import stores.promises
import stores.queries
from catalog.queries import Offer
from kernel.money import line_amount
from orders import queries
from orders.pricing import quote_basket
from stores.queries import StoreFacts


class Plenty(StrEnum):
    """How much of a SKU a store can promise: enough, little (it runs low there), nothing."""

    ENOUGH = "enough"
    LITTLE = "little"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class LocalOffer:
    """What a store has of one SKU that is sold by the piece, and what one costs, tax included.

    `list_minor` is without promotions.
    """

    sku: str
    article: str
    available: int
    plenty: Plenty
    list_minor: int
    paid_minor: int
    currency: str

    @property
    def is_on_sale(self) -> bool:
        """Tell whether a promotion takes something off."""
        return self.paid_minor < self.list_minor


@dataclass(frozen=True, slots=True)
class Assortment:
    """A store, in how many days something ordered now can be collected there, and what it has.

    `ready_in_days` counts midnights of the store; None when nothing can be ordered there now.
    """

    store: StoreFacts
    ready_in_days: int | None
    offers: list[LocalOffer]


def read_assortment(session: Session, code: str) -> Assortment:
    """Return what a store can promise of each SKU it ever had, in three statements.

    Raises UnknownLocation.
    """
    store = stores.queries.get_store(session, code, waiting=queries.waiting_at)
    return Assortment(store, _ready_in_days(store), list(_offers(session, store)))


def _offers(session: Session, store: StoreFacts) -> Iterator[LocalOffer]:
    deals = queries.read_deals(
        session, brand_id=store.brand_id, language=store.default_language, store=store
    )
    level = inventory.queries.select_available().subquery("level")
    price = catalog.queries.select_prices(store.brand_id).subquery("price")
    rows = session.execute(
        select(price, level.c.available)
        .join(price, price.c.sku == level.c.sku)
        .where(level.c.location_id == store.id)
        .order_by(price.c.sku)
    )
    for row in rows:
        yield LocalOffer(
            row.sku,
            row.article,
            row.available,
            _plenty(row.available, store),
            line_amount(quantity=1, unit_price_minor=row.amount_minor, price_per=row.price_per),
            quote_basket({row.sku: _offer(row)}, {row.sku: 1}, deals).totals.total_minor,
            row.currency,
        )


def _offer(row: Any) -> Offer:  # noqa: ANN401 (a row)
    return Offer(
        sku=row.sku,
        name="",
        option="",
        price_minor=row.amount_minor,
        price_per=row.price_per,
        currency=row.currency,
        vat_bp=row.vat_bp,
        article=row.article,
        category=row.category,
        weight_g=None,
        eco_minor=row.eco_minor,
        is_reduced=row.is_reduced,
    )


def _plenty(available: int, store: StoreFacts) -> Plenty:
    if available < 1:
        return Plenty.NOTHING
    return Plenty.LITTLE if available <= store.rules.low_stock_units else Plenty.ENOUGH


def _ready_in_days(store: StoreFacts) -> int | None:
    if not store.offered or store.paused or store.schedule is None:
        return None
    made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
    if made is None:
        return None
    zone = ZoneInfo(store.time_zone)
    return (made.at.astimezone(zone).date() - store.asked_at.astimezone(zone).date()).days
