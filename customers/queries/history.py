"""What happened between a customer and us, on every channel, and what of it matters now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from customers.commands import Direction, TouchChannel
from customers.models import FileLook, Interaction, InteractionText
from customers.queries.resolving import select_family
from kernel.clock import DB_NOW

PAGE: Final = 50
WRITTEN, ANSWERED = "thread.received", "thread.answered"
NAMED: Final = "thread.identified"
CONTACTS: Final = ("call", "chat", "email", "form", "message", "visit", WRITTEN)
"""Kinds of interaction in which a customer turned to us and somebody of ours listened."""
SAME_TURN: Final = timedelta(minutes=30)
"""What is said in one conversation so soon after what was said before is one contact with it."""
LINES_MAX: Final = 100
"""Contacts about one order, and answers to them, that are looked at."""
REPEAT_SPAN: Final = timedelta(hours=24)
VISIT: Final = "visit"
VISIT_SPAN: Final = timedelta(hours=12)
"""How long somebody who said who they are at a counter is known there."""
UNCOLLECTED_SPAN: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class InteractionFacts:
    """One thing that happened, as people read it; `text` is what was said, if it is still kept."""

    id: int
    customer_id: UUID
    happened_at: datetime
    recorded_at: datetime
    kind: str
    channel: TouchChannel
    direction: Direction
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    order_id: UUID | None
    fulfillment_id: UUID | None
    sku: str | None
    location_id: UUID | None
    facts: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of a history, the newest first; `next` goes on with what is older."""

    entries: tuple[InteractionFacts, ...]
    next: tuple[datetime, int] | None


@dataclass(frozen=True, slots=True)
class RepeatedContact:
    """That a customer turned to us about one order again and again; the newest contact first."""

    order_id: UUID
    contacts: tuple[InteractionFacts, ...]
    answered_by: Mapping[int, str]
    """Who of ours answered first what was written, by its id; nobody did what is not in it."""


@dataclass(frozen=True, slots=True)
class LookFacts:
    """That somebody looked into a file."""

    looked_at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    door: str
    seen: bool


def list_timeline(
    session: Session,
    customer_id: UUID,
    *,
    contact_ids: Collection[UUID] | None = None,
    before: tuple[datetime, int] | None = None,
    after_id: int | None = None,
    limit: int = PAGE,
) -> Timeline:
    """Return what happened to a customer and to whom they were merged with, the newest first.

    With `contact_ids`, only what was said or done under these. `before` goes on where a page ended;
    `after_id` returns only what was recorded since.
    """
    wanted: list[ColumnElement[bool]] = [Interaction.customer_id.in_(select_family(customer_id))]
    if contact_ids is not None:
        wanted.append(Interaction.contact_id.in_(contact_ids))
    if before is not None:
        wanted.append(tuple_(Interaction.happened_at, Interaction.id) < before)
    if after_id is not None:
        wanted.append(Interaction.id > after_id)
    rows = _read(session, *wanted, limit=limit + 1)
    shown = rows[:limit]
    more = (shown[-1].happened_at, shown[-1].id) if len(rows) > limit else None
    return Timeline(tuple(shown), more)


def find_repeated_contacts(
    session: Session,
    customer_id: UUID,
    *,
    contact_ids: Collection[UUID] | None = None,
    least: int = 2,
) -> list[RepeatedContact]:
    """Return the orders about which a customer turned to us `least` times in a day, or more.

    With `contact_ids`, only what was said under these. What was said before it was known about
    which order counts as said about that order.
    """
    marked = _mark_contacts(customer_id, contact_ids).subquery()
    rows = session.execute(
        select(Interaction, InteractionText.body, marked.c.order_id)
        .join(marked, marked.c.id == Interaction.id)
        .outerjoin(InteractionText, InteractionText.interaction_id == Interaction.id)
        .where(marked.c.nth <= LINES_MAX)
        .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
    )
    by_order: dict[UUID, list[InteractionFacts]] = {}
    for told, body, order_id in rows:
        line = replace(_facts(told, body or ""), order_id=order_id)
        by_order.setdefault(order_id, []).append(line)
    found = [_repeated(order_id, each) for order_id, each in by_order.items()]
    return [each for each in found if len(each.contacts) >= least]


def _mark_contacts(customer_id: UUID, contact_ids: Collection[UUID] | None) -> Select[Any]:
    """Return the statement of each contact of a day and of each first answer to one.

    Beside each: the order it is about, and which one of that order it is, the newest first. Of
    what goes on in one conversation only the beginning is a contact, so that many lines of one
    matter never hide those of another.
    """
    lines = _lines_of_a_day(customer_id).cte("lines")
    named = (
        select(lines.c.talk, lines.c.order_id, lines.c.contact_id)
        .where(lines.c.kind == NAMED, lines.c.order_id.is_not(None))
        .ext(distinct_on(lines.c.talk))
        .order_by(lines.c.talk, lines.c.id.desc())
        .cte("named")
    )
    by_time = (lines.c.happened_at, lines.c.id)
    spoke_at = func.max(case((lines.c.kind == WRITTEN, lines.c.happened_at))).over(
        partition_by=lines.c.talk, order_by=by_time, rows=(None, -1)
    )
    order_id = func.coalesce(lines.c.order_id, named.c.order_id)
    in_order = (
        select(
            lines.c.id,
            lines.c.kind,
            lines.c.happened_at,
            order_id.label("order_id"),
            func.coalesce(lines.c.contact_id, named.c.contact_id).label("contact_id"),
            spoke_at.label("spoke_at"),
            func.row_number().over(partition_by=lines.c.talk, order_by=by_time).label("line"),
            func.lag(lines.c.kind)
            .over(partition_by=(order_id, lines.c.talk), order_by=by_time)
            .label("before"),
        )
        .outerjoin(named, named.c.talk == lines.c.talk)
        .cte("in_order")
    )
    of = in_order.c
    goes_on = and_(of.spoke_at.is_not(None), of.happened_at - of.spoke_at <= SAME_TURN)
    counts = case(
        (of.kind == WRITTEN, ~goes_on),
        (of.kind == NAMED, of.line == 1),  # of what they said before nothing was known as theirs
        (of.kind == ANSWERED, of.before.is_distinct_from(ANSWERED)),
        else_=True,
    )
    wanted = [of.order_id.is_not(None), counts]
    if contact_ids is not None:
        wanted.append(of.contact_id.in_(contact_ids))
    newest_first = (of.happened_at.desc(), of.id.desc())
    nth = func.row_number().over(partition_by=of.order_id, order_by=newest_first)
    return select(of.id, of.order_id, nth.label("nth")).where(*wanted)


