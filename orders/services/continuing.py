"""A parcel that takes over what another one owed: at another store, at the door, or later."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from orders import delivery
from orders.commands import Method, Status
from orders.events import FulfillmentRerouted
from orders.models import Fulfillment, FulfillmentLine
from orders.services.parcels import Locked, settle_money
from orders.services.promising import Promise, accept_by, require_way, take_promises
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Onward:
    """Where and how what a parcel owed goes on; `store` is judged for that way."""

    store: StoreFacts
    method: Method
    address_id: UUID | None = None
    slot_id: UUID | None = None
    delivery_method_id: UUID | None = None


def open_anew(session: Session, old: Locked, onward: Onward, *, actor: Actor) -> UUID:
    """Have a new parcel owe what a rejected one owed, its goods reserved; return its id.

    The money stays where it is: it is the order's.

    Raises what `require_way` and `take_promises` raise, or OutOfStock.
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
    _leave(session, old, fresh)
    inventory.services.reserve(
        session, fulfillment_id=fresh.id, location_id=fresh.location_id, quantities=owed
    )
    fact = FulfillmentRerouted(
        **old.ids,
        to_fulfillment_id=fresh.id,
        to_location_id=fresh.location_id,
        method=onward.method.value,
        promised_at=promise.at,
    )
    events.record(session, fact, actor=actor)
    if old.parcel.delivery_method_id != onward.delivery_method_id:
        settle_money(session, old.parcel.order_id)  # what is no longer brought costs nothing
    return fresh.id


def _fulfillment(session: Session, old: Locked, onward: Onward, promise: Promise) -> Fulfillment:
    window = delivery.find_window(
        session,
        promise.at,
        time_zone=onward.store.time_zone,
        method_id=onward.delivery_method_id,
        address_id=onward.address_id,
    )
    return Fulfillment(
        id=promise.fulfillment_id,
        order_id=old.parcel.order_id,
        location_id=onward.store.id,
        method=onward.method,
        status=Status.NEW,
        promised_at=promise.at,
        promise_inputs={**promise.inputs, **(window.inputs if window else {})},
        address_id=onward.address_id,
        delivery_method_id=onward.delivery_method_id,
        arrives_from=window.first if window else None,
        arrives_by=window.last if window else None,
        accept_by=accept_by(onward.store),
    )


def _leave(session: Session, old: Locked, fresh: Fulfillment) -> None:
    """The old parcel owes nothing any more and says who does."""
    for line in old.lines.values():
        line.cancelled += line.open
    old.parcel.move_to(Status.REROUTED)
    old.parcel.rerouted_to = fresh.id
    old.parcel.ended_at = db_now(session)
    session.flush()
