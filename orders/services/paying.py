"""What card payments mean for parcels: certain, abandoned, taken at ready, given back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import customers.queries
import payments.queries
import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import CancelReason, Method, Status
from orders.errors import NothingDue, PaymentUnsettled
from orders.events import (
    FulfillmentCancelled,
    OrderAbandoned,
    OrderPlaced,
    PaidWithoutStock,
    ReadyPaid,
)
from orders.models import FINAL, Order
from orders.services.casework import settle_case
from orders.services.differing import PAYABLE, divide_due, end_pay_links
from orders.services.holding import free_in_order, is_pending, lock_goods, secure_stock
from orders.services.parcels import Locked, give_up, lock_order, lock_siblings, settle_money
from orders.services.promising import accept_by, release_at
from orders.services.setting_out import set_out
from orders.services.taking_along import take_along
from orders.services.unpaid import UNPAID_KEY, ask_for_money
from payments.commands import ObligationStatus
from payments.errors import TicketUsed
from payments.queries import ObligationFacts
from payments.services import Ticket
from stores.errors import UnknownLocation

ABANDONED = "abandoned"
UNCAPTURED = "uncaptured"
PAID_AFTER_ALL: Final = "paid"
_LEAVING: Final = frozenset({Status.HANDED_OVER, Status.PACKED})
"""Where a parcel is whose goods leave, or may, without the money."""
_CALLED_OFF: Final = frozenset({Status.EXPIRED, Status.CANCELLED, Status.REROUTED})
_PREPARED: Final = frozenset({Status.READY, Status.PACKED, Status.HANDED_OVER})
PAID: Final = frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED})


@dataclass(frozen=True, slots=True)
class TillTicket:
    """A till's ticket without goods: at which store, its number, and what it took.

    `took_minor` is None where it took what was due; `typed` where somebody says so, not the till.
    """

    location_id: UUID
    number: str
    took_minor: int | None = None
    typed: bool = True


def confirm_payment(session: Session, order_id: UUID, *, obligation_id: UUID) -> None:
    """The card holds the money: a pending order counts from now on; safe to repeat.

    What was abandoned or cancelled meanwhile is let go again. An order whose hold had ended and
    was taken by others reserves again; where nothing is left it ends and its money is let go. Of
    what is prepared already, because another card could not be charged or it was to be paid on
    collection, the money is taken at once; it is let go where a till was quicker.
    """
    parcels = lock_order(session, order_id)
    if all(locked.parcel.status in _CALLED_OFF for locked in parcels):
        payments.services.cancel_obligation(session, obligation_id)
        return
    _confirm_all(session, parcels)
    known = payments.queries.list_obligations(session, order_id)
    if not any(each.status in PAYABLE for each in known):
        end_pay_links(session, order_id)
    if find_authorised(session, order_id) is None:
        return
    if payments.queries.paid_minor(session, order_id) >= queries.owed_minor(session, order_id):
        payments.services.cancel_obligation(session, obligation_id)
    elif any(locked.parcel.status in _PREPARED for locked in parcels):
        request_capture(session, order_id)


def take_till_payment(session: Session, order_id: UUID, *, ticket: TillTicket, actor: Actor) -> int:
    """A till took money for an order that waits for it; return what is still due, minor units.

    Any store's till of the brand may: the goods need not be its own. Once nothing is due all its
    parcels are prepared, and what is taken along is theirs. Nobody can pay by card any more what a
    till took.

    Raises UnknownOrder, UnknownLocation for the till of a store that is not the actor's,
    NothingDue, PaymentUnsettled once a card holds the money or, where a person says so, while
    somebody may be paying by card, or TicketUsed, also when what was typed paid an order of
    somebody else.
    """
    if not actor.sees_location(ticket.location_id):
        raise UnknownLocation
    parcels = lock_order(session, order_id)
    order = queries.get_order(session, order_id, actor=replace(SYSTEM, brand_id=actor.brand_id))
    if not order.awaits_till:
        raise NothingDue(state=order.status.value)
    if ticket.typed:
        _refuse_foreign(session, ticket, order_id)
    _end_cards(session, order_id, taken=not ticket.typed)
    end_pay_links(session, order_id)
    due_minor = order.owed.total_minor - payments.queries.paid_minor(session, order_id)
    took_minor = due_minor if ticket.took_minor is None else ticket.took_minor
    payment = Ticket(ticket.location_id, ticket.number, took_minor, order.currency)
    payments.services.record_till_payment(session, reference_id=order_id, ticket=payment)
    if took_minor >= due_minor:
        _confirm_all(session, parcels, actor=actor)
    return max(due_minor - took_minor, 0)


def abandon_pending(session: Session, fulfillment_id: UUID) -> bool:
    """End an order nobody paid in time and free the stock of all its parcels.

    False when it no longer is pending, or its time is not over: it may still be paid.
    """
    parcels = lock_siblings(session, fulfillment_id)
    locked = next((each for each in parcels if each.parcel.id == fulfillment_id), None)
    if locked is None or not _is_overdue(session, locked):
        return False
    owed = payments.queries.list_obligations(session, locked.parcel.order_id)
    unpaid = [payments.services.cancel_unpaid(session, each.id) for each in owed]  # every one
    if not all(unpaid):
        return False  # paid, or being paid: PaymentAuthorised or CheckoutExpired follows
    _abandon_all(session, parcels, actor=SYSTEM)
    return True


def withdraw_pending(session: Session, fulfillment_id: UUID, *, actor: Actor) -> UUID | None:
    """End a pending order because its shopper orders anew; return its id when it was paid instead.

    Its payment page is ended; should somebody still pay there, the money is let go.
    """
    parcels = lock_siblings(session, fulfillment_id)
    locked = next((each for each in parcels if each.parcel.id == fulfillment_id), None)
    if locked is None or locked.parcel.status in FINAL:
        return None
    owed = payments.queries.list_obligations(session, locked.parcel.order_id)
    if locked.parcel.status is not Status.PENDING or any(each.status in PAID for each in owed):
        return locked.parcel.order_id
    _abandon_all(session, parcels, actor=actor)
    return None


def find_authorised(session: Session, order_id: UUID) -> ObligationFacts | None:
    """Return what a card holds for an order and was not taken yet."""
    for owed in payments.queries.list_obligations(session, order_id):
        if owed.status is ObligationStatus.AUTHORISED:
            return owed
    return None


def request_capture(session: Session, order_id: UUID) -> bool:
    """Have the card's money taken, as much as is owed now; tell whether there is such money."""
    if find_authorised(session, order_id) is None:
        return False
    elsewhere_minor = payments.queries.outside_minor(session, order_id)
    due_minor = queries.owed_minor(session, order_id) - elsewhere_minor
    shares = divide_due(session, order_id, due_minor=due_minor)
    for obligation_id, share_minor in shares.items():
        if share_minor:
            payments.services.request_capture(session, obligation_id, amount_minor=share_minor)
        else:
            payments.services.cancel_obligation(session, obligation_id)
    return any(shares.values())


