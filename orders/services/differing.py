"""What an order owes more, or less, than cards hold and tills took: asked for, or given back.

The first obligation of an order is what it cost when it was placed. What it costs more since is an
obligation of its own, which only one page at a time is open for; what is taken when the parcels are
ready is divided among them in the order of their numbers.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

import payments.queries
import payments.services
from kernel.clock import DB_NOW
from orders.commands import Method, Status
from orders.errors import PaymentUnsettled, TooLittleForCard
from orders.models import FINAL, PayLink
from orders.queries import OrderFacts
from payments.commands import (
    LEAST_BY_CARD,
    ObligationStatus,
    OpenObligation,
    WishStatus,
    card_takes,
)
from payments.queries import ObligationFacts

PAYABLE = frozenset({ObligationStatus.OPENED, ObligationStatus.FAILED})
GOES_BACK_NOT = frozenset({WishStatus.REFUSED, WishStatus.WITHDRAWN})
HELD = frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED})
LEFT = FINAL | {Status.SHIPPED}

_FOLLOW = text("""
    UPDATE pay_link SET obligation_id = :new_id
    WHERE order_id = :order_id AND obligation_id = ANY(:old_ids) AND ended_at IS NULL
""")


def owe_difference(
    session: Session, before: OrderFacts, after: OrderFacts, *, tried: bool = False
) -> UUID | None:
    """Have cards owe what an order costs beyond what they hold; return what is to be paid, if any.

    An order that is paid when it is collected owes nothing by card, nor one that waits for a till;
    what is brought is paid beforehand, and the whole order with it. One that waits for its payment
    owes all of it anew; a link to pay it leads there from now on.

    What is too little for a card is due at the counter, where somebody comes to one. Where it is
    `tried` an open payment page is no hindrance: it is ended before the change is made.

    Raises PaymentUnsettled while somebody is at paying the amount of before, or TooLittleForCard.
    """
    known = payments.queries.list_obligations(session, after.id)
    if all(each.status is ObligationStatus.CANCELLED for each in known) and (
        before.awaits_till or not after.leaves_paid
    ):
        return None
    missing_minor = after.owed.total_minor - _secured_minor(session, after.id, known)
    unpaid = [each for each in known if each.status in PAYABLE]
    if len(unpaid) == 1 and unpaid[0].amount_minor == missing_minor:
        return unpaid[0].id
    for each in unpaid:
        if tried:
            payments.services.cancel_obligation(session, each.id)
        elif not payments.services.cancel_unpaid(session, each.id):
            raise PaymentUnsettled
    if missing_minor <= 0 or _is_for_counter(after, known, missing_minor):
        end_pay_links(session, after.id)
        return None
    obligation_id = owe_by_card(session, after.id, missing_minor, after.currency)
    values = {"new_id": obligation_id, "order_id": after.id}
    session.execute(_FOLLOW, {**values, "old_ids": [each.id for each in unpaid]})
    return obligation_id


def owe_by_card(session: Session, order_id: UUID, amount_minor: int, currency: str) -> UUID:
    """Have a card owe an amount for an order; return the obligation.

    Raises TooLittleForCard.
    """
    if not card_takes(amount_minor, currency):
        least_minor = LEAST_BY_CARD[currency]
        raise TooLittleForCard(
            amount_minor=amount_minor, least_minor=least_minor, currency=currency
        )
    command = OpenObligation(order_id, amount_minor, currency)
    return payments.services.open_obligation(session, command)


def end_pay_links(session: Session, order_id: UUID) -> None:
    """Have no link of an order open any more."""
    session.execute(
        update(PayLink)
        .where(PayLink.order_id == order_id, PayLink.ended_at.is_(None))
        .values(ended_at=DB_NOW)
        .execution_options(synchronize_session=False)
    )


def is_unpaid(session: Session, order_id: UUID) -> bool:
    """Tell whether no card holds, and nobody paid, anything of an order."""
    known = payments.queries.list_obligations(session, order_id)
    return not _secured_minor(session, order_id, known)


def end_unpaid(session: Session, order_id: UUID) -> None:
    """Nobody can pay by card any more what was paid at a till: an open page is ended."""
    for each in payments.queries.list_obligations(session, order_id):
        if each.status in PAYABLE:
            payments.services.cancel_obligation(session, each.id)
    end_pay_links(session, order_id)


def divide_due(session: Session, order_id: UUID, *, due_minor: int) -> dict[UUID, int]:
    """Return how much of what is due each card that holds money pays, in the order of numbers.

    What was captured counts first.
    """
    known = payments.queries.list_obligations(session, order_id)
    left = due_minor - sum(net for _, net in list_captured(session, known))
    found: dict[UUID, int] = {}
    for each in known:
        if each.status is ObligationStatus.AUTHORISED:
            found[each.id] = max(min(left, each.amount_minor), 0)
            left -= found[each.id]
    return found


def list_captured(
    session: Session, known: Sequence[ObligationFacts]
) -> list[tuple[ObligationFacts, int]]:
    """Return what was captured, with how much of that is not back nor on its way; minor units."""
    found = []
    for each in known:
        if each.status is ObligationStatus.CAPTURED:
            back = sum(
                refund.amount_minor
                for refund in payments.queries.list_refunds(session, each.id)
                if refund.status not in GOES_BACK_NOT
            )
            found.append((each, each.captured_minor - back))
    return found


def _is_for_counter(
    order: OrderFacts, known: Sequence[ObligationFacts], missing_minor: int
) -> bool:
    """Tell whether a difference is too little for a card, and the customer comes to a till.

    What is still to be brought leaves once all of the order is paid: it cannot wait for one.
    """
    going = [each.method for each in order.fulfillments if each.status not in LEFT]
    held = any(each.status in HELD for each in known)
    to_counter = held and bool(going) and Method.DELIVERY not in going
    return to_counter and not card_takes(missing_minor, order.currency)


def _secured_minor(session: Session, order_id: UUID, known: Sequence[ObligationFacts]) -> int:
    held = sum(each.amount_minor for each in known if each.status is ObligationStatus.AUTHORISED)
    taken = sum(net for _, net in list_captured(session, known))
    tills = payments.queries.list_tickets(session, order_id)
    elsewhere = payments.queries.outside_minor(session, order_id)
    return held + taken + elsewhere + sum(each.amount_minor for each in tills)
