"""What an amendment does to the lines of an order: units added, taken away, moved, articles new.

A line keeps one price: what is added of an article that is on the order is refused where one alone
costs something else today. What promotions take off is reckoned anew over the goods as they are to
be; what only goes from one parcel to another takes its share along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import stores.queries
from kernel.money import share, share_of_first
from orders.commands import PromotionKind, Status, add_up
from orders.errors import LinePriceChanged
from orders.models import Fulfillment, FulfillmentLine, Order, OrderLine, Promotion
from orders.pricing import PricedLine, Quote, QuotedLine
from orders.services.locked import Locked
from orders.services.parcels import load_lines
from orders.services.repricing import GONE, PartAt, Repricing, read_repricing, reprice
from orders.services.writing_lines import PartRow, WholeRow, write_lines


@dataclass(frozen=True, slots=True)
class ParcelLines:
    """How many of each SKU a parcel owed and is to owe, where that differs; and all it is to."""

    locked: Locked
    before: Mapping[str, int]
    after: Mapping[str, int]
    wanted: Mapping[str, int]

    @property
    def added(self) -> dict[str, int]:
        """Return how many more of each SKU are wanted."""
        more = {sku: each - self.before[sku] for sku, each in self.after.items()}
        return {sku: units for sku, units in more.items() if units > 0}

    @property
    def taken(self) -> dict[str, int]:
        """Return how many of each SKU are not wanted any more."""
        less = {sku: self.before[sku] - each for sku, each in self.after.items()}
        return {sku: units for sku, units in less.items() if units > 0}

    @property
    def told(self) -> dict[str, list[int]]:
        """Return what an event says of it: how many there were and are, by SKU."""
        return {sku: [self.before[sku], each] for sku, each in sorted(self.after.items())}


@dataclass(frozen=True, slots=True)
class LineChanges:
    """What changes of the lines of an order's parcels, and what comes to the order costs."""

    parcels: Sequence[ParcelLines]
    pricing: Repricing = field(default_factory=lambda: Repricing(Quote(()), Quote(())))
    others: Sequence[Locked] = ()
    """Parcels of the order that are not changed."""

    @property
    def moved(self) -> dict[str, int]:
        """Return how many of each SKU go from one parcel of the order to another."""
        more = add_up(each.added for each in self.parcels)
        less = add_up(each.taken for each in self.parcels)
        both = {sku: min(units, less.get(sku, 0)) for sku, units in more.items()}
        return {sku: units for sku, units in both.items() if units}


@dataclass(frozen=True, slots=True)
class Uses:
    """Promotions an order has no more, and those it has now that only so many may have."""

    ended: frozenset[UUID] = frozenset()
    begun: frozenset[UUID] = frozenset()


def read_changes(
    session: Session,
    order: Order,
    parcels: Sequence[Locked],
    wanted: Sequence[tuple[Locked, Mapping[str, int]]],
    *,
    store_id: UUID | None,
) -> LineChanges:
    """Return how the lines of parcels are to change, with what the order costs from then on.

    Raises UnknownSku or LinePriceChanged.
    """
    changed = {locked.parcel.id for locked, _ in wanted}
    others = [each for each in parcels if each.parcel.id not in changed]
    lines = [_differing(locked, units) for locked, units in wanted]
    plain = LineChanges(lines, others=others)
    more, less = (add_up(getattr(each, way) for each in lines) for way in ("added", "taken"))
    sums = {sku: more.get(sku, 0) - less.get(sku, 0) for sku in {**more, **less}}
    if not any(sums.values()):
        return plain
    store = stores.queries.get_store_by_id(session, store_id) if store_id else None
    pricing = read_repricing(session, order, parcels, changes=sums, store=store)
    if pricing.alone.lines:
        _refuse_another_price(session, order, pricing.alone)
    return replace(plain, pricing=pricing)


def change_lines(session: Session, order: Order, changes: LineChanges) -> Uses:
    """Have the lines of parcels, and of their order, be as they are wanted; in a few statements.

    What a parcel that ends has beside what goes to others stays its own, to be called off with it.
    Promotions that only so many orders may have are not counted here: their rows are hot.
    """
    if not any(each.after for each in changes.parcels):
        return Uses()
    book = _Book.open(session, order, changes)
    for each in changes.parcels:
        for sku, units in each.taken.items():
            book.take(each, sku, units)
    for each in changes.parcels:
        for sku, units in each.added.items():
            book.put(each.locked, sku, units)
    pricing = changes.pricing
    for row in reprice(pricing, book.wholes, book.list_parts(changes)):
        book.parts[row.fulfillment_id, row.sku] = row
    ended = write_lines(
        session, order.id, book.wholes.values(), book.parts.values(), gone=book.gone
    )
    for each in changes.parcels:
        each.locked.lines.clear()
        each.locked.lines.update(load_lines(session, each.locked.parcel.id))
    has = {each.promotion_id for each in book.wholes.values() if each.discount_minor}
    return Uses(ended, pricing.limited & has - pricing.had)


def _differing(locked: Locked, wanted: Mapping[str, int]) -> ParcelLines:
    owed = locked.owed
    after = {sku: units for sku, units in wanted.items() if owed.get(sku, 0) != units}
    left = {sku: units for sku, units in {**owed, **after}.items() if units}
    return ParcelLines(locked, {sku: owed.get(sku, 0) for sku in after}, after, left)