def _lines_of_a_day(customer_id: UUID) -> Select[Any]:
    """Return the statement of what a customer said lately, and what they were answered."""
    answered = and_(
        Interaction.kind == ANSWERED,
        Interaction.facts["automatic"].as_boolean().is_not(true()),
    )
    said = and_(Interaction.direction == Direction.IN, Interaction.kind.in_(CONTACTS))
    talk = Interaction.facts["thread_id"].as_string()
    return select(
        Interaction.id,
        Interaction.kind,
        Interaction.happened_at,
        Interaction.order_id,
        Interaction.contact_id,
        func.coalesce(talk, cast(Interaction.id, String)).label("talk"),
    ).where(
        Interaction.customer_id.in_(select_family(customer_id)),
        or_(said, answered, Interaction.kind == NAMED),
        Interaction.happened_at > DB_NOW - REPEAT_SPAN,
    )


def _repeated(order_id: UUID, newest_first: Sequence[InteractionFacts]) -> RepeatedContact:
    """Return the contacts about an order, and who answered each."""
    contacts: list[InteractionFacts] = []
    answered_by: dict[int, str] = {}
    unanswered: dict[object, list[int]] = {}
    for told in reversed(newest_first):
        talk = told.facts.get("thread_id")
        if told.kind == ANSWERED:
            answered_by |= dict.fromkeys(unanswered.pop(talk, []), told.actor_name)
        else:
            contacts.append(told)
            unanswered.setdefault(talk, []).append(told.id)
    return RepeatedContact(order_id, tuple(reversed(contacts)), answered_by)


def count_uncollected(
    session: Session, customer_id: UUID, *, contact_ids: Collection[UUID] | None = None
) -> int:
    """Return how many parcels a customer did not come for within a year.

    With `contact_ids`, only those ordered under these.
    """
    wanted: list[ColumnElement[bool]] = [
        Interaction.customer_id.in_(select_family(customer_id)),
        Interaction.kind == "fulfillment.expired",
        Interaction.happened_at > DB_NOW - UNCOLLECTED_SPAN,
    ]
    if contact_ids is not None:
        wanted.append(Interaction.contact_id.in_(contact_ids))
    found: int = session.execute(
        select(func.count()).select_from(Interaction).where(*wanted)
    ).scalar_one()
    return found


def is_at_counter(
    session: Session, customer_id: UUID, location_ids: Collection[UUID] | None
) -> bool:
    """Tell whether a customer said who they are in one of these stores today."""
    if not location_ids:
        return False
    found = session.execute(
        select(Interaction.id)
        .where(
            Interaction.customer_id.in_(select_family(customer_id)),
            Interaction.kind == VISIT,
            Interaction.location_id.in_(location_ids),
            Interaction.happened_at > DB_NOW - VISIT_SPAN,
        )
        .limit(1)
    )
    return found.first() is not None


def list_looks(session: Session, customer_id: UUID, *, limit: int = PAGE) -> list[LookFacts]:
    """Return who looked into a customer's file, the newest first."""
    rows = session.execute(
        select(FileLook)
        .where(FileLook.customer_id.in_(select_family(customer_id)))
        .order_by(FileLook.looked_at.desc(), FileLook.id.desc())
        .limit(limit)
    ).scalars()
    return [
        LookFacts(row.looked_at, row.actor_kind, row.actor_id, row.actor_name, row.door, row.seen)
        for row in rows
    ]


def _read(session: Session, *wanted: ColumnElement[bool], limit: int) -> list[InteractionFacts]:
    rows = session.execute(
        select(Interaction, InteractionText.body)
        .outerjoin(InteractionText, InteractionText.interaction_id == Interaction.id)
        .where(*wanted)
        .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
        .limit(limit)
    )
    return [_facts(told, body or "") for told, body in rows]


def _facts(told: Interaction, body: str) -> InteractionFacts:
    return InteractionFacts(
        id=told.id,
        customer_id=told.customer_id,
        happened_at=told.happened_at,
        recorded_at=told.recorded_at,
        kind=told.kind,
        channel=told.channel,
        direction=told.direction,
        actor_kind=told.actor_kind,
        actor_id=told.actor_id,
        actor_name=told.actor_name,
        order_id=told.order_id,
        fulfillment_id=told.fulfillment_id,
        sku=told.sku,
        location_id=told.location_id,
        facts=told.facts,
        text=body,
    )
