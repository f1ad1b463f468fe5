"""What staff look through: conversations by whose turn it is, and how well they are answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Interval,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

import customers.queries
import orders.queries
from conversations.commands import Intent, ThreadStatus
from conversations.models import SAME_MATTER, Thread, ThreadEntry
from conversations.queries import THREADS_MAX, ThreadFacts, facts_of, of_brand, seen_by
from customers.commands import Direction, TouchChannel
from kernel.actors import Actor
from kernel.ids import read_order_number
from orders.commands import CaseKind
from orders.errors import OrderOfAnother

HALF: Final = 0.5
WRITTEN: Final = frozenset(
    {TouchChannel.CHAT, TouchChannel.SOCIAL, TouchChannel.EMAIL, TouchChannel.SMS}
)
"""Where whoever wrote is answered as they wrote, known or not."""
WAYS: Final = (
    TouchChannel.CHAT,
    TouchChannel.SOCIAL,
    TouchChannel.EMAIL,
    TouchChannel.SMS,
    TouchChannel.PHONE,
)


@dataclass(frozen=True, slots=True)
class WantedThreads:
    """Which conversations are wanted; what is None or empty does not matter.

    `at_desk` are those without a store. `owner_id` is who answered last.
    """

    statuses: Sequence[ThreadStatus] = ()
    location_id: UUID | None = None
    at_desk: bool = False
    channel: TouchChannel | None = None
    intent: Intent | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Whom and what a conversation is about, as somebody of ours named them."""

    customer_id: UUID | None = None
    contact_id: UUID | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How well conversations that began in a time were answered, on one channel by one place.

    Medians in minutes of the clock on the wall; None without any. `resolved_first` are those of
    `ended` that ended without a transfer, and whose customer did not come back within a week.
    """

    channel: TouchChannel
    location_id: UUID | None
    opened: int
    answered: int
    ended: int
    resolved_first: int
    transfers: int
    late: int
    first_reply_min: float | None
    resolution_min: float | None


def list_threads(
    session: Session,
    wanted: WantedThreads,
    *,
    actor: Actor,
    after: tuple[datetime, UUID] | None = None,
    limit: int = THREADS_MAX,
) -> list[ThreadFacts]:
    """Return conversations of the actor's, the newest first.

    `after` is when the last one of the page before began, and its id.
    """
    where = [seen_by(actor), *_tests(wanted)]
    if after is not None:
        where.append(tuple_(Thread.opened_at, Thread.id) < tuple_(*after))
    rows = session.execute(
        select(*Thread.__table__.columns)
        .where(*where)
        .order_by(Thread.opened_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    return [facts_of(row) for row in rows]


def list_named(session: Session, thread_ids: Iterable[UUID], *, actor: Actor) -> list[ThreadFacts]:
    """Return these conversations, as far as they are the actor's."""
    rows = session.execute(
        select(*Thread.__table__.columns).where(Thread.id.in_(list(thread_ids)), seen_by(actor))
    )
    return [facts_of(row) for row in rows]


