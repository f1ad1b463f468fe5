"""Money that a card holds, before the card lets it go: taken for what is certain, else asked about.

A hold lasts for days, a rejected or awaited order may take longer. Goods that a store has for the
customer are certain: their money is taken, once, and what falls away later goes back. What only
waits for an answer or for a delivery is not: a person decides with the customer before the hold
ends. What is then not captured is paid when it is collected.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import payments.services
from kernel.actors import SYSTEM
from kernel.clock import db_now
from orders import queries
from orders.commands import CaseKind, OpenCase, Status
from orders.services.casework import open_case, settle_case
from orders.services.differing import divide_due
from orders.services.parcels import lock_order
from payments.queries import EndingHold

LEAD: Final = timedelta(days=2)
"""How long before its end a hold is looked at."""
TO_SPARE: Final = timedelta(hours=12)
LEAST: Final = timedelta(hours=1)
CERTAIN: Final = frozenset(
    {
        Status.NEW,
        Status.ACCEPTED,
        Status.PICKING,
        Status.IN_TRANSFER,
        Status.READY,
        Status.PACKED,
        Status.SHIPPED,
        Status.DELIVERED,
        Status.HANDED_OVER,
    }
)
"""States in which the goods are there, or were: nothing has to be answered or awaited."""
TAKEN: Final = "money taken"


def keep_money(session: Session, hold: EndingHold) -> bool:
    """Have the money of a hold taken for what is certain, or a person asked in time.

    Returns whether there was something to do; asked once, it is not asked again.
    """
    lock_order(session, hold.reference_id)
    if hold.obligation_id not in divide_due(session, hold.reference_id, due_minor=0):
        return False
    parcels = queries.list_order_parcels(session, hold.reference_id)
    certain_minor = sum(
        each.owed.total_minor
        for each in parcels
        if each.status in CERTAIN and not queries.awaited(each.promise_inputs)
    )
    shares = divide_due(session, hold.reference_id, due_minor=certain_minor)
    taken_minor = shares[hold.obligation_id]
    if taken_minor:
        payments.services.request_capture(session, hold.obligation_id, amount_minor=taken_minor)
        return True
    key = hold_key(hold.obligation_id)
    if not parcels or queries.was_asked(session, key):
        return False
    first = parcels[0]
    command = OpenCase(
        CaseKind.MONEY,
        key,
        max(hold.ends_at - TO_SPARE - db_now(session), LEAST),
        location_id=first.location_id,
        order_id=hold.reference_id,
        fulfillment_id=first.id,
        about_id=hold.obligation_id,
        facts={"hold_ends_at": hold.ends_at.isoformat()},
    )
    return open_case(session, command, actor=SYSTEM) is not None


def settle_hold(session: Session, obligation_id: UUID) -> None:
    """What a card held was taken or let go: nobody has to see to it any more."""
    settle_case(session, hold_key(obligation_id), resolution=TAKEN)


def hold_key(obligation_id: UUID) -> str:
    """Return the key of the case of a hold that ends before its order does."""
    return f"hold:{obligation_id}"