def tell_ready_paid(session: Session, order_id: UUID, *, captured: bool) -> None:
    """The money of ready parcels was taken or could not be: the customer may be told now.

    What was refused meanwhile goes back; what was given or packed and is not paid asks a person.
    While another card of the order is being taken nobody is told yet; a difference that is paid
    after they were told is not told again.
    """
    parcels = lock_order(session, order_id)
    if captured and find_authorised(session, order_id) is not None:
        return
    for locked in parcels:
        if captured and _was_told(session, locked):
            continue
        if locked.parcel.status is Status.READY:
            events.record(session, ReadyPaid(**locked.ids, captured=captured), actor=SYSTEM)
        elif locked.parcel.status in _LEAVING and not captured:
            facts = queries.get_fulfillment(session, locked.parcel.id, actor=SYSTEM)
            brought = locked.parcel.status is Status.PACKED
            due_minor = queries.owed_minor(session, order_id) if brought else facts.owed.total_minor
            ask_for_money(session, facts, due_minor=due_minor, reason=UNCAPTURED)
    if captured:
        settle_case(session, f"{UNPAID_KEY}{order_id}", resolution=PAID_AFTER_ALL)
        settle_money(session, order_id)


def _end_cards(session: Session, order_id: UUID, *, taken: bool) -> None:
    """Have nothing owed by card; what somebody pays on an open page goes back where it is `taken`.

    Raises PaymentUnsettled once a card holds the money, or while somebody may be paying.
    """
    for each in payments.queries.list_obligations(session, order_id):
        if taken and each.status in PAYABLE:
            payments.services.cancel_obligation(session, each.id)
        elif not payments.services.cancel_unpaid(session, each.id):
            raise PaymentUnsettled


