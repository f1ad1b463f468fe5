"""Reservations: nothing is paid, the store confirms in time, keeps it for hours, lets the rest go.

And when a store sees what was ordered: not before its customer could think again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import customers.services
import stores.promises
from customers.queries import ContactFacts
from kernel.actors import SYSTEM
from kernel.clock import db_now
from orders import queries
from orders.commands import Formation, Method, PayBy, PlaceOrder, Status
from orders.errors import ReservationNotOffered, TooManyReservations, TooManyReserved
from orders.models import Order
from orders.services.parcels import Locked, cancel_parcel, find_parcel
from orders.services.promising import Promise, accept_by, release_at
from stores.queries import StoreFacts
from stores.settings import TradeRules

UNCONFIRMED: Final = "unconfirmed"
"""Why a reservation ended that its store did not confirm in time."""
NOT_BOUGHT: Final = "not_bought"
"""Why articles of a reservation go back to the shelf when its customer bought others of it."""
OPEN_AT_LEAST_MIN: Final = 60
"""Minutes the store is open, at least, while somebody may come."""


def refuse_reservation(
    session: Session, command: PlaceOrder, *, store: StoreFacts, contact: ContactFacts
) -> None:
    """Return nothing when this store reserves so much for this customer without being paid.

    Raises ReservationNotOffered, TooManyReserved, or TooManyReservations when as many as the store
    allows wait for somebody with this e-mail address or number: of several in the same instant
    each sees those before it.
    """
    rules = store.rules
    collected = [part.method for part in command.parts] == [Method.PICKUP]
    if not (rules.reserves and collected and command.pay_by is PayBy.PICKUP):
        raise ReservationNotOffered(store=store.code)
    refuse_too_many(rules, command.quantities)
    customers.services.hold_customers(session, contact)
    known = customers.queries.select_contact_ids(contact.email, contact.phone)
    if queries.count_reservations(session, known) >= rules.reservations_max:
        raise TooManyReservations(most=rules.reservations_max)


def refuse_too_many(rules: TradeRules, quantities: Mapping[str, int]) -> None:
    """Return nothing when so many of each SKU may be reserved without being paid.

    Raises TooManyReserved.
    """
    most = rules.reservation_units_max
    over = sorted(sku for sku, units in quantities.items() if units > most)
    if over:
        raise TooManyReserved(most=most, skus=over)


def when_seen(
    store: StoreFacts, command: PlaceOrder, method: Method, promise: Promise
) -> dict[str, Any]:
    """Return from when on a store sees what is ordered now, and until when it has to take it on."""
    if command.reservation:
        within = store.rules.reservation_confirm_min
        return {"accept_by": accept_by(store, within_min=within), "release_at": None}
    released = release_at(
        store,
        method=method,
        channel=command.channel,
        slot_starts_at=promise.slot.starts_at if promise.slot else None,
    )
    return {"accept_by": accept_by(store, after=released), "release_at": released}


def lapse_reservation(session: Session, fulfillment_id: UUID) -> bool:
    """End a reservation its store did not confirm in time; False when it did, or still may.

    Its stock is free, and the customer is told.
    """
    locked = find_parcel(session, fulfillment_id)
    if locked is None or locked.parcel.status is not Status.NEW:
        return False
    due = locked.parcel.accept_by
    formation = session.get_one(Order, locked.parcel.order_id).formation
    if due is None or due > db_now(session) or formation is not Formation.RESERVATION:
        return False
    cancel_parcel(session, locked, why=UNCONFIRMED, actor=SYSTEM)
    return True


def kept_until(session: Session, locked: Locked, store: StoreFacts) -> datetime | None:
    """Return until when a reservation that is ready is kept; None for what is no reservation.

    Hours are counted on; where they end while the store is closed, or before it has been open for
    an hour since, it is kept until it has been.
    """
    order = session.get_one(Order, locked.parcel.order_id)
    if order.formation is not Formation.RESERVATION or locked.parcel.ready_at is None:
        return None
    ends = locked.parcel.ready_at + timedelta(hours=store.rules.reservation_hold_hours)
    schedule = store.schedule or stores.promises.Schedule("24/7", store.time_zone, store.country)
    seen = stores.promises.ready_at(
        schedule, start=locked.parcel.ready_at, prepare_min=OPEN_AT_LEAST_MIN
    )
    if seen is not None and seen > ends:
        return seen
    open_then = stores.promises.ready_at(schedule, start=ends, prepare_min=0)
    if open_then is None or open_then <= ends:
        return ends
    return stores.promises.ready_at(schedule, start=ends, prepare_min=OPEN_AT_LEAST_MIN) or ends
