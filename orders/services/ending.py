"""Ending an order before it is handed over: cancelled, or never collected."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import inventory.services
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from orders import queries
from orders.commands import CancelReason, Status
from orders.errors import OrderCancelled, OrderNotCancellable, UnknownOrder
from orders.events import FulfillmentExpired
from orders.events import OrderCancelled as OrderWasCancelled
from orders.models import FINAL, Fulfillment, Order
from orders.services.choosing import close_choice
from orders.services.holding import free_in_order
from orders.services.parcels import Locked, cancel_parcel, give_up, load_lines, lock_order

EXPIRED = "expired"


def cancel_order(session: Session, order_id: UUID, *, reason: CancelReason, actor: Actor) -> None:
    """Call an order off: nothing is owed any more, its stock is free, its passes are dead.

    Raises UnknownOrder, OrderCancelled when it already was, or OrderNotCancellable.
    """
    queries.get_order(session, order_id, actor=actor)
    if session.get(Order, order_id, with_for_update=True) is None:
        raise UnknownOrder
    parcels = lock_order(session, order_id)
    _refuse_late(parcels)
    going = [locked for locked in parcels if locked.parcel.status not in FINAL]
    free_in_order(session, going)
    for locked in going:
        was = locked.parcel.status
        if was is Status.IN_TRANSFER:
            inventory.services.unbind_transfers(session, locked.parcel.id, actor=actor)
        cancel_parcel(session, locked, why=reason.value, actor=actor, tells=locked is going[0])
        if was is Status.REJECTED:
            close_choice(session, locked, actor=actor)
    cancelled = OrderWasCancelled(order_id=order_id, reason=reason.value)
    events.record(session, cancelled, actor=actor, reason=reason.value)


def expire_fulfillment(session: Session, fulfillment_id: UUID) -> bool:
    """End a ready parcel whose collection period is over; False when it no longer applies."""
    parcel = session.execute(
        select(Fulfillment)
        .where(
            Fulfillment.id == fulfillment_id,
            Fulfillment.status == Status.READY,
            Fulfillment.collect_by < DB_NOW,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if parcel is None or parcel.collect_by is None:
        return False
    locked = Locked(parcel, load_lines(session, parcel.id))
    parcel.move_to(Status.EXPIRED)
    parcel.ended_at = db_now(session)
    give_up(session, locked, why=EXPIRED)
    fact = FulfillmentExpired(**locked.ids, collect_by=parcel.collect_by)
    events.record(session, fact, actor=SYSTEM, reason=EXPIRED)
    return True


def _refuse_late(parcels: list[Locked]) -> None:
    states = {locked.parcel.status for locked in parcels}
    left_store = {Status.HANDED_OVER, Status.SHIPPED, Status.DELIVERED}
    partly = any(line.handed_over for locked in parcels for line in locked.lines.values())
    if states & left_store or partly:
        raise OrderNotCancellable(state=queries.roll_up(states).value)
    if states == {Status.CANCELLED}:
        raise OrderCancelled
    if states <= FINAL:
        raise OrderNotCancellable(state=queries.roll_up(states).value)
