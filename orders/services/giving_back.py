"""Money that a till took for a delivery and that is not owed any more: somebody gives it back."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import payments.queries
import stores.queries
from kernel.actors import SYSTEM
from orders import queries
from orders.commands import CaseKind, Method, OpenCase
from orders.queries import CaseFacts
from orders.services.casework import open_case, settle_case
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


def _surplus_minor(session: Session, order_id: UUID) -> int:
    taken = sum(each.amount_minor for each in payments.queries.list_tickets(session, order_id))
    by_card = sum(
        each.captured_minor
        for each in payments.queries.list_obligations(session, order_id)
        if each.status is ObligationStatus.CAPTURED
    )
    owed = queries.owed_minor(session, order_id)
    return taken - max(owed - min(by_card, owed), 0)


def _given(case: CaseFacts) -> bool:
    return case.closed_at is not None and case.resolution != REPLACED


def _amount(case: CaseFacts) -> int:
    return int(case.facts["amount_minor"])
