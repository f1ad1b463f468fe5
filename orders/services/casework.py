"""Cases: what needs a person, whose it is, until when, and how it ended."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from orders.commands import OpenCase
from orders.events import CaseClosed, CaseOpened
from orders.models import CaseFile


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
    case = session.execute(
        select(CaseFile)
        .where(CaseFile.key == key, CaseFile.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if case is None:
        return None
    case.closed_at = db_now(session)
    case.closed_by_name = actor.name
    case.resolution = resolution
    session.flush()
    fact = CaseClosed(case_id=case.id, kind=case.kind.value, location_id=case.location_id)
    events.record(session, fact, actor=actor, reason=resolution)
    return case.id
