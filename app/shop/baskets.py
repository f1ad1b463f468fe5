"""A basket as its pages show it: what is in it, what it costs, and who can give how much of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

import catalog.queries
import orders.availability
import orders.queries
from app.i18n import current
from app.shop.offers import Nearby, choose_nearby, find_offers, worth_showing
from app.shop.pictures import pictured
from app.shop.visitor import Frame
from catalog.errors import UnknownSku
from catalog.queries import Offer
from orders.availability import Way
from orders.pricing import ShelfPrice
from stores.queries import BrandFacts, StoreFacts


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One SKU of a basket; amounts in minor units."""

    sku: str
    name: str
    option: str
    href: str
    picture: Mapping[str, Any]
    quantity: int
    amount_minor: int
    list_minor: int
    promotion: str
    eco_minor: int
    shelf: ShelfPrice


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything in a basket. `gone` counts what is no longer sold."""

    lines: list[BasketLine]
    total_minor: int
    currency: str
    nearby: list[Nearby]
    gone: int
    ways: list[Way] = field(default_factory=list)

    @property
    def quantities(self) -> dict[str, int]:
        """Return how many of each SKU."""
        return {line.sku: line.quantity for line in self.lines}

    @property
    def list_minor(self) -> int:
        """Return what it would cost without promotions."""
        return sum(line.list_minor for line in self.lines)

    @property
    def goods(self) -> str:
        """Return what tells this basket from one with other goods, or at another store."""
        store = self.chosen.store.code if self.chosen else ""
        return sha256(repr((store, *sorted(self.quantities.items()))).encode()).hexdigest()[:16]

    @property
    def chosen(self) -> Nearby | None:
        """Return the store it is to be collected from."""
        return next((each for each in self.nearby if each.chosen), None)

    @property
    def best_other(self) -> Nearby | None:
        """Return the best other store that has everything."""
        return next((each for each in self.nearby if each.has_all and not each.chosen), None)

    def short_lines(self) -> list[tuple[BasketLine, int]]:
        """Return the lines the chosen store cannot give whole, each with what is left there."""
        if self.chosen is None:
            return []
        left = self.chosen.offer.available
        return [(line, left[line.sku]) for line in self.lines if left[line.sku] < line.quantity]


def read_basket(session: Session, frame: Frame, *, brought: bool = False) -> Basket:
    """Return the basket of this browser: priced, and with the stores that can give it.

    It costs what it does at the chosen store; what is `brought`, what it does everywhere.
    """
    cart = frame.visitor.cart
    quantities, gone = dict(cart.quantities), 0
    if frame.brand is None or not quantities:
        return Basket([], 0, "EUR", [], 0)
    try:
        sold = _offers(session, frame.brand, quantities)
    except UnknownSku as refusal:
        gone = len(refusal.facts["skus"])
        for sku in refusal.facts["skus"]:
            del quantities[sku]
        sold = _offers(session, frame.brand, quantities)
    nearby, ways = _around(session, frame, quantities)
    store = next((each.store for each in nearby if each.chosen and not brought), None)
    lines = _lines(session, frame, sold, quantities, store=store)
    total = sum(line.amount_minor for line in lines)
    return Basket(lines, total, frame.brand.currency, nearby, gone, ways)


def _offers(session: Session, brand: BrandFacts, skus: Iterable[str]) -> dict[str, Offer]:
    return catalog.queries.get_offers(session, skus=skus, brand_id=brand.id, language=current())


def _lines(
    session: Session,
    frame: Frame,
    sold: Mapping[str, Offer],
    quantities: Mapping[str, int],
    *,
    store: StoreFacts | None,
) -> list[BasketLine]:
    """Return what is in a basket with what it costs at the chosen store, or anywhere."""
    if frame.brand is None:
        return []
    brand_id, language = frame.brand.id, current()
    quote = orders.queries.read_quote(
        session, quantities, brand_id=brand_id, language=language, store=store
    )
    shelf = orders.queries.read_shelf(
        session, sold, brand_id=brand_id, language=language, store=store
    )
    return [
        BasketLine(
            sku=line.sku,
            name=sold[line.sku].name,
            option=sold[line.sku].option,
            href=url_for("shop.article", code=sold[line.sku].article, sku=line.sku),
            picture=pictured(
                line.sku,
                sold[line.sku].name,
                category=sold[line.sku].category,
                shelves=frame.shelves,
            ),
            quantity=line.quantity,
            amount_minor=line.priced.amount_minor,
            list_minor=line.priced.list_minor,
            promotion=line.promotion_name,
            eco_minor=line.eco_total_minor,
            shelf=shelf[line.sku],
        )
        for line in quote.lines
    ]


def _around(
    session: Session, frame: Frame, quantities: Mapping[str, int]
) -> tuple[list[Nearby], list[Way]]:
    """Return the stores around, and the ways to get the basket; both from one statement."""
    if not quantities:
        return [], []
    cart, place = frame.visitor.cart, frame.visitor.place
    offers = find_offers(session, quantities=quantities, place=place, cart=cart)
    nearby = choose_nearby(offers, quantities, place=place, chosen=cart.location_id)
    ways = orders.availability.rank_ways(worth_showing(offers), quantities)
    return nearby, ways
