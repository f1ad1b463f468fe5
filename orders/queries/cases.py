"""Reads of cases: the one list of what needs a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

import stores.queries
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.events import Recorded
from orders.commands import CaseKind
from orders.errors import UnknownCase
from orders.models import CaseFile, Order, TaskTaken

CASES_MAX: Final = 100
TAKEN_S: Final = 1_800
"""For so long nobody else is given a task that somebody took."""

IN_WORDS: Final = "in_words"
"""Why a case was closed in the eyes of its events: its own row has the words."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Something a person has to resolve; `overdue` is judged by the database's clock.

    Without `location_id` it is head office's. `about_id` is what else it is about: a shortage, a
    transfer, what is owed by card.
    """

    id: UUID
    kind: CaseKind
    key: str
    location_id: UUID | None
    order_id: UUID | None
    order_number: str | None
    fulfillment_id: UUID | None
    about_id: UUID | None
    facts: Mapping[str, Any]
    owner_id: UUID | None
    owner_name: str | None
    opened_at: datetime
    warn_at: datetime
    due_at: datetime
    overdue: bool
    closed_at: datetime | None
    closed_by_name: str | None
    resolution: str | None
    brand_id: UUID | None = None
    """Whose it is where order and location do not say it."""


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases wait, and how many of them are past their time."""

    open: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class WantedCases:
    """Which cases are wanted; what is None or False does not matter."""

    location_id: UUID | None = None
    kind: CaseKind | None = None
    owner_id: UUID | None = None
    only_overdue: bool = False
    closed: bool = False


def get_case(session: Session, case_id: UUID, *, actor: Actor) -> CaseFacts:
    """Return a case, open or closed.

    Raises UnknownCase, also for those that are none of the actor's.
    """
    found = _read(session, [CaseFile.id == case_id, _seen_by(actor)], limit=1)
    if not found:
        raise UnknownCase(case_id=str(case_id))
    return found[0]


def find_open_case(session: Session, key: str) -> CaseFacts | None:
    """Return the case that is open under a key, if there is one."""
    found = _read(session, [CaseFile.key == key, CaseFile.closed_at.is_(None)], limit=1)
    return found[0] if found else None


def was_asked(session: Session, key: str) -> bool:
    """Tell whether there is, or was, a case under a key."""
    return (
        session.execute(select(CaseFile.id).where(CaseFile.key == key).limit(1)).first() is not None
    )


def list_cases(
    session: Session,
    wanted: WantedCases,
    *,
    actor: Actor,
    after: tuple[datetime, UUID] | None = None,
    limit: int = CASES_MAX,
) -> list[CaseFacts]:
    """Return cases of the actor's stores: open ones by what is due next, closed ones newest first.

    `after` is due time, or time of closing, and id of the last one of the page before.
    """
    where = [_seen_by(actor), *_tests(wanted)]
    if wanted.closed:
        if after is not None:
            where.append(tuple_(CaseFile.closed_at, CaseFile.id) < tuple_(*after))
        newest = (CaseFile.closed_at.desc(), CaseFile.id.desc())
        return _read(session, where, limit=limit, order=newest)
    if after is not None:
        where.append(tuple_(CaseFile.due_at, CaseFile.id) > tuple_(*after))
    return _read(session, where, limit=limit)


def select_visible_cases(actor: Actor, location_id: UUID | None = None) -> Select[*tuple[Any, ...]]:
    """Return the statement of the ids of cases an actor may see, for others to join."""
    rows = select(CaseFile.id).where(_seen_by(actor))
    return rows if location_id is None else rows.where(CaseFile.location_id == location_id)


def list_cases_of(session: Session, order_id: UUID, *, actor: Actor) -> list[CaseFacts]:
    """Return every case about an order that is the actor's to see, the newest first."""
    where = [CaseFile.order_id == order_id, _seen_by(actor)]
    found = _read(session, where, limit=CASES_MAX)
    return sorted(found, key=lambda each: each.opened_at, reverse=True)


def count_cases(session: Session, *, actor: Actor) -> dict[UUID | None, CaseCount]:
    """Return how many cases are open at each of the actor's stores; head office's under None."""
    rows = session.execute(
        select(
            CaseFile.location_id,
            func.count().label("open"),
            func.count().filter(CaseFile.due_at < DB_NOW).label("overdue"),
        )
        .where(CaseFile.closed_at.is_(None), _seen_by(actor))
        .group_by(CaseFile.location_id)
    )
    return {row.location_id: CaseCount(row.open, row.overdue) for row in rows}


def list_case_history(session: Session, case_id: UUID) -> list[Recorded]:
    """Return what happened to a case, oldest first, with how it ended as somebody wrote it."""
    ended = session.execute(select(CaseFile.resolution).where(CaseFile.id == case_id))
    written = ended.scalar_one_or_none()
    return [
        replace(each, reason=written) if each.reason == IN_WORDS else each
        for each in events.list_history(session, [case_id])
    ]


