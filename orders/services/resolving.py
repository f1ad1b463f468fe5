"""Closing a case with a sentence: only once what it is about can no longer be seen."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import payments.queries
from kernel.actors import SYSTEM, Actor
from orders import queries
from orders.commands import CaseKind, Standing
from orders.errors import CaseStands
from orders.models import CaseFile, Fulfillment
from orders.services.casework import close_case, lock_case
from orders.services.lateness import is_late
from orders.services.paying import find_authorised
from payments.commands import WishStatus

OF_MONEY: Final = frozenset({Standing.REFUND_AGAIN, Standing.LET_MONEY_GO})
REFUND: Final = "cases.refund"
"""The permission to end a case of money by a sentence: it went back in another way."""


def resolve_case(session: Session, case_id: UUID, *, resolution: str, actor: Actor) -> None:
    """Close a case; `resolution` says in a sentence how it ended.

    Raises UnknownCase, also when somebody closed it before, or CaseStands while its cause does.
    """
    case = lock_case(session, case_id, actor)
    look = _CAUSES.get(case.kind)
    first = look(session, case) if look else None
    if first is not None and not (first in OF_MONEY and actor.may(REFUND)):
        raise CaseStands(first=first.value)
    close_case(session, case, resolution, actor, reason=queries.IN_WORDS)


def _shortage(session: Session, case: CaseFile) -> Standing | None:
    open_still = case.about_id and inventory.queries.is_short(session, case.about_id)
    return Standing.COVER_SHORTAGE if open_still else None


def _lateness(session: Session, case: CaseFile) -> Standing | None:
    if case.fulfillment_id is None:
        return None
    # Read, not locked: whoever moves the parcel on closes the case afterwards.
    parcel = session.get(Fulfillment, case.fulfillment_id, populate_existing=True)
    late = parcel is not None and is_late(session, parcel, case.facts.get("what", ""))
    return Standing.MOVE_PARCEL_ON if late else None


def _refund(session: Session, case: CaseFile) -> Standing | None:
    refunds = payments.queries.list_refunds(session, case.about_id) if case.about_id else []
    refused = any(each.status is WishStatus.REFUSED for each in refunds)
    return Standing.REFUND_AGAIN if refused else None


def _money_held(session: Session, case: CaseFile) -> Standing | None:
    """What was paid for goods that could not be had is on the card, or with us, still."""
    if case.order_id is None:
        return None
    held = find_authorised(session, case.order_id) is not None
    paid_minor = payments.queries.paid_minor(session, case.order_id)
    too_much = paid_minor > queries.get_order(session, case.order_id, actor=SYSTEM).owed.total_minor
    return Standing.LET_MONEY_GO if held or too_much else None


_CAUSES: Final[Mapping[CaseKind, Callable[[Session, CaseFile], Standing | None]]] = {
    CaseKind.SHORTAGE: _shortage,
    CaseKind.LATE: _lateness,
    CaseKind.MONEY: _refund,
    CaseKind.PAID_WITHOUT_STOCK: _money_held,
}