def find_known_of(session: Session, thread_ids: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Return those of these conversations that are with the actor's brand."""
    found = select(Thread.id).where(Thread.id.in_(list(thread_ids)), of_brand(actor))
    return set(session.execute(found).scalars())


def find_named(
    session: Session, *, customer_id: UUID | None, order_number: str | None, actor: Actor
) -> Named:
    """Return whom and what an actor means who names a customer, or one of their orders, or both.

    Raises UnknownCustomer or UnknownOrder, also for who is none of the actor's, or OrderOfAnother.
    """
    if not order_number:
        if customer_id is None:
            return Named()
        return Named(orders.queries.get_person(session, customer_id, actor=actor).id)
    number = read_order_number(order_number) or order_number
    order = orders.queries.get_order_by_number(session, number, actor=actor)
    owner = None
    if order.contact_id is not None:
        owner = customers.queries.list_contact_owners(session, [order.contact_id])[order.contact_id]
    if customer_id is not None and customers.queries.whose(session, customer_id) != owner:
        raise OrderOfAnother
    return Named(owner, order.contact_id, order.id)


def own_place(actor: Actor) -> UUID | None:
    """Return the store of somebody who works in one; None for head office."""
    if actor.is_central or not actor.location_ids:
        return None
    return min(actor.location_ids)


def list_ways(session: Session, thread: ThreadFacts) -> list[TouchChannel]:
    """Return on which channels they can be answered, the usual one first.

    They were called: that is a way with everybody.
    """
    contact = None
    if thread.contact_id is not None:
        contact = customers.queries.get_contacts(session, [thread.contact_id]).get(
            thread.contact_id
        )
    usual = TouchChannel.EMAIL if thread.channel is TouchChannel.FORM else thread.channel
    known = {TouchChannel.PHONE}
    known |= {TouchChannel.EMAIL} if contact and contact.email else set()
    known |= {TouchChannel.SMS} if contact and contact.phone else set()
    known |= {thread.channel} & WRITTEN
    ways = [usual, *WAYS]
    return list(dict.fromkeys(each for each in ways if each in known))


def list_figures(
    session: Session, *, begins: datetime, ends: datetime, actor: Actor
) -> list[Figures]:
    """Return how well the actor's conversations were answered that began in a time."""
    late = Thread.id.in_(orders.queries.select_late_abouts(CaseKind.CONVERSATION))
    rows = session.execute(
        select(
            Thread.began_on.label("channel"),
            Thread.location_id,
            func.count().label("opened"),
            func.count(Thread.first_reply_at).label("answered"),
            func.count(Thread.closed_at).label("ended"),
            func.count().filter(resolved_at_first_contact()).label("resolved_first"),
            func.sum(Thread.transfers).label("transfers"),
            func.count().filter(late).label("late"),
            _median_min(Thread.first_reply_at).label("first_reply_min"),
            _median_min(Thread.closed_at).label("resolution_min"),
        )
        .where(Thread.opened_at >= begins, Thread.opened_at < ends, seen_by(actor))
        .group_by(Thread.began_on, Thread.location_id)
        .order_by(Thread.began_on, Thread.location_id)
    )
    return [Figures(**row) for row in rows.mappings()]


def resolved_at_first_contact() -> ColumnElement[bool]:
    """Return what is true of conversations that were all a customer needed.

    They ended, whoever got them first ended them, and the customer did not come back with the same
    order or matter within a week: neither to this conversation nor in a new one, nor as another
    customer who is the same person.
    """
    later = aliased(Thread)
    again = and_(
        later.id != Thread.id,
        or_(later.order_id == Thread.order_id, later.intent == Thread.intent),
        tuple_(later.opened_at, later.id) > tuple_(Thread.opened_at, Thread.id),
        later.opened_at <= Thread.closed_at + literal(SAME_MATTER, Interval()),
    )
    same_person = or_(
        later.customer_id == Thread.customer_id, later.contact_id == Thread.contact_id
    )
    joined = customers.queries.select_joined()
    as_another = exists().where(
        joined.c.id == Thread.customer_id, later.customer_id == joined.c.other_id, again
    )
    was_joined = Thread.customer_id.in_(select(joined.c.id))  # nearly nobody: it is asked first
    came_back = or_(exists().where(same_person, again), and_(was_joined, as_another))
    return and_(
        Thread.status == ThreadStatus.CLOSED,
        Thread.transfers == 0,
        Thread.reopened_at.is_(None),
        ~came_back,
    )


def has_open_complaint(session: Session, customer_id: UUID, *, actor: Actor) -> bool:
    """Tell whether a complaint of a customer's, or of who was merged with them, has not ended."""
    family = customers.queries.list_family(session, customer_id)
    found = select(Thread.id).where(
        Thread.customer_id.in_(family),
        Thread.intent == Intent.COMPLAINT,
        Thread.closed_at.is_(None),
        of_brand(actor),
    )
    return session.execute(found.limit(1)).first() is not None


def was_resolved_first(session: Session, thread_id: UUID) -> bool:
    """Tell whether a conversation was all its customer needed, as it is known now."""
    found = select(Thread.id).where(Thread.id == thread_id, resolved_at_first_contact())
    return session.execute(found).first() is not None


def answered_since(session: Session, thread_id: UUID, seen: int, *, actor: Actor) -> bool:
    """Tell whether a colleague of the actor answered after the last entry they had read."""
    later = select(ThreadEntry.id).where(
        ThreadEntry.thread_id == thread_id,
        ThreadEntry.id > seen,
        ThreadEntry.direction == Direction.OUT,
        ThreadEntry.automatic.is_(False),
        ThreadEntry.actor_id.is_distinct_from(actor.id),
    )
    return session.execute(later.limit(1)).first() is not None


def _tests(wanted: WantedThreads) -> Iterable[ColumnElement[bool]]:
    if wanted.statuses:
        yield Thread.status.in_(wanted.statuses)
    if wanted.location_id is not None:
        yield Thread.location_id == wanted.location_id
    if wanted.at_desk:
        yield Thread.location_id.is_(None)
    if wanted.channel is not None:
        yield Thread.channel == wanted.channel
    if wanted.intent is not None:
        yield Thread.intent == wanted.intent
    if wanted.owner_id is not None:
        yield Thread.owner_id == wanted.owner_id


def _median_min(until: InstrumentedAttribute[datetime | None]) -> ColumnElement[float]:
    minutes = func.extract("epoch", until - Thread.opened_at) / 60
    return func.percentile_cont(HALF).within_group(minutes.cast(Float))
