"""What promotions take off an order whose goods change: anew, over its goods as they are to be.

What stays has the promotions that held when the order was placed, or that it has; what comes has
today's. What was handed over, sent or given up keeps its share. An order that another shop brought
keeps the discounts it was brought with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import catalog.queries
from catalog.errors import UnknownSku
from catalog.queries import Offer
from kernel.clock import db_now
from kernel.money import share_of_first
from orders import queries
from orders.commands import Status
from orders.models import FINAL, ExternalOrder, Order, OrderLine, Promotion, PromotionUse
from orders.pricing import (
    Deal,
    Goods,
    PricedLine,
    Quote,
    Taken,
    discount_anew,
    most_off,
    quote_basket,
)
from orders.services.locked import Locked
from orders.services.writing_lines import PartRow, WholeRow
from stores.queries import StoreFacts

GONE: Final = FINAL | {Status.SHIPPED, Status.DELIVERED}


@dataclass(frozen=True, slots=True)
class Repricing:
    """What an order has taken off from now on; `quote` is what comes to it, bought alone.

    `alone` is that without what several together get. `taken` is None where another shop said
    what is taken off. `before_minor` is what the goods came to, `promotions` what each line had.
    """

    quote: Quote
    alone: Quote
    goods: Goods | None = None
    taken: Mapping[str, Taken] | None = None
    before_minor: int = 0
    promotions: Mapping[str, UUID | None] | None = None
    had: frozenset[UUID] = frozenset()
    limited: frozenset[UUID] = frozenset()

    @property
    def most_minor(self) -> int:
        """Return what the goods come to at most: what they did, and what comes to them beside."""
        return self.before_minor + sum(each.priced.amount_minor for each in self.quote.lines)


@dataclass(frozen=True, slots=True)
class PartAt:
    """A line of a parcel as it is to be; `stays` when nothing is taken off it anew."""

    row: PartRow
    stays: bool

    @property
    def owed(self) -> int:
        """Return how many of it are not given up."""
        return self.row.quantity - self.row.cancelled

    @property
    def off_minor(self) -> int:
        """Return what is taken off these."""
        return share_of_first(self.row.discount_minor, units=self.owed, of=self.row.quantity)


def read_repricing(
    session: Session,
    order: Order,
    parcels: Sequence[Locked],
    *,
    changes: Mapping[str, int],
    store: StoreFacts | None,
) -> Repricing:
    """Return what promotions take off once so many more or fewer of each SKU are wanted.

    Raises UnknownSku for what comes to the order and is not sold.
    """
    known = _lines(session, order.id)
    before = _units(parcels)
    added = {sku: units for sku, units in changes.items() if units > 0}
    sums = {sku: before.get(sku, 0) + changes.get(sku, 0) for sku in {**before, **added}}
    after = {sku: units for sku, units in sums.items() if units > 0}
    offers = _offers(session, order, after, added)
    had, then, today = _deals(session, order, store)
    quote = quote_basket(offers, added, today)
    alone = quote_basket(offers, added, [each for each in today if not each.is_for_several])
    if any(external for _, external in known.values()):
        return Repricing(quote, alone, had=had, limited=quote.limited)
    lines = {sku: line for sku, (line, _) in known.items()}
    goods = Goods(
        {sku: _agreed(offer, lines.get(sku)) for sku, offer in offers.items()},
        {sku: n for sku in offers if (n := min(after[sku], before.get(sku, 0)))},
        added,
    )
    taken = discount_anew(goods, then, today)
    return Repricing(
        quote,
        alone,
        goods,
        taken,
        due_minor(_now(parcels), lines),
        {sku: line.promotion_id for sku, line in lines.items()},
        had,
        frozenset(each.id for each in (*then, *today) if each.uses_left is not None),
    )


def reprice(
    pricing: Repricing, wholes: Mapping[str, WholeRow], parts: Sequence[PartAt]
) -> list[PartRow]:
    """Have lines, and their parts, have taken off what promotions take now; return these parts.

    Together they never come to more than they did, with what comes to them bought beside.
    """
    if pricing.goods is None:
        return []
    free = {sku: _free(sku, parts) for sku in pricing.goods.offers}
    targets = {sku: _target(pricing, sku, rows, parts) for sku, rows in free.items() if rows}
    _divide(targets, free, wholes)
    extra = due_minor(parts, wholes) - pricing.most_minor
    for sku, minor in list(targets.items()):
        if (pricing.promotions or {}).get(sku) is None:
            continue
        units = sum(each.quantity for each in free[sku])
        more = min(max(extra, 0), most_off(pricing.goods.offers[sku], units) - minor)
        targets[sku] += more
        extra -= more
    _divide(targets, free, wholes)
    for sku in targets:
        _name(pricing, wholes[sku])
    return [row for sku in targets for row in free[sku]]


def due_minor(parts: Iterable[PartAt], lines: Mapping[str, OrderLine | WholeRow]) -> int:
    """Return what the goods of parcels come to."""
    return sum(
        PricedLine(
            each.owed,
            lines[each.row.sku].unit_price_minor,
            lines[each.row.sku].price_per,
            0,
            each.off_minor,
        ).amount_minor
        for each in parts
        if each.owed
    )


def _free(sku: str, parts: Iterable[PartAt]) -> list[PartRow]:
    return [each.row for each in parts if each.row.sku == sku and not each.stays and each.owed]


def _target(pricing: Repricing, sku: str, rows: Sequence[PartRow], parts: Iterable[PartAt]) -> int:
    """Return what is taken off the units of a line whose shares may change."""
    taken = (pricing.taken or {}).get(sku)
    if taken is None or pricing.goods is None:
        return 0
    kept = sum(each.off_minor for each in parts if each.row.sku == sku and each.stays)
    most = most_off(pricing.goods.offers[sku], sum(each.quantity for each in rows))
    return min(max(taken.minor - kept, 0), most)


def _divide(
    targets: Mapping[str, int],
    free: Mapping[str, Sequence[PartRow]],
    wholes: Mapping[str, WholeRow],
) -> None:
    for sku, minor in targets.items():
        left, units = minor, sum(each.quantity for each in free[sku])
        for row in free[sku]:
            mine = share_of_first(left, units=row.quantity, of=units)
            wholes[sku].discount_minor += mine - row.discount_minor
            row.discount_minor = mine
            left, units = left - mine, units - row.quantity


def _name(pricing: Repricing, whole: WholeRow) -> None:
    """Have a line say which promotion it has."""
    taken = (pricing.taken or {}).get(whole.sku)
    own = (pricing.promotions or {}).get(whole.sku)
    whole.promotion_id = (taken.deal.id if taken else own) if whole.discount_minor else None


def _lines(session: Session, order_id: UUID) -> dict[str, tuple[OrderLine, bool]]:
    outside = exists().where(ExternalOrder.order_id == OrderLine.order_id)
    found = session.execute(
        select(OrderLine, outside)
        .where(OrderLine.order_id == order_id)
        .execution_options(populate_existing=True)
    )
    return {line.sku: (line, external) for line, external in found}


def _now(parcels: Iterable[Locked]) -> list[PartAt]:
    return [
        PartAt(PartRow.of(line), stays=True)
        for each in parcels
        if each.parcel.status is not Status.REROUTED
        for line in each.lines.values()
    ]


def _units(parcels: Iterable[Locked]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in _now(parcels):
        if each.owed:
            found[each.row.sku] = found.get(each.row.sku, 0) + each.owed
    return found


def _offers(
    session: Session, order: Order, skus: Iterable[str], added: Mapping[str, int]
) -> dict[str, Offer]:
    """Return what articles are; those that stay and are not sold any more are left out."""
    wanted = set(skus)
    get = partial(
        catalog.queries.get_offers, session, brand_id=order.brand_id, language=order.language
    )
    try:
        return get(skus=wanted)
    except UnknownSku as refusal:
        closed = set(refusal.facts["skus"])
        if unknown := sorted(closed & added.keys()):
            raise UnknownSku(skus=unknown) from refusal
        return get(skus=wanted - closed)


def _agreed(offer: Offer, line: OrderLine | None) -> Offer:
    """Return an article at the price of its line."""
    if line is None:
        return offer
    return replace(
        offer,
        price_minor=line.unit_price_minor,
        price_per=line.price_per,
        vat_bp=line.vat_bp,
        eco_minor=line.eco_minor,
    )


def _deals(
    session: Session, order: Order, store: StoreFacts | None
) -> tuple[frozenset[UUID], list[Deal], list[Deal]]:
    """Return the promotions an order has, those of what stays, and those of what comes."""
    rows = session.execute(
        select(Promotion)
        .join(PromotionUse, PromotionUse.promotion_id == Promotion.id)
        .where(PromotionUse.order_id == order.id)
        .order_by(Promotion.id)
        .execution_options(populate_existing=True)
    ).scalars()
    own = {row.id: queries.deal_of(row, order.language) for row in rows}
    recent = queries.list_deals_since(
        session,
        brand_id=order.brand_id,
        language=order.language,
        since=order.placed_at,
        store=store,
    )
    at = db_now(session)
    then = own | {each.id: each for each in recent if each.holds(order.placed_at)}
    today = [
        each
        for each in recent
        if each.holds(at) or (each.id in own and replace(each, uses_left=None).holds(at))
    ]
    return frozenset(own), list(then.values()), today
