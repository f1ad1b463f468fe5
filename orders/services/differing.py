"""What an order owes more, or less, than cards hold and tills took: asked for, or given back.

The first obligation of an order is what it cost when it was placed. What it costs more since is an
obligation of its own, which only one page at a time is open for; what is taken when the parcels are
ready is divided among them in the order of their numbers.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import payments.queries
import payments.services
from orders import queries
from orders.errors import PaymentUnsettled
from payments.commands import ObligationStatus, OpenObligation, WishStatus
from payments.queries import ObligationFacts

PAYABLE = frozenset({ObligationStatus.OPENED, ObligationStatus.FAILED})
GOES_BACK_NOT = frozenset({WishStatus.REFUSED, WishStatus.WITHDRAWN})

_FOLLOW = text("""
    UPDATE pay_link SET obligation_id = :new_id
    WHERE order_id = :order_id AND obligation_id = ANY(:old_ids) AND ended_at IS NULL
""")


def owe_difference(session: Session, order_id: UUID, *, currency: str) -> UUID | None:
    """Have cards owe what an order costs beyond what they hold; return what is to be paid, if any.

    An order that is paid when it is collected owes nothing by card. One that waits for its payment
    owes all of it anew; a link to pay it leads there from now on.

    Raises PaymentUnsettled while somebody is at paying the amount of before.
    """
    known = payments.queries.list_obligations(session, order_id)
    if all(each.status is ObligationStatus.CANCELLED for each in known):
        return None
    missing_minor = queries.owed_minor(session, order_id) - _secured_minor(session, order_id, known)
    unpaid = [each for each in known if each.status in PAYABLE]
    if len(unpaid) == 1 and unpaid[0].amount_minor == missing_minor:
        return unpaid[0].id
    if not all(payments.services.cancel_unpaid(session, each.id) for each in unpaid):
        raise PaymentUnsettled
    if missing_minor <= 0:
        return None
    fresh = OpenObligation(order_id, missing_minor, currency)
    obligation_id = payments.services.open_obligation(session, fresh)
    values = {"new_id": obligation_id, "order_id": order_id}
    session.execute(_FOLLOW, {**values, "old_ids": [each.id for each in unpaid]})
    return obligation_id


def end_unpaid(session: Session, order_id: UUID) -> None:
    """Nobody can pay by card any more what was paid at a till: an open page is ended."""
    for each in payments.queries.list_obligations(session, order_id):
        if each.status in PAYABLE:
            payments.services.cancel_obligation(session, each.id)


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


def _secured_minor(session: Session, order_id: UUID, known: Sequence[ObligationFacts]) -> int:
    held = sum(each.amount_minor for each in known if each.status is ObligationStatus.AUTHORISED)
    taken = sum(net for _, net in list_captured(session, known))
    tills = payments.queries.list_tickets(session, order_id)
    return held + taken + sum(each.amount_minor for each in tills)