def list_escalating(session: Session, *, limit: int = CASES_MAX) -> list[UUID]:
    """Return open cases of which something new is to be told: nearly due, or past their time."""
    rows = session.execute(
        select(CaseFile.id)
        .where(
            CaseFile.closed_at.is_(None),
            or_(
                and_(CaseFile.escalations < 1, CaseFile.warn_at <= DB_NOW),
                and_(CaseFile.escalations < 2, CaseFile.due_at <= DB_NOW),  # noqa: PLR2004 (levels)
            ),
        )
        .order_by(CaseFile.due_at)
        .limit(limit)
    )
    return list(rows.scalars())


def list_queue(
    session: Session, *, actor: Actor, location_id: UUID | None = None, limit: int = CASES_MAX
) -> list[CaseFacts]:
    """Return what waits for the actor: theirs already, or nobody's yet, in the order it is given.

    With `location_id` only what one store sees to.
    """
    where = [_seen_by(actor), CaseFile.closed_at.is_(None), _free_for(actor)]
    if location_id is not None:
        where.append(CaseFile.location_id == location_id)
    return _read(session, where, limit=limit, order=in_turn())


def list_taken(session: Session, task_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return who took which of these tasks a while ago, and is at it."""
    rows = session.execute(
        select(TaskTaken.task_id, TaskTaken.staff_id).where(
            TaskTaken.task_id.in_(task_ids),
            TaskTaken.taken_at > DB_NOW - timedelta(seconds=TAKEN_S),
        )
    )
    return {row.task_id: row.staff_id for row in rows}


def in_turn() -> tuple[ColumnElement[Any], ...]:
    """Return by what cases are seen to: past their time, then nearly due, then due first."""
    level = case((CaseFile.due_at <= DB_NOW, 2), (CaseFile.warn_at <= DB_NOW, 1), else_=0)
    return (level.desc(), CaseFile.due_at.asc(), CaseFile.id.asc())


def select_late_abouts(kind: CaseKind) -> Select[*tuple[Any, ...]]:
    """Return the statement of what the cases of a kind are about that ended, or are, too late."""
    return select(CaseFile.about_id).where(
        CaseFile.kind == kind, CaseFile.due_at < func.coalesce(CaseFile.closed_at, DB_NOW)
    )


def seen_as(
    actor: Actor,
    location_id: InstrumentedAttribute[UUID | None],
    order_id: InstrumentedAttribute[UUID | None],
    brand_id: InstrumentedAttribute[UUID | None],
) -> ColumnElement[bool]:
    """Return what is true of rows of an actor's that are about an order, a location, or neither.

    Without a location they are head office's. Of a brand is what says so; of what says nothing,
    what is about its orders, or about no order at a location of its own.
    """
    here: ColumnElement[bool] = true()
    if actor.location_ids is not None:
        here = location_id.in_(actor.location_ids)
    if actor.is_central:
        here = or_(here, location_id.is_(None))
    if actor.brand_id is None:
        return here
    places = stores.queries.select_codes().subquery("places")
    own = select(places.c.location_id).where(places.c.brand_id == actor.brand_id)
    its = select(Order.id).where(Order.brand_id == actor.brand_id)
    of_brand = or_(order_id.in_(its), and_(order_id.is_(None), location_id.in_(own)))
    of_brand = or_(brand_id == actor.brand_id, and_(brand_id.is_(None), of_brand))
    return and_(here, of_brand)


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return seen_as(actor, CaseFile.location_id, CaseFile.order_id, CaseFile.brand_id)


def _free_for(actor: Actor) -> ColumnElement[bool]:
    return or_(CaseFile.owner_id.is_(None), CaseFile.owner_id == actor.id)


def _tests(wanted: WantedCases) -> Iterable[ColumnElement[bool]]:
    yield CaseFile.closed_at.is_not(None) if wanted.closed else CaseFile.closed_at.is_(None)
    if wanted.location_id is not None:
        yield CaseFile.location_id == wanted.location_id
    if wanted.kind is not None:
        yield CaseFile.kind == wanted.kind
    if wanted.owner_id is not None:
        yield CaseFile.owner_id == wanted.owner_id
    if wanted.only_overdue:
        yield CaseFile.due_at < DB_NOW


def _read(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    order: tuple[ColumnElement[Any], ...] | None = None,
) -> list[CaseFacts]:
    overdue = and_(CaseFile.closed_at.is_(None), CaseFile.due_at < DB_NOW)
    rows = session.execute(
        select(CaseFile, Order.number, overdue.label("overdue"))
        .outerjoin(Order, Order.id == CaseFile.order_id)
        .where(*where)
        .order_by(*(order or (CaseFile.due_at, CaseFile.id)))
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [_facts(row.CaseFile, row.number, overdue=row.overdue) for row in rows]


def _facts(case: CaseFile, number: str | None, *, overdue: bool) -> CaseFacts:
    return CaseFacts(
        id=case.id,
        kind=case.kind,
        key=case.key,
        location_id=case.location_id,
        order_id=case.order_id,
        order_number=number,
        fulfillment_id=case.fulfillment_id,
        about_id=case.about_id,
        facts=case.facts,
        owner_id=case.owner_id,
        owner_name=case.owner_name,
        opened_at=case.opened_at,
        warn_at=case.warn_at,
        due_at=case.due_at,
        overdue=overdue,
        closed_at=case.closed_at,
        closed_by_name=case.closed_by_name,
        resolution=case.resolution,
        brand_id=case.brand_id,
    )