@dataclass(slots=True)
class _Book:
    """Lines of an order and of its parcels while they are rewritten.

    `pool` is what parcels gave and others are still to take, with its share of what is taken off;
    `new` is what comes to the order. `elsewhere` are parcels that have a SKU too, or had.
    """

    wholes: dict[str, WholeRow]
    parts: dict[tuple[UUID, str], PartRow]
    gone: list[tuple[UUID, str]]
    pool: dict[str, tuple[int, int]]
    moving: dict[str, int]
    new: dict[str, QuotedLine]
    elsewhere: Mapping[str, set[UUID]]

    @classmethod
    def open(cls, session: Session, order: Order, changes: LineChanges) -> "_Book":
        """Return the lines that change as they are now."""
        skus = {sku for each in changes.parcels for sku in each.after}
        skus |= set(changes.pricing.promotions or ())
        rows = session.execute(
            select(OrderLine)
            .where(OrderLine.order_id == order.id, OrderLine.sku.in_(skus))
            .execution_options(populate_existing=True)
        ).scalars()
        found: dict[str, set[UUID]] = {}
        owners = session.execute(
            select(FulfillmentLine.sku, FulfillmentLine.fulfillment_id)
            .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
            .where(Fulfillment.order_id == order.id, FulfillmentLine.sku.in_(skus))
        )
        for sku, fulfillment_id in owners:
            found.setdefault(sku, set()).add(fulfillment_id)
        return cls(
            {row.sku: WholeRow.of(row) for row in rows},
            {},
            [],
            {},
            changes.moved,
            {line.sku: line for line in changes.pricing.quote.lines},
            found,
        )

    def list_parts(self, changes: LineChanges) -> list[PartAt]:
        """Return the lines of all parcels as they are to be; of one that ends nothing is left."""
        ends = {each.locked.parcel.id for each in changes.parcels if not each.wanted}
        going = [
            each
            for each in (*(one.locked for one in changes.parcels), *changes.others)
            if each.parcel.id not in ends and each.parcel.status is not Status.REROUTED
        ]
        found = []
        for each in going:
            own = {sku: PartRow.of(line) for sku, line in each.lines.items()}
            own |= {sku: row for (owner, sku), row in self.parts.items() if owner == each.parcel.id}
            found += [
                PartAt(row, stays=_stays(each, row))
                for sku, row in own.items()
                if (each.parcel.id, sku) not in self.gone
            ]
        return found

    def take(self, lines: ParcelLines, sku: str, units: int) -> None:
        """Have a parcel owe so many fewer: first what another takes over, then what nobody does.

        An article that no other parcel of the order ever had leaves it when nothing is left of it;
        what nobody takes over of a parcel that ends is called off with it.
        """
        locked = lines.locked
        part = self._part(locked, sku)
        moves = min(units, self.moving.get(sku, 0))
        self.moving[sku] = self.moving.get(sku, 0) - moves
        minor = part.less(moves)
        has, off = self.pool.get(sku, (0, 0))
        self.pool[sku] = has + moves, off + minor
        if lines.wanted:
            self._give_up(locked, part, units - moves)
        if not part.quantity:
            del self.parts[locked.parcel.id, sku]
            self.gone.append((locked.parcel.id, sku))

    def _give_up(self, locked: Locked, part: PartRow, units: int) -> None:
        whole = self.wholes[part.sku]
        shared = self.elsewhere.get(part.sku, set()) - {locked.parcel.id}
        if units and units == part.quantity and shared:
            part.cancelled += units  # what is shown of other parcels stands on the order's line
            return
        minor = part.less(units)
        whole.quantity -= units
        whole.discount_minor -= minor
        if not whole.discount_minor:
            whole.promotion_id = None

    def put(self, locked: Locked, sku: str, units: int) -> None:
        """Have a parcel owe so many more: what others gave, then what comes to the order."""
        has, off = self.pool.get(sku, (0, 0))
        moved = min(units, has)
        minor = share_of_first(off, units=moved, of=has) if moved else 0
        self.pool[sku] = has - moved, off - minor
        part = self._part(locked, sku)
        part.quantity += units
        part.discount_minor += minor
        if units > moved:
            part.discount_minor += self._bring(sku, units - moved)

    def _bring(self, sku: str, units: int) -> int:
        """Have so many come to the order; return what is taken off them."""
        line = self.new[sku]
        minor = share_of_first(line.discount_minor, units=units, of=line.quantity)
        whole = self.wholes.setdefault(sku, WholeRow.new(line))
        whole.quantity += units
        whole.discount_minor += minor
        if minor:
            whole.promotion_id = whole.promotion_id or line.promotion_id
        self.new[sku] = replace(
            line, quantity=line.quantity - units, discount_minor=line.discount_minor - minor
        )
        return minor

    def _part(self, locked: Locked, sku: str) -> PartRow:
        key = (locked.parcel.id, sku)
        if key not in self.parts:
            line = locked.lines.get(sku)
            self.parts[key] = PartRow.of(line) if line else PartRow(*key)
        return self.parts[key]


def _stays(locked: Locked, row: PartRow) -> bool:
    """Tell whether what is taken off a line of a parcel stays as it is."""
    line = locked.lines.get(row.sku)
    given = line is not None and line.handed_over > 0
    return locked.parcel.status in GONE or given or row.cancelled > 0


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
        return True
    one = today.promotion_id == line.promotion_id
    return one and today.priced.amount_minor == agreed.amount_minor
