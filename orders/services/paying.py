"""What card payments mean for parcels: certain, abandoned, taken at ready, given back."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import payments.queries
import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import CancelReason, Status
from orders.events import (
    FulfillmentCancelled,
    OrderAbandoned,
    OrderPlaced,
    PaidWithoutStock,
    ReadyPaid,
)
from orders.models import FINAL
from orders.services.holding import secure_stock
from orders.services.parcels import Locked, find_parcel, give_up, lock_order
from orders.services.promising import accept_by
from payments.commands import ObligationStatus
from payments.queries import ObligationFacts

ABANDONED = "abandoned"
_CALLED_OFF: Final = frozenset({Status.EXPIRED, Status.CANCELLED})
PAID: Final = frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED})


def confirm_payment(session: Session, order_id: UUID, *, obligation_id: UUID) -> None:
    """The card holds the money: a pending order counts from now on; safe to repeat.

    What was abandoned or cancelled meanwhile is let go again. An order whose hold had ended and
    was taken by others reserves again; where nothing is left it ends and its money is let go.
    """
    parcels = lock_order(session, order_id)
    if all(locked.parcel.status in _CALLED_OFF for locked in parcels):
        payments.services.cancel_obligation(session, obligation_id)
        return
    for locked in parcels:
        if locked.parcel.status is Status.PENDING:
            _confirm(session, locked)


def abandon_pending(session: Session, fulfillment_id: UUID) -> bool:
    """End an order nobody paid in time and free its stock.

    False when it no longer is pending, or its time is not over: it may still be paid.
    """
    locked = find_parcel(session, fulfillment_id)
    if locked is None or not _is_overdue(session, locked):
        return False
    owed = payments.queries.list_obligations(session, locked.parcel.order_id)
    unpaid = [payments.services.cancel_unpaid(session, each.id) for each in owed]  # every one
    if not all(unpaid):
        return False  # paid, or being paid: PaymentAuthorised or CheckoutExpired follows
    _abandon(session, locked, actor=SYSTEM)
    return True


def withdraw_pending(session: Session, fulfillment_id: UUID, *, actor: Actor) -> UUID | None:
    """End a pending order because its shopper orders anew; return its id when it was paid instead.

    Its payment page is ended; should somebody still pay there, the money is let go.
    """
    locked = find_parcel(session, fulfillment_id)
    if locked is None or locked.parcel.status in FINAL:
        return None
    owed = payments.queries.list_obligations(session, locked.parcel.order_id)
    if locked.parcel.status is not Status.PENDING or any(each.status in PAID for each in owed):
        return locked.parcel.order_id
    _abandon(session, locked, actor=actor)
    return None


def find_authorised(session: Session, order_id: UUID) -> ObligationFacts | None:
    """Return what a card holds for an order and was not taken yet."""
    for owed in payments.queries.list_obligations(session, order_id):
        if owed.status is ObligationStatus.AUTHORISED:
            return owed
    return None


def request_capture(session: Session, order_id: UUID) -> bool:
    """Have the card's money taken, as much as is owed now; tell whether there is such money."""
    held = find_authorised(session, order_id)
    if held is None:
        return False
    owed_minor = queries.owed_minor(session, order_id)
    payments.services.request_capture(session, held.id, amount_minor=owed_minor)
    return True


def tell_ready_paid(session: Session, order_id: UUID, *, captured: bool) -> None:
    """The money of ready parcels was taken or could not be: the customer may be told now."""
    for locked in lock_order(session, order_id):
        if locked.parcel.status is Status.READY:
            events.record(session, ReadyPaid(**locked.ids, captured=captured), actor=SYSTEM)


def _confirm(session: Session, locked: Locked) -> None:
    missing = secure_stock(session, locked)
    if missing:
        _end_without_stock(session, locked, missing)
        return
    locked.parcel.move_to(Status.NEW)
    locked.parcel.pending_until = None
    store = stores.queries.get_store_by_id(session, locked.parcel.location_id)
    locked.parcel.accept_by = accept_by(store)
    session.flush()
    facts = queries.get_fulfillment(session, locked.parcel.id, actor=SYSTEM)
    placed = OrderPlaced(
        order_id=facts.order_id,
        fulfillment_id=facts.id,
        location_id=facts.location_id,
        channel=facts.channel.value,
        quantities={line.sku: line.quantity for line in facts.lines},
        total_minor=facts.owed.total_minor,
        currency=facts.currency,
        promised_at=facts.promised_at,
    )
    events.record(session, placed, actor=SYSTEM)


def _is_overdue(session: Session, locked: Locked) -> bool:
    until = locked.parcel.pending_until
    return locked.parcel.status is Status.PENDING and until is not None and until <= db_now(session)


def _abandon(session: Session, locked: Locked, *, actor: Actor) -> None:
    locked.parcel.move_to(Status.EXPIRED)
    locked.parcel.ended_at = db_now(session)
    give_up(session, locked, why=ABANDONED)
    fact = OrderAbandoned(order_id=locked.parcel.order_id, fulfillment_id=locked.parcel.id)
    events.record(session, fact, actor=actor)


def _end_without_stock(session: Session, locked: Locked, missing: dict[str, int]) -> None:
    why = CancelReason.OUT_OF_STOCK.value
    locked.parcel.move_to(Status.CANCELLED)
    locked.parcel.ended_at = db_now(session)
    give_up(session, locked, why=why)
    found = PaidWithoutStock(**locked.ids, missing=missing)
    events.record(session, found, actor=SYSTEM, reason=why)
    events.record(session, FulfillmentCancelled(**locked.ids, reason=why), actor=SYSTEM, reason=why)
