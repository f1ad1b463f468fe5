"""Cases: what needs a person, whose it is, until when, and how it ended."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, select, text
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import OpenCase
from orders.errors import UnknownCase
from orders.events import CaseAssigned, CaseClosed, CaseEscalated, CaseOpened
from orders.models import CaseFile, TaskTaken
from orders.queries.cases import TAKEN_S, in_turn
from stores.commands import StaffRole
from stores.errors import UnknownStaff

NEARLY_DUE: Final = 0.8
"""The share of its time after which those who could see to a case are told, if none is named."""
REFUND: Final = "refund_id"
"""What a case of money says it is about."""
NO_REFUND: Final = str(UUID(int=0))
ASKED_AGAIN: Final = "refund asked for again"
_TAKE_TASK: Final = text("""
    INSERT INTO task_taken (task_id, staff_id, staff_name) VALUES (:task, :staff, :name)
    ON CONFLICT (task_id) DO UPDATE
    SET staff_id = excluded.staff_id, staff_name = excluded.staff_name,
        taken_at = statement_timestamp()
    WHERE task_taken.taken_at < statement_timestamp() - make_interval(secs => :lasts)
    RETURNING task_id
""").bindparams(bindparam("task", type_=SqlUuid), bindparam("staff", type_=SqlUuid))
EVERYWHERE: Final = frozenset({StaffRole.AGENT, StaffRole.ADMIN})


def open_case(session: Session, command: OpenCase, *, actor: Actor = SYSTEM) -> UUID | None:
    """Have a person see to something; None when a case is open under that key already."""
    now = db_now(session)
    due_at = now + command.within
    warned_within = command.warned_within or command.within * NEARLY_DUE
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
            brand_id=command.brand_id,
            facts=dict(command.facts),
            warn_at=now + warned_within,
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
        _give_back(session, case_id, command.owner_id)
    return case_id


def settle_case(
    session: Session,
    key: str,
    *,
    resolution: str,
    reason: str | None = None,
    actor: Actor = SYSTEM,
) -> UUID | None:
    """Close the case open under a key, as what it asked for happened; None if there is none.

    Where somebody wrote how it ended, events say a `reason` of ours instead.
    """
    case = _find(session, CaseFile.key == key)
    if case is None:
        return None
    close_case(session, case, resolution, actor, reason=reason)
    return case.id


def take_next_case(session: Session, *, case_id: UUID | None = None, actor: Actor) -> UUID | None:
    """Give whoever asks what waits most: what is past its time, then what is due first.

    What somebody sees to already, or takes at this instant, is passed over, so that nothing is
    given twice. None when nothing waits. With `case_id` that one is given or none.
    """
    wanted = [] if case_id is None else [CaseFile.id == case_id]
    case = session.execute(
        select(CaseFile)
        .where(
            CaseFile.id.in_(queries.select_visible_cases(actor)),
            CaseFile.closed_at.is_(None),
            CaseFile.owner_id.is_(None),
            *wanted,
        )
        .order_by(*in_turn())
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if case is None:
        return None
    _give(session, case, actor.id, actor.name, actor=actor)
    return case.id


def take_task(session: Session, task_id: UUID, *, actor: Actor) -> bool:
    """Have whoever asks see to a task of a store; False where somebody took it a while ago."""
    values = {"task": task_id, "staff": actor.id, "name": actor.name, "lasts": TAKEN_S}
    return session.execute(_TAKE_TASK, values).first() is not None


def forget_taken_tasks(session: Session) -> None:
    """Forget who took a task more than a day ago: it is anybody's long since."""
    session.execute(delete(TaskTaken).where(TaskTaken.taken_at < DB_NOW - timedelta(days=1)))


def move_case(session: Session, key: str, *, location_id: UUID | None, actor: Actor) -> UUID | None:
    """Have another place see to the case open under a key, whoever is next there.

    None if no case is open.
    """
    case = _find(session, CaseFile.key == key)
    if case is None:
        return None
    case.location_id = location_id
    _give(session, case, None, "", actor=actor)
    return case.id


def relate_case(session: Session, key: str, *, order_id: UUID, brand_id: UUID | None) -> None:
    """Have the case open under a key, if there is one, be of an order and seen to by its brand."""
    case = _find(session, CaseFile.key == key)
    if case is not None:
        case.order_id, case.brand_id = order_id, brand_id
        session.flush()


def find_owner(session: Session, key: str) -> UUID | None:
    """Return who sees to the case open under a key, kept from others until then; None if nobody."""
    case = _find(session, CaseFile.key == key)
    return case.owner_id if case else None


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
    name = _name_of(session, owner_id, case.location_id, case.brand_id)
    if name is None:
        raise UnknownStaff(staff_id=str(owner_id))
    _give(session, case, owner_id, name, actor=actor)


def free_cases(session: Session, staff_id: UUID) -> None:
    """Have the open cases of somebody be whoever's is next, where they cannot see to them now."""
    rows = session.execute(
        select(CaseFile)
        .where(CaseFile.owner_id == staff_id, CaseFile.closed_at.is_(None))
        .order_by(CaseFile.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for case in list(rows.scalars()):
        if _name_of(session, staff_id, case.location_id, case.brand_id) is None:
            _give(session, case, None, "", actor=SYSTEM)


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
    return 1 if moment >= case.warn_at else 0


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


def _name_of(
    session: Session, staff_id: UUID, location_id: UUID | None, brand_id: UUID | None
) -> str | None:
    """Return the name of somebody who works at a place, or for all of them; None of all others.

    Who works for one brand sees to nothing of another.
    """
    found = stores.queries.find_staff(session, staff_id)
    if found is None or not found.active:
        return None
    if brand_id is not None and found.brand_id not in {None, brand_id}:
        return None
    here = found.role in EVERYWHERE or location_id in found.location_ids
    return found.name if here else None


def _give_back(session: Session, case_id: UUID, owner_id: UUID | None) -> None:
    """Have whoever saw to a matter before see to it again, if they still may."""
    case = _find(session, CaseFile.id == case_id) if owner_id else None
    name = (
        _name_of(session, owner_id, case.location_id, case.brand_id) if case and owner_id else None
    )
    if case is not None and name is not None:
        _give(session, case, owner_id, name, actor=SYSTEM)


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


def close_case(
    session: Session, case: CaseFile, resolution: str, actor: Actor, *, reason: str | None = None
) -> None:
    """Have a case closed that is kept from others.

    Events are for ever: where somebody wrote how it ended, they say a `reason` of ours instead.
    """
    case.closed_at = db_now(session)
    case.closed_by_name = actor.name
    case.resolution = resolution
    session.flush()
    fact = CaseClosed(case_id=case.id, kind=case.kind.value, location_id=case.location_id)
    events.record(session, fact, actor=actor, reason=reason or resolution)
