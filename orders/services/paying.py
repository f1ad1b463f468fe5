"""What card payments mean for parcels: certain, abandoned, taken at ready, given back."""

from uuid import UUID

from sqlalchemy.orm import Session

import payments.queries
import payments.services
from kernel import events
from kernel.actors import SYSTEM
from kernel.clock import db_now
from orders import queries
from orders.commands import Status
from orders.errors import UnknownFulfillment
from orders.events import OrderAbandoned, OrderPlaced, ReadyPaid
from orders.services.parcels import Locked, give_up, lock_parcel
from payments.commands import ObligationStatus
from payments.queries import ObligationFacts

ABANDONED = "abandoned"


def confirm_payment(session: Session, fulfillment_id: UUID, *, obligation_id: UUID) -> None:
    """The card holds the money: a pending order counts from now on; safe to repeat.

    What was abandoned or cancelled meanwhile is let go again.
    """
    locked = _find(session, fulfillment_id)
    if locked is None or locked.parcel.status in {Status.EXPIRED, Status.CANCELLED}:
        payments.services.cancel_obligation(session, obligation_id)
        return
    if locked.parcel.status is not Status.PENDING:
        return
    locked.parcel.move_to(Status.NEW)
    locked.parcel.pending_until = None
    session.flush()
    facts = queries.get_fulfillment(session, fulfillment_id, actor=SYSTEM)
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


def abandon_pending(session: Session, fulfillment_id: UUID) -> bool:
    """End an order nobody paid and free its stock; False when it no longer is pending."""
    locked = _find(session, fulfillment_id)
    if locked is None or locked.parcel.status is not Status.PENDING:
        return False
    owed = payments.queries.list_obligations(session, fulfillment_id)
    unpaid = [payments.services.cancel_unpaid(session, each.id) for each in owed]  # every one
    if not all(unpaid):
        return False  # paid, or being paid: PaymentAuthorised or CheckoutExpired follows
    locked.parcel.move_to(Status.EXPIRED)
    locked.parcel.ended_at = db_now(session)
    give_up(session, locked, why=ABANDONED)
    fact = OrderAbandoned(order_id=locked.parcel.order_id, fulfillment_id=fulfillment_id)
    events.record(session, fact, actor=SYSTEM)
    return True


def find_authorised(session: Session, fulfillment_id: UUID) -> ObligationFacts | None:
    """Return what a card holds for a parcel and was not taken yet."""
    for owed in payments.queries.list_obligations(session, fulfillment_id):
        if owed.status is ObligationStatus.AUTHORISED:
            return owed
    return None


def tell_ready_paid(session: Session, fulfillment_id: UUID, *, captured: bool) -> None:
    """The money of a ready parcel was taken or could not be: the customer may be told now."""
    locked = _find(session, fulfillment_id)
    if locked is None or locked.parcel.status is not Status.READY:
        return
    events.record(session, ReadyPaid(**locked.ids, captured=captured), actor=SYSTEM)


def _find(session: Session, fulfillment_id: UUID) -> Locked | None:
    try:
        return lock_parcel(session, fulfillment_id, actor=SYSTEM)
    except UnknownFulfillment:
        return None
