"""A parcel that takes over what another one owed: at another store, at the door, or later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from orders import delivery
from orders.commands import Formation, Method, Status
from orders.events import FulfillmentRerouted
from orders.models import Fulfillment, FulfillmentLine, Order
from orders.services.parcels import Locked, settle_money
from orders.services.promising import Promise, accept_by, require_way, take_promises
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Onward:
    """Where and how what a parcel owed goes on; `store` is judged for that way.

    `pending_until` is until when it waits to be paid, where it did not before.
    """

    store: StoreFacts
    method: Method
    address_id: UUID | None = None
    slot_id: UUID | None = None
    delivery_method_id: UUID | None = None
    tells: bool = True
    pending_until: datetime | None = None


def open_anew(session: Session, old: Locked, onward: Onward, *, actor: Actor) -> UUID:
    """Have a new parcel owe what a rejected one owed, its goods reserved; return its id.

    The money stays where it is: it is the order's.

    Raises what `require_way` and `take_promises` raise, or OutOfStock.
    """
    owed = old.owed
    fresh = begin_anew(session, old, onward, actor=actor)
    inventory.services.reserve(
        session, fulfillment_id=fresh.id, location_id=fresh.location_id, quantities=owed
    )
    if old.parcel.delivery_method_id != onward.delivery_method_id:
        settle_money(session, old.parcel.order_id)  # what is no longer brought costs nothing
    return fresh.id


def begin_anew(session: Session, old: Locked, onward: Onward, *, actor: Actor) -> Fulfillment:
    """Have a new parcel owe what another one owed; its goods are still to be reserved.

    One that waits to be paid goes on waiting, as long as before.

    Raises what `require_way` and `take_promise` raise.
    """
    require_way(onward.store, onward.method)
    [promise] = take_promises(session, [onward])
    owed = old.owed
    fresh = _fulfillment(session, old, onward, promise)
    session.add(fresh)
    session.flush()
    session.add_all(
        FulfillmentLine(
            fulfillment_id=fresh.id,
            sku=sku,
            quantity=quantity,
            discount_minor=old.lines[sku].discount_open,
        )
        for sku, quantity in owed.items()
    )
    leave_to(session, old, fresh, tells=onward.tells, actor=actor)
    return fresh


def leave_to(
    session: Session, old: Locked, fresh: Fulfillment, *, tells: bool, actor: Actor
) -> None:
    """Have a parcel owe nothing any more, and say which one does."""
    _leave(session, old, fresh)
    fact = FulfillmentRerouted(
        **old.ids,
        to_fulfillment_id=fresh.id,
        to_location_id=fresh.location_id,
        method=fresh.method.value,
        promised_at=fresh.promised_at,
        tells=tells,
    )
    events.record(session, fact, actor=actor)


def _fulfillment(session: Session, old: Locked, onward: Onward, promise: Promise) -> Fulfillment:
    window = delivery.find_window(
        session,
        promise.at,
        time_zone=onward.store.time_zone,
        method_id=onward.delivery_method_id,
        address_id=onward.address_id,
    )
    pending_until, slot = onward.pending_until or old.parcel.pending_until, promise.slot
    return Fulfillment(
        id=promise.fulfillment_id,
        order_id=old.parcel.order_id,
        location_id=onward.store.id,
        method=onward.method,
        status=Status.PENDING if pending_until else Status.NEW,
        pending_until=pending_until,
        slot_id=UUID(slot.id) if slot else None,
        slot_starts_at=slot.starts_at if slot else None,
        slot_ends_at=slot.ends_at if slot else None,
        promised_at=promise.at,
        promise_inputs={**promise.inputs, **(window.inputs if window else {})},
        address_id=onward.address_id,
        delivery_method_id=onward.delivery_method_id,
        arrives_from=window.first if window else None,
        arrives_by=window.last if window else None,
        release_at=None if pending_until else old.parcel.release_at,
        accept_by=None if pending_until else _accept_by(session, old, onward.store),
    )


def _accept_by(session: Session, old: Locked, store: StoreFacts) -> datetime | None:
    """Return until when a store takes on what goes on there: a reservation it confirms."""
    reserved = session.get_one(Order, old.parcel.order_id).formation is Formation.RESERVATION
    released = old.parcel.release_at
    return accept_by(
        store,
        after=released if released and released > store.asked_at else None,
        within_min=store.rules.reservation_confirm_min if reserved else None,
    )


def _leave(session: Session, old: Locked, fresh: Fulfillment) -> None:
    """The old parcel owes nothing any more and says who does."""
    for line in old.lines.values():
        line.cancelled += line.open
    old.parcel.move_to(Status.REROUTED)
    old.parcel.rerouted_to = fresh.id
    old.parcel.pending_until = None
    old.parcel.ended_at = db_now(session)
    session.flush()
