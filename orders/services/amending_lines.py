"""What an amendment does to the lines of one parcel: units added, taken away, articles new.

A line keeps one price. What is added of an article that is on the order costs what it costs today
if bought alone, and only where that is the line's own price; an article that is new costs what it
costs today. What is taken away takes its share of a promotion with it. An n for m that a line has
is never counted anew: what is added beside it costs the list price, or is an n for m of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import stores.queries
from kernel.money import share
from orders import queries
from orders.commands import PromotionKind
from orders.errors import LinePriceChanged
from orders.models import Fulfillment, FulfillmentLine, Order, OrderLine, Promotion
from orders.pricing import PricedLine, Quote, QuotedLine
from orders.services.locked import Locked

_COUNT_USE = text("""
    INSERT INTO promotion_use AS u (promotion_id, order_id, discount_minor)
    VALUES (:promotion_id, :order_id, :minor)
    ON CONFLICT (promotion_id, order_id) DO UPDATE
        SET discount_minor = u.discount_minor + excluded.discount_minor
""")

_LESS_USE = text("""
    UPDATE promotion_use SET discount_minor = discount_minor - :minor
    WHERE promotion_id = :promotion_id AND order_id = :order_id AND discount_minor > :minor
    RETURNING order_id
""")

_END_USE = text("""
    DELETE FROM promotion_use WHERE promotion_id = :promotion_id AND order_id = :order_id
""")


@dataclass(frozen=True, slots=True)
class LineChanges:
    """How many of each SKU a parcel owed and is to owe, where that differs; what is added costs."""

    before: Mapping[str, int]
    after: Mapping[str, int]
    quote: Quote
    uses: frozenset[UUID] = frozenset()
    """Promotions that only so many orders may have, and this one has not yet."""

    @property
    def added(self) -> dict[str, int]:
        """Return how many more of each SKU are wanted."""
        more = {sku: each - self.before.get(sku, 0) for sku, each in self.after.items()}
        return {sku: units for sku, units in more.items() if units > 0}

    @property
    def taken(self) -> dict[str, int]:
        """Return how many of each SKU are not wanted any more."""
        less = {sku: self.before.get(sku, 0) - each for sku, each in self.after.items()}
        return {sku: units for sku, units in less.items() if units > 0}

    @property
    def told(self) -> dict[str, list[int]]:
        """Return what an event says of it: how many there were and are, by SKU."""
        return {sku: [self.before.get(sku, 0), each] for sku, each in sorted(self.after.items())}


def read_changes(
    session: Session, order: Order, locked: Locked, wanted: Mapping[str, int], *, store_id: UUID
) -> LineChanges:
    """Return how the lines of a parcel are to change, with the price of what is added.

    Raises UnknownSku or LinePriceChanged.
    """
    owed = locked.owed
    after = {sku: units for sku, units in wanted.items() if owed.get(sku, 0) != units}
    plain = LineChanges({sku: owed.get(sku, 0) for sku in after}, after, Quote(()))
    if not plain.added:
        return plain
    quote = queries.read_quote(
        session,
        plain.added,
        brand_id=order.brand_id,
        language=order.language,
        store=stores.queries.get_store_by_id(session, store_id),
    )
    _refuse_another_price(session, order, quote)
    return LineChanges(plain.before, after, quote, _new_uses(session, order.id, quote))


def change_lines(session: Session, locked: Locked, changes: LineChanges) -> frozenset[UUID]:
    """Have the lines of a parcel, and of its order, be as they are wanted.

    Returns the promotions the order has no more. Those that only so many orders may have are not
    counted here: their rows are hot.
    """
    ended = {_take_away(session, locked, sku, units) for sku, units in changes.taken.items()}
    for line in changes.quote.lines:
        _add(session, locked, line)
    session.flush()
    return frozenset(each for each in ended if each)


def _new_uses(session: Session, order_id: UUID, quote: Quote) -> frozenset[UUID]:
    """Return the limited promotions of a quote that the order does not have yet."""
    if not quote.limited:
        return frozenset()
    had = session.execute(
        text("SELECT promotion_id FROM promotion_use WHERE order_id = :id"), {"id": order_id}
    )
    return quote.limited - frozenset(had.scalars())


def _refuse_another_price(session: Session, order: Order, quote: Quote) -> None:
    known = session.execute(
        select(OrderLine, Promotion.kind)
        .outerjoin(Promotion, Promotion.id == OrderLine.promotion_id)
        .where(
            OrderLine.order_id == order.id, OrderLine.sku.in_([each.sku for each in quote.lines])
        )
        .execution_options(populate_existing=True)
    )
    on_order = {row.OrderLine.sku: (row.OrderLine, row.kind) for row in known}
    moved = {}
    for today in quote.lines:
        if today.sku not in on_order:
            continue
        line, kind = on_order[today.sku]
        agreed = _agreed(line, today.quantity, alone=kind is not PromotionKind.N_FOR_M)
        if not _is_same(line, today, agreed, several=kind is PromotionKind.N_FOR_M):
            moved[today.sku] = {
                "quantity": today.quantity,
                "agreed_minor": agreed.amount_minor,
                "today_minor": today.priced.amount_minor,
            }
    if moved:
        raise LinePriceChanged(lines=moved)


def _agreed(line: OrderLine, units: int, *, alone: bool) -> PricedLine:
    """Return what so many units cost at a line's own price."""
    off = share(line.discount_minor, quantity=units, of=line.quantity) if alone else 0
    return PricedLine(units, line.unit_price_minor, line.price_per, line.vat_bp, off)


