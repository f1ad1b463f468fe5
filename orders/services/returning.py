"""Goods that come back to a till."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import inventory.services
import stores.queries
from inventory.commands import Returned
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.ids import new_id
from orders import queries
from orders.commands import Channel, TakeBack
from orders.errors import MoreThanHandedOver
from orders.events import GoodsTakenBack
from orders.models import GoodsReturn, GoodsReturnLine
from orders.services.parcels import lock_order


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Goods that came back; `order_id` is the order they were bought with, where it was named."""

    id: UUID
    order_id: UUID | None
    amount_minor: int


def take_back_goods(session: Session, command: TakeBack, *, actor: Actor) -> TakenBack:
    """Record that goods came back: they are in stock, or doubted, or thrown away.

    The till gave the money back, also for what was paid by card: nothing is refunded here. Of an
    order never more comes back than was handed over. The caller makes sure that it is told once.

    Raises UnknownOrder, MoreThanHandedOver, UnknownSku or UnknownLocation.
    """
    store = stores.queries.get_store_by_id(session, command.location_id)
    order_id = _claim(session, command) if command.order_number else None
    row = GoodsReturn(
        id=new_id(),
        order_id=order_id,
        location_id=store.id,
        channel=Channel.POS,
        currency=store.currency,
        ticket_number=command.ticket_number,
        staff_name=actor.name,
    )
    session.add(row)
    session.flush()
    returned = [Returned(each.sku, each.quantity, each.disposition) for each in command.lines]
    inventory.services.take_back(
        session, return_id=row.id, location_id=store.id, items=returned, actor=actor
    )
    for line in command.lines:
        session.add(
            GoodsReturnLine(
                return_id=row.id,
                sku=line.sku,
                quantity=line.quantity,
                amount_minor=line.amount_minor,
                disposition=line.disposition,
                reason=line.reason,
            )
        )
    session.flush()
    fact = GoodsTakenBack(
        return_id=row.id,
        order_id=order_id,
        location_id=store.id,
        quantities={line.sku: line.quantity for line in command.lines},
        amount_minor=sum(line.amount_minor for line in command.lines),
        currency=store.currency,
    )
    events.record(session, fact, actor=actor)
    return TakenBack(row.id, order_id, fact.amount_minor)


def _claim(session: Session, command: TakeBack) -> UUID:
    """Return the order that is named, locked, once it is sure that its customer took that much."""
    order = queries.get_order_by_number(session, command.order_number or "", actor=SYSTEM)
    taken: dict[str, int] = {}
    for parcel in lock_order(session, order.id):
        for sku, line in parcel.lines.items():
            taken[sku] = taken.get(sku, 0) + line.handed_over
    back = _returned(session, order.id)
    left = {sku: quantity - back.get(sku, 0) for sku, quantity in taken.items()}
    if any(line.quantity > left.get(line.sku, 0) for line in command.lines):
        raise MoreThanHandedOver(open={sku: each for sku, each in left.items() if each > 0})
    return order.id


def _returned(session: Session, order_id: UUID) -> Mapping[str, int]:
    rows = session.execute(
        select(GoodsReturnLine.sku, func.sum(GoodsReturnLine.quantity))
        .join(GoodsReturn, GoodsReturn.id == GoodsReturnLine.return_id)
        .where(GoodsReturn.order_id == order_id)
        .group_by(GoodsReturnLine.sku)
    )
    return {sku: int(quantity) for sku, quantity in rows}
