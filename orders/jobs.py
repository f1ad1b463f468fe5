"""What happens to orders on a clock, or between two transactions of a door."""

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import inventory.services
import payments.jobs
import payments.queries
import payments.services
import stores.queries
from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.db import transaction
from orders import queries, services, sourcing
from orders.errors import PaymentUnsettled
from payments.commands import ObligationStatus

DAYTIME: Final = range(9, 20)
"""Hours, where the store is, in which nobody minds a reminder."""

SUNDAY: Final = 7
HEAD_OFFICE_ZONE: Final = ZoneInfo("Europe/Paris")

GRACE_S: Final = 30
"""Seconds in which the payment page may end before the hold is freed without it."""
FREED_MAX: Final = 500
TOLD_MAX: Final = 200
CHOICES_MAX: Final = 200
CARTS_MAX: Final = 2_000

Done = TypeVar("Done")


def expire_uncollected() -> int:
    """End every ready parcel whose collection period is over; return how many."""
    with transaction() as session:
        due = queries.list_expired(session)
    ended = 0
    for fulfillment_id in due:
        with transaction() as session:
            ended += services.expire_fulfillment(session, fulfillment_id)
    return ended


def remind_waiting() -> int:
    """Have every customer reminded who is due it, by day where the store is; return how many."""
    with transaction() as session:
        due = queries.list_waiting(session)
        zones = {
            each.location_id: ZoneInfo(
                stores.queries.get_store_by_id(session, each.location_id).time_zone
            )
            for each in due
        }
    reminded = 0
    for each in due:
        if each.asked_at.astimezone(zones[each.location_id]).hour in DAYTIME:
            with transaction() as session:
                reminded += services.remind(session, each.fulfillment_id, stage=each.stage)
    return reminded


def end_unpaid() -> int:
    """End pending orders whose time to be paid is over: the payment page first, then the hold.

    A hold does not wait for a provider that does not answer: it is freed a little later anyway.
    """
    with transaction() as session:
        due = queries.list_overdue_pending(session)
    ended = 0
    for fulfillment_id, order_id in due:
        with transaction() as session:
            pages = [
                payments.services.request_expiry(session, owed.id)
                for owed in payments.queries.list_obligations(session, order_id)
            ]
            if not any(pages):
                ended += services.abandon_pending(session, fulfillment_id)
    with transaction() as session:
        inventory.services.free_expired(session, grace_s=GRACE_S, limit=FREED_MAX)
    return ended


def lapse_reservations() -> int:
    """End every reservation its store did not confirm in time; return how many."""
    with transaction() as session:
        due = queries.list_unconfirmed(session)
    ended = 0
    for fulfillment_id in due:
        with transaction() as session:
            ended += services.lapse_reservation(session, fulfillment_id)
    return ended


def lapse_substitutes() -> int:
    """End every offer of a substitute that nobody answered in time; return how many."""
    with transaction() as session:
        due = queries.list_lapsing(session)
    ended = 0
    for substitution_id in due:
        with transaction() as session:
            ended += services.lapse_substitute(session, substitution_id)
    return ended


def note_late() -> int:
    """Have a case for every parcel past a deadline, and none for those that moved on.

    Returns how many were opened or closed.
    """
    with transaction() as session:
        moved_on, late = queries.list_recovered(session), queries.list_late(session, unnoted=True)
    changed = 0
    for fulfillment_id in moved_on:
        with transaction() as session:
            changed += services.settle_late(session, fulfillment_id)
    for parcel in late:
        with transaction() as session:
            changed += services.note_late(session, parcel)
    return changed


def keep_card_money() -> int:
    """Have the money of cards taken, or asked about, before they let it go; return of how many."""
    with transaction() as session:
        ending = payments.queries.list_ending_holds(session, within=services.LEAD)
    kept = 0
    for hold in ending:
        with transaction() as session:
            kept += services.keep_money(session, hold)
    return kept


def escalate_cases() -> int:
    """Have those told who can see to cases that are nearly due or past their time."""
    with transaction() as session:
        due = queries.list_escalating(session)
    told = 0
    for case_id in due:
        with transaction() as session:
            told += services.escalate_case(session, case_id)
    return told


