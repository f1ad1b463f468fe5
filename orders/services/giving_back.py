"""Money that is not owed any more and that no card of ours gives back.

What a till took for a delivery a person gives back; what another shop took, that shop.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import payments.queries
import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM
from orders import queries
from orders.commands import CaseKind, Method, OpenCase
from orders.events import MoneyGoesBack
from orders.queries import CaseFacts
from orders.services.casework import open_case, settle_case
from orders.services.differing import list_captured
from payments.commands import ObligationStatus

BACK_KEY: Final = "till-back:"
REPLACED: Final = "another amount"


def ask_to_give_back(session: Session, order_id: UUID) -> None:
    """Have a person give back what a till took for a delivery beyond what the order owes now.

    Our tills only take money. One case says all of it: where it grows, the next one replaces it.
    What was given back before does not count again. Safe to repeat.
    """
    tickets = payments.queries.list_tickets(session, order_id)
    if not tickets:
        return
    parcels = queries.list_order_parcels(session, order_id)
    if not any(parcel.method is Method.DELIVERY for parcel in parcels):
        return
    known = queries.list_cases_of(session, order_id, actor=SYSTEM)
    cases = [each for each in known if each.key.startswith(BACK_KEY)]
    before_minor = sum(_amount(each) for each in cases if _given(each))
    surplus_minor = _surplus_minor(session, order_id) - before_minor
    standing = next((each for each in cases if each.closed_at is None), None)
    if surplus_minor <= 0 or (standing is not None and _amount(standing) == surplus_minor):
        return
    key = f"{BACK_KEY}{order_id}"
    settle_case(session, key, resolution=REPLACED)
    newest = tickets[-1]
    rules = stores.queries.get_rules(session, newest.location_id)
    case = OpenCase(
        CaseKind.MONEY,
        key,
        timedelta(hours=rules.conflict_hours),
        location_id=newest.location_id,
        order_id=order_id,
        facts={
            "amount_minor": surplus_minor,
            "currency": parcels[0].currency,
            "ticket_number": newest.ticket_number,
        },
    )
    open_case(session, case)


def tell_to_give_back(session: Session, order_id: UUID, *, outside_minor: int) -> None:
    """Tell the shop that took `outside_minor` of an order how much of it goes back, in its feed.

    What cards and tills took covers what is owed first. The payment is locked.
    """
    order = queries.get_order(session, order_id, actor=SYSTEM)
    owed = payments.queries.list_obligations(session, order_id)
    cards_minor = sum(net for _, net in list_captured(session, owed))
    tickets = payments.queries.list_tickets(session, order_id)
    others_minor = cards_minor + sum(each.amount_minor for each in tickets)
    back_minor = outside_minor - max(order.owed.total_minor - others_minor, 0)
    if back_minor <= 0:
        return
    back_minor = min(back_minor, outside_minor)
    fact = MoneyGoesBack(
        order_id=order_id,
        amount_minor=back_minor,
        back_minor=payments.services.owe_back_outside(session, order_id, amount_minor=back_minor),
        currency=order.currency,
    )
    events.record(session, fact, actor=SYSTEM)


def _surplus_minor(session: Session, order_id: UUID) -> int:
    taken = sum(each.amount_minor for each in payments.queries.list_tickets(session, order_id))
    by_card = sum(
        each.captured_minor
        for each in payments.queries.list_obligations(session, order_id)
        if each.status is ObligationStatus.CAPTURED
    )
    owed = queries.owed_minor(session, order_id)
    outside = payments.queries.outside_minor(session, order_id)
    return taken - max(owed - min(by_card, owed) - outside, 0)


def _given(case: CaseFacts) -> bool:
    return case.closed_at is not None and case.resolution != REPLACED


def _amount(case: CaseFacts) -> int:
    return int(case.facts["amount_minor"])
