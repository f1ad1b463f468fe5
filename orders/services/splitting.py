"""A parcel of which only a part is there: its customer is asked once what they prefer."""

from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
import stores.promises
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.ids import new_id
from orders import queries
from orders.commands import Method, Partly, Status
from orders.errors import NothingToSplit, WrongState
from orders.events import FulfillmentSplit, PartlyAnswered, PartlyThere
from orders.models import FINAL, Fulfillment, FulfillmentLine, Order
from orders.services.lacking import forget
from orders.services.parcels import Locked, find_parcel, hold_order, lock_order, lock_parcel

ASK = "ask"
"""The setting of a store that leaves it to its customers."""


def consider_partly(session: Session, fulfillment_id: UUID, *, at_placing: bool) -> None:
    """Have done what the customer, or else the store's setting, wants while a part is there.

    They are told, and asked, once per order. What was promised at a door in one piece from the
    beginning stays one. Safe to repeat.
    """
    hold_order(session, fulfillment_id)
    locked = find_parcel(session, fulfillment_id)
    if locked is None or _part(session, locked) is None:
        return
    if at_placing and locked.parcel.method is Method.DELIVERY:
        return
    wanted = session.get_one(Order, locked.parcel.order_id).partly or _usual(session, locked)
    if wanted is Partly.SPLIT:
        _split(session, locked, actor=SYSTEM)
    elif wanted is not Partly.WAIT:
        _tell_once(session, locked)


def answer_partly(session: Session, order_id: UUID, answer: Partly, *, actor: Actor) -> None:
    """Remember what a customer wants while a part of their order is there, and have it done.

    Raises UnknownOrder, or WrongState once the order is at its end.
    """
    known = queries.get_order(session, order_id, actor=actor)
    order = session.get_one(Order, order_id, with_for_update=True, populate_existing=True)
    parcels = lock_order(session, order_id)
    if all(locked.parcel.status in FINAL for locked in parcels):
        raise WrongState(state=known.status.value)
    order.partly = answer
    session.flush()
    events.record(session, PartlyAnswered(order_id=order_id, answer=answer.value), actor=actor)
    if answer is Partly.SPLIT:
        for locked in parcels:
            if _part(session, locked) is not None:
                _split(session, locked, actor=actor)


def split_fulfillment(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """What is here goes on at once; what is on its way goes on as a parcel of its own.

    Raises UnknownFulfillment, WrongState, or NothingToSplit.
    """
    hold_order(session, fulfillment_id)
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    if locked.parcel.status is not Status.IN_TRANSFER:
        raise WrongState(state=locked.parcel.status.value)
    _split(session, locked, actor=actor)


def move_line(
    session: Session, locked: Locked, fresh: Fulfillment, *, sku: str, quantity: int
) -> None:
    """Have another parcel owe so many of an article, with their share of what is taken off."""
    line = locked.lines[sku]
    discount = line.discount_for(quantity)
    session.add(
        FulfillmentLine(
            fulfillment_id=fresh.id, sku=sku, quantity=quantity, discount_minor=discount
        )
    )
    if line.quantity == quantity:
        session.delete(locked.lines.pop(sku))
    else:
        line.quantity -= quantity
        line.discount_minor -= discount
    session.flush()


def _part(session: Session, locked: Locked) -> dict[str, int] | None:
    """Return what is on its way, by SKU, where a part is here as well; else None."""
    if locked.parcel.status is not Status.IN_TRANSFER:
        return None
    coming = queries.add(
        queries.still_carried(session, locked.parcel.id),
        queries.awaited(locked.parcel.promise_inputs),
    )
    return coming if coming and queries.divide(locked.owed, coming) else None


def _usual(session: Session, locked: Locked) -> Partly | None:
    said = stores.queries.get_rules(session, locked.parcel.location_id).partly
    return None if said == ASK else Partly(said)


def _tell_once(session: Session, locked: Locked) -> None:
    history = events.list_history(session, [locked.parcel.order_id])
    if any(each.name == PartlyThere.name for each in history):
        return
    events.record(session, PartlyThere(**locked.ids), actor=SYSTEM)


def _split(session: Session, locked: Locked, *, actor: Actor) -> None:
    coming, old = _part(session, locked), locked.parcel
    if coming is None:
        raise NothingToSplit
    fresh = Fulfillment(
        id=new_id(),
        order_id=old.order_id,
        location_id=old.location_id,
        method=old.method,
        status=Status.IN_TRANSFER,
        promised_at=old.promised_at,
        promise_inputs=old.promise_inputs,
        address_id=old.address_id,
        delivery_method_id=old.delivery_method_id,
        arrives_from=old.arrives_from,
        arrives_by=old.arrives_by,
    )
    session.add(fresh)
    session.flush()
    for sku, quantity in coming.items():
        move_line(session, locked, fresh, sku=sku, quantity=quantity)
    carrying = inventory.queries.list_carrying(session, old.id, open_only=True)
    inventory.services.reassign_transfer(
        session, [each.id for each in carrying], fulfillment_id=fresh.id
    )
    old.promise_inputs = forget(old.promise_inputs)
    _go_on(session, old)
    fact = FulfillmentSplit(**locked.ids, to_fulfillment_id=fresh.id, quantities=coming)
    events.record(session, fact, actor=actor)


def _go_on(session: Session, old: Fulfillment) -> None:
    """What is here is prepared now, and promised for when that can be, never later than before."""
    code = stores.queries.get_store_by_id(session, old.location_id).code
    store = stores.queries.get_store(session, code, waiting=queries.waiting_at)
    made = store.schedule and stores.promises.promise(
        store.schedule, store.rules, store.load, store.asked_at
    )
    if made and made.at < old.promised_at:
        old.promised_at, old.promise_inputs = made.at, dict(made.inputs)
    old.move_to(Status.ACCEPTED)
    session.flush()