def _is_same(line: OrderLine, today: QuotedLine, agreed: PricedLine, *, several: bool) -> bool:
    if (today.unit_price_minor, today.price_per, today.vat_bp) != (
        line.unit_price_minor,
        line.price_per,
        line.vat_bp,
    ):
        return False
    if several:
        return today.promotion_id in {None, line.promotion_id}
    one = today.promotion_id == line.promotion_id
    return one and today.priced.amount_minor == agreed.amount_minor


def _take_away(session: Session, locked: Locked, sku: str, units: int) -> UUID | None:
    """Owe so many fewer; return the promotion the order has no more, if it has one no more.

    An article that no other parcel of the order ever had leaves it when nothing of it is left.
    """
    part = locked.lines[sku]
    whole = session.get_one(OrderLine, (locked.parcel.order_id, sku), populate_existing=True)
    off = part.discount_minor - part.discount_for(part.quantity - units)
    if part.quantity > units:
        part.quantity -= units
        part.discount_minor -= off
        whole.quantity -= units
        whole.discount_minor -= off
    elif _is_elsewhere(session, part, whole):
        part.cancelled += units  # what is shown of other parcels stands on the order's line
        return None
    else:
        session.delete(locked.lines.pop(sku))
        session.delete(whole)
    return _use_less(session, whole, off)


def _is_elsewhere(session: Session, part: FulfillmentLine, whole: OrderLine) -> bool:
    others = (
        select(func.count())
        .select_from(FulfillmentLine)
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .where(
            Fulfillment.order_id == whole.order_id,
            FulfillmentLine.sku == whole.sku,
            FulfillmentLine.fulfillment_id != part.fulfillment_id,
        )
    )
    return session.execute(others).scalar_one() > 0


def _use_less(session: Session, whole: OrderLine, off: int) -> UUID | None:
    """Have an order's promotion take off so much less; return it if it takes off nothing now."""
    promotion_id = whole.promotion_id
    if not off or promotion_id is None:
        return None
    values = {"promotion_id": promotion_id, "order_id": whole.order_id, "minor": off}
    if session.execute(_LESS_USE, values).first() is not None:
        return None
    session.execute(_END_USE, values)
    whole.promotion_id = None
    return promotion_id


def _add(session: Session, locked: Locked, line: QuotedLine) -> None:
    order_id, part = locked.parcel.order_id, locked.lines.get(line.sku)
    whole = session.get(OrderLine, (order_id, line.sku), populate_existing=True)
    if whole is None:
        session.add(_new_line(session, order_id, line))
    else:
        whole.quantity += line.quantity
        whole.discount_minor += line.discount_minor
        whole.promotion_id = whole.promotion_id or line.promotion_id
    session.flush()
    if part is None:
        part = FulfillmentLine(
            fulfillment_id=locked.parcel.id,
            sku=line.sku,
            quantity=line.quantity,
            discount_minor=line.discount_minor,
        )
        session.add(part)
        session.flush()
        session.refresh(part)
        locked.lines[line.sku] = part
    else:
        part.quantity += line.quantity
        part.discount_minor += line.discount_minor
    if line.discount_minor:
        values = {"promotion_id": line.promotion_id, "order_id": order_id}
        session.execute(_COUNT_USE, {**values, "minor": line.discount_minor})


def _new_line(session: Session, order_id: UUID, line: QuotedLine) -> OrderLine:
    last = select(func.max(OrderLine.position)).where(OrderLine.order_id == order_id)
    return OrderLine(
        order_id=order_id,
        sku=line.sku,
        position=(session.execute(last).scalar_one() or 0) + 1,
        name=line.label,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        price_per=line.price_per,
        vat_bp=line.vat_bp,
        discount_minor=line.discount_minor,
        eco_minor=line.eco_minor,
        promotion_id=line.promotion_id,
    )