def _refuse_foreign(session: Session, ticket: TillTicket, order_id: UUID) -> None:
    """One ticket may pay several orders of one customer, not of several."""
    paid = payments.queries.list_paid_with(session, ticket.location_id, ticket.number)
    rows = select(Order.contact_id).where(Order.id.in_({*paid, order_id}))
    contacts = set(session.execute(rows).scalars())
    named = {each for each in contacts if each is not None}
    owners = customers.queries.list_contact_owners(session, named)
    if len(set(owners.values())) + (named != contacts) > 1:
        raise TicketUsed(ticket_number=ticket.number)


def _was_told(session: Session, locked: Locked) -> bool:
    """Tell whether the customer of a parcel was told already that it is ready and paid."""
    return any(
        each.name == ReadyPaid.name and each.facts["captured"]
        for each in events.list_history(session, [locked.parcel.id])
    )


def _confirm_all(session: Session, parcels: Sequence[Locked], *, actor: Actor = SYSTEM) -> None:
    """What was pending is prepared; the first parcel that is tells the customer of them all.

    What is taken along leaves with them.
    """
    told = False
    pending = [each for each in parcels if is_pending(each)]
    lock_goods(session, pending)
    for locked in pending:
        counts = _confirm(session, locked, tells=not told)
        told = told or counts
        if counts and locked.parcel.method is Method.CARRY_OUT:
            quantities = {sku: line.quantity for sku, line in locked.lines.items()}
            take_along(session, locked.ids, quantities=quantities, actor=actor)


def _confirm(session: Session, locked: Locked, *, tells: bool) -> bool:
    missing = secure_stock(session, locked)
    if missing:
        _end_without_stock(session, locked, missing)
        return False
    locked.parcel.move_to(Status.NEW)
    locked.parcel.pending_until = None
    if locked.parcel.method is not Method.CARRY_OUT:
        store = stores.queries.get_store_by_id(session, locked.parcel.location_id)
        released = release_at(
            store,
            method=locked.parcel.method,
            channel=session.get_one(Order, locked.parcel.order_id).channel,
            slot_starts_at=locked.parcel.slot_starts_at,
        )
        locked.parcel.release_at = released
        locked.parcel.accept_by = accept_by(store, after=released)
    session.flush()
    order = queries.get_order(session, locked.parcel.order_id, actor=SYSTEM)
    facts = next(each for each in order.fulfillments if each.id == locked.parcel.id)
    placed = OrderPlaced(
        order_id=order.id,
        fulfillment_id=facts.id,
        location_id=facts.location_id,
        channel=facts.channel.value,
        quantities={line.sku: line.quantity for line in facts.lines},
        total_minor=order.share_minor(facts.id),
        currency=facts.currency,
        promised_at=facts.promised_at,
        tells=tells,
    )
    events.record(session, placed, actor=SYSTEM)
    set_out(session, locked)
    return True


def _is_overdue(session: Session, locked: Locked) -> bool:
    until = locked.parcel.pending_until
    return locked.parcel.status is Status.PENDING and until is not None and until <= db_now(session)


def _abandon_all(session: Session, parcels: Sequence[Locked], *, actor: Actor) -> None:
    pending = [each for each in parcels if is_pending(each)]
    end_pay_links(session, parcels[0].parcel.order_id)
    free_in_order(session, pending)
    for locked in pending:
        _abandon(session, locked, actor=actor)


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
    events.record(
        session,
        FulfillmentCancelled(**locked.ids, reason=why, tells=True),
        actor=SYSTEM,
        reason=why,
    )