def tell_wishes() -> int:
    """Have everybody told whose wished SKU can be had again; return how many."""
    with transaction() as session:
        services.end_old_wishes(session)
        due = queries.list_fulfillable(session, limit=TOLD_MAX)
    told = 0
    for wish_id, location_id in due:
        with transaction() as session:
            told += services.tell_back(session, wish_id, location_id=location_id)
    return told


def answer_overdue() -> int:
    """Have the fallback hold of every choice nobody made in time; return of how many."""
    with transaction() as session:
        due = queries.list_unanswered(session, limit=CHOICES_MAX)
    answered = 0
    for choice_id in due:
        with transaction() as session:
            answered += services.answer_overdue(session, choice_id)
    return answered


def serve_waiting() -> int:
    """Have every parcel that was waited for go on, or end when its time is over; return how many.

    One that cannot go on does not keep the others from it. What awaits announced goods has those
    that came.
    """
    with transaction() as session:
        due = queries.list_servable(session, limit=CHOICES_MAX)
    served = 0
    for choice_id in due:
        with transaction() as session:
            served += services.serve_waiting(session, choice_id)
    with transaction() as session:
        awaiting = queries.list_awaiting(session)
    for fulfillment_id in awaiting:
        with transaction() as session:
            served += services.serve_awaiting(session, fulfillment_id)
    return served


def prune_decisions() -> None:
    """Forget who was chosen to send what more than 13 months ago."""
    with transaction() as session:
        sourcing.prune_decisions(session)


def forget_taken_tasks() -> None:
    """Forget who took a task of a store's queue more than a day ago."""
    with transaction() as session:
        services.forget_taken_tasks(session)


def forget_old_carts() -> int:
    """Have baskets gone that nobody touched for 90 days; return how many."""
    with transaction() as session:
        return services.forget_old_carts(session, limit=CARTS_MAX)


def remind_to_pay() -> int:
    """Have everybody reminded whose link to pay ends soon, and nobody who has paid; how many."""
    with transaction() as session:
        due = queries.list_due_reminders(session, limit=TOLD_MAX)
    reminded = 0
    for pay_link_id in due:
        with transaction() as session:
            reminded += services.remind_to_pay(session, pay_link_id, actor=SYSTEM)
    return reminded


def without_payment_page(order_id: UUID, act: Callable[[], Done]) -> Done:
    """Do what an open payment page of an order stands in the way of; return what `act` returns.

    `act` is a whole transaction of a door. Where it is refused because somebody may be paying, the
    page is ended at the provider first: who was just in time has paid, and that counts.

    Raises what `act` does: PaymentUnsettled still, where the provider does not answer.
    """
    try:
        return act()
    except PaymentUnsettled:
        if not _end_payment_pages(order_id):
            raise
    return act()


def _end_payment_pages(order_id: UUID) -> bool:
    """End every open payment page of an order; False when there was none."""
    with transaction() as session:
        owed = payments.queries.list_obligations(session, order_id)
    pages = [each.id for each in owed if each.pays_until is not None]
    for obligation_id in pages:
        if payments.jobs.expire_checkout(obligation_id) is ObligationStatus.AUTHORISED:
            with transaction() as session:
                services.confirm_payment(session, order_id, obligation_id=obligation_id)
    return bool(pages)


def note_left_baskets() -> int:
    """Note the baskets that accounts left, and tell of each, by day and on no Sunday; how many."""
    with transaction() as session:
        left = queries.list_left(session, limit=TOLD_MAX)
        moment = db_now(session)
        zones = {
            each: ZoneInfo(stores.queries.get_store_by_id(session, each).time_zone)
            for each in {cart.location_id for cart in left}
            if each is not None
        }
    noted = 0
    for cart in left:
        zone = zones[cart.location_id] if cart.location_id else HEAD_OFFICE_ZONE
        local = moment.astimezone(zone)
        if local.hour in DAYTIME and local.isoweekday() != SUNDAY:
            with transaction() as session:
                noted += services.note_left(session, cart)
    return noted
