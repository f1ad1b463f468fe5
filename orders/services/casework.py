"""Cases: what needs a person, whose it is, until when, and how it ended."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import OpenCase
from orders.errors import UnknownCase
from orders.events import CaseAssigned, CaseClosed, CaseEscalated, CaseOpened
from orders.models import CaseFile
from stores.commands import StaffRole
from stores.errors import UnknownStaff

NEARLY_DUE: Final = 0.8
"""The share of its time after which those who could see to a case are told."""
REFUND: Final = "refund_id"
"""What a case of money says it is about."""
NO_REFUND: Final = str(UUID(int=0))
ASKED_AGAIN: Final = "refund asked for again"
EVERYWHERE: Final = frozenset({StaffRole.AGENT, StaffRole.ADMIN})


def open_case(session: Session, command: OpenCase, *, actor: Actor = SYSTEM) -> UUID | None:
    """Have a person see to something; None when a case is open under that key already."""
    due_at = db_now(session) + command.within
    case_id = session.execute(
        insert(CaseFile)
        .values(
            id=new_id(),
            kind=command.kind,
            key=command.key,
            location_id=command.location_id,
            order_id=command.order_id,
            fulfillment_id=command.fulfillment_id,
            about_id=command.about_id,
            facts=dict(command.facts),
            due_at=due_at,
        )
        .on_conflict_do_nothing(index_elements=["key"], index_where=CaseFile.closed_at.is_(None))
        .returning(CaseFile.id)
    ).scalar_one_or_none()
    if case_id is not None:
        fact = CaseOpened(
            case_id=case_id,
            kind=command.kind.value,
            location_id=command.location_id,
            due_at=due_at,
        )
        events.record(session, fact, actor=actor)
    return case_id


def settle_case(
    session: Session, key: str, *, resolution: str, actor: Actor = SYSTEM
) -> UUID | None:
    """Close the case open under a key, as what it asked for happened; None if there is none."""
    case = _find(session, CaseFile.key == key)
    if case is None:
        return None
    close_case(session, case, resolution, actor)
    return case.id


def take_case(session: Session, case_id: UUID, *, actor: Actor) -> None:
    """Whoever asks sees to a case from now on.

    Raises UnknownCase.
    """
    _give(session, lock_case(session, case_id, actor), actor.id, actor.name, actor=actor)


def assign_case(session: Session, case_id: UUID, *, owner_id: UUID, actor: Actor) -> None:
    """Have somebody see to a case: of its store's staff, or of those who see every store.

    Raises UnknownCase, or UnknownStaff, also for those who left.
    """
    case = lock_case(session, case_id, actor)
    for each in stores.queries.list_staff(session, location_id=None):
        here = each.role in EVERYWHERE or case.location_id in each.location_ids
        if each.id == owner_id and each.active and here:
            _give(session, case, each.id, each.name, actor=actor)
            return
    raise UnknownStaff(staff_id=str(owner_id))


def retry_refund(session: Session, case_id: UUID, *, actor: Actor) -> UUID:
    """Ask again for the refund a case of money is about; return the id of the new one.

    The case stays open until the money is back. Whoever asks sees to it.

    Raises UnknownCase, UnknownRefund when it is about no refused refund, or AmountTooHigh.
    """
    case = lock_case(session, case_id, actor)
    refund_id = UUID(case.facts.get(REFUND) or NO_REFUND)
    asked_id = payments.services.retry_refund(session, refund_id)
    case.facts = {**case.facts, REFUND: str(asked_id)}
    _give(session, case, actor.id, actor.name, actor=actor, reason=ASKED_AGAIN)
    return asked_id


def escalate_case(session: Session, case_id: UUID) -> bool:
    """Tell of an open case that is nearly due, and again of one past its time; once each.

    Returns whether there was something new to tell.
    """
    case = _find(session, CaseFile.id == case_id)
    if case is None:
        return False
    level = _level(case, db_now(session))
    if level <= case.escalations:
        return False
    case.escalations = level
    session.flush()
    fact = CaseEscalated(
        case_id=case.id,
        kind=case.kind.value,
        location_id=case.location_id,
        level=level,
        due_at=case.due_at,
    )
    events.record(session, fact, actor=SYSTEM)
    return True


def _level(case: CaseFile, moment: datetime) -> int:
    if moment >= case.due_at:
        return 2
    warned_at = case.opened_at + (case.due_at - case.opened_at) * NEARLY_DUE
    return 1 if moment >= warned_at else 0


def lock_case(session: Session, case_id: UUID, actor: Actor) -> CaseFile:
    """Return an open case of the actor's, kept from others.

    Raises UnknownCase.
    """
    if actor.brand_id is not None:
        queries.get_case(session, case_id, actor=actor)
    case = _find(session, CaseFile.id == case_id)
    if case is None or not _sees(actor, case.location_id):
        raise UnknownCase(case_id=str(case_id))
    return case


def _sees(actor: Actor, location_id: UUID | None) -> bool:
    """Tell whether a case is the actor's to see: head office's are of those who see every store."""
    return actor.is_central if location_id is None else actor.sees_location(location_id)


def _find(session: Session, wanted: ColumnElement[bool]) -> CaseFile | None:
    return session.execute(
        select(CaseFile)
        .where(wanted, CaseFile.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _give(
    session: Session,
    case: CaseFile,
    owner_id: UUID | None,
    name: str,
    *,
    actor: Actor,
    reason: str | None = None,
) -> None:
    case.owner_id, case.owner_name = owner_id, name
    session.flush()
    fact = CaseAssigned(
        case_id=case.id, kind=case.kind.value, location_id=case.location_id, owner_id=owner_id
    )
    events.record(session, fact, actor=actor, reason=reason)


def close_case(session: Session, case: CaseFile, resolution: str, actor: Actor) -> None:
    """Have a case closed that is kept from others."""
    case.closed_at = db_now(session)
    case.closed_by_name = actor.name
    case.resolution = resolution
    session.flush()
    fact = CaseClosed(case_id=case.id, kind=case.kind.value, location_id=case.location_id)
    events.record(session, fact, actor=actor, reason=resolution)
