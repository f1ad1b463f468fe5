"""What happened between a customer and us, on every channel, and what of it matters now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from customers.commands import Direction, TouchChannel
from customers.models import FileLook, Interaction, InteractionText
from customers.queries.resolving import select_family
from kernel.clock import DB_NOW

PAGE: Final = 50
WRITTEN, ANSWERED = "thread.received", "thread.answered"
CONTACTS: Final = ("call", "chat", "email", "form", "message", "visit", WRITTEN)
"""Kinds of interaction in which a customer turned to us and somebody of ours listened."""
SAME_TURN: Final = timedelta(minutes=30)
"""What is said in one conversation so soon after what was said before is one contact with it."""
LINES_MAX: Final = 500
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

    With `contact_ids`, only what was said under these.
    """
    wanted: list[ColumnElement[bool]] = [
        Interaction.customer_id.in_(select_family(customer_id)),
        or_(
            and_(Interaction.direction == Direction.IN, Interaction.kind.in_(CONTACTS)),
            Interaction.kind == ANSWERED,
        ),
        Interaction.order_id.is_not(None),
        Interaction.happened_at > DB_NOW - REPEAT_SPAN,
    ]
    if contact_ids is not None:
        wanted.append(Interaction.contact_id.in_(contact_ids))
    by_order: dict[UUID, list[InteractionFacts]] = {}
    for row in _read(session, *wanted, limit=LINES_MAX):
        if row.order_id is not None:
            by_order.setdefault(row.order_id, []).append(row)
    found = [_repeated(order_id, each) for order_id, each in by_order.items()]
    return [each for each in found if len(each.contacts) >= least]


def _repeated(order_id: UUID, newest_first: Sequence[InteractionFacts]) -> RepeatedContact:
    """Return the contacts among what was said about an order, and who answered each."""
    contacts: list[InteractionFacts] = []
    answered_by: dict[int, str] = {}
    spoke_at: dict[object, datetime] = {}
    unanswered: dict[object, list[int]] = {}
    for told in reversed(newest_first):
        talk = told.facts.get("thread_id")
        if told.kind == ANSWERED:
            if not told.facts.get("automatic"):
                answered_by |= dict.fromkeys(unanswered.pop(talk, []), told.actor_name)
            continue
        before = spoke_at.get(talk) if told.kind == WRITTEN else None
        spoke_at[talk] = told.happened_at
        if before is None or told.happened_at - before > SAME_TURN:
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
