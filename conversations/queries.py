"""Reads of conversations: the queue of whoever answers, one thread, and how well it goes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

import customers.queries
import orders.queries
from conversations.commands import Intent, Sender, ThreadStatus
from conversations.errors import UnknownThread
from conversations.models import Thread, ThreadAddress, ThreadEntry
from customers.commands import Direction, TouchChannel
from kernel.actors import SYSTEM, Actor
from kernel.db import plain_rows
from orders.queries import CaseFacts

ENTRIES_MAX: Final = 500
THREADS_MAX: Final = 100
LATELY: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One thing said; `body` is empty once the person was erased."""

    id: int
    said_at: datetime
    channel: TouchChannel
    direction: Direction
    actor_kind: str
    actor_name: str
    automatic: bool
    body: str
    reference: str | None = None
    """Of what came from elsewhere: what it is called there, the Message-ID of an e-mail."""


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """A conversation as staff see it; `case` is the open one while it waits for us."""

    id: UUID
    status: ThreadStatus
    intent: Intent
    began_on: TouchChannel
    channel: TouchChannel
    language: str
    writer: str
    subject: str
    customer_id: UUID | None
    contact_id: UUID | None
    order_id: UUID | None
    cart_id: UUID | None
    claimed: bool
    brand_id: UUID | None
    location_id: UUID | None
    owner_id: UUID | None
    transfers: int
    opened_at: datetime
    waiting_since: datetime | None
    first_reply_at: datetime | None
    seen_at: datetime | None
    closed_at: datetime | None
    reopened_at: datetime | None
    case: CaseFacts | None = None


def case_key(thread_id: UUID) -> str:
    """Return the key of the one case that is open while a conversation waits for us."""
    return f"thread:{thread_id}"


def get_thread(session: Session, thread_id: UUID, *, actor: Actor) -> ThreadFacts:
    """Return a conversation with its open case.

    Raises UnknownThread, also for those that are none of the actor's.
    """
    row = session.execute(
        select(*Thread.__table__.columns).where(Thread.id == thread_id, seen_by(actor))
    ).one_or_none()
    if row is None:
        raise UnknownThread(thread_id=str(thread_id))
    case = orders.queries.find_open_case(session, case_key(thread_id))
    return facts_of(row, case)


def list_entries(session: Session, thread_id: UUID, *, after: int = 0) -> list[EntryFacts]:
    """Return what was said in a conversation after an entry, oldest first."""
    rows = session.execute(
        select(*ThreadEntry.__table__.columns)
        .where(ThreadEntry.thread_id == thread_id, ThreadEntry.id > after)
        .order_by(ThreadEntry.id)
        .limit(ENTRIES_MAX)
    )
    return [_entry(row) for row in rows]


def list_entries_of(session: Session, thread_ids: Collection[UUID]) -> dict[UUID, list[EntryFacts]]:
    """Return what was said in each of these conversations, oldest first, in one statement."""
    found: dict[UUID, list[EntryFacts]] = {each: [] for each in thread_ids}
    rows = session.execute(
        select(*ThreadEntry.__table__.columns)
        .where(ThreadEntry.thread_id.in_(found))
        .order_by(ThreadEntry.id)
        .limit(ENTRIES_MAX * max(len(found), 1))
    )
    for row in rows:
        found[row.thread_id].append(_entry(row))
    return found


def count_come(session: Session, sources: Collection[str], *, within: timedelta) -> dict[str, int]:
    """Return how much came in from each of these sources within a time until now."""
    rows = session.execute(
        select(ThreadEntry.source, func.count())
        .where(ThreadEntry.source.in_(sources))
        .where(ThreadEntry.said_at > func.statement_timestamp() - within)
        .group_by(ThreadEntry.source)
    )
    return {source: count for source, count in rows if source is not None}


def find_entry(session: Session, entry_id: int) -> EntryFacts | None:
    """Return one thing said, if it is there."""
    thread_id = session.execute(
        select(ThreadEntry.thread_id).where(ThreadEntry.id == entry_id)
    ).scalar_one_or_none()
    if thread_id is None:
        return None
    return next(iter(list_entries(session, thread_id, after=entry_id - 1)), None)


def count_unseen(session: Session, thread_id: UUID) -> int:
    """Return how much we said in a conversation that whoever wrote has not looked at."""
    return session.execute(
        select(func.count())
        .select_from(ThreadEntry)
        .join(Thread, Thread.id == ThreadEntry.thread_id)
        .where(
            Thread.id == thread_id,
            ThreadEntry.direction == Direction.OUT,
            or_(Thread.seen_at.is_(None), ThreadEntry.said_at > Thread.seen_at),
        )
    ).scalar_one()


def usual_wait(session: Session, location_id: UUID | None) -> timedelta | None:
    """Return how long people waited lately for a first answer in the chat; None when nobody did.

    It is the median of the last hours, or as long as somebody waits already, if that is longer.
    """
    now = func.statement_timestamp()
    here = (
        Thread.location_id.is_(None) if location_id is None else Thread.location_id == location_id
    )
    answered = func.extract("epoch", Thread.first_reply_at - Thread.opened_at)
    waiting = func.extract("epoch", now - Thread.opened_at)
    is_waiting = Thread.status == ThreadStatus.WAITING
    found = session.execute(
        select(
            func.greatest(
                func.percentile_cont(0.5).within_group(answered),
                func.max(waiting).filter(is_waiting, Thread.first_reply_at.is_(None)),
            )
        ).where(here, Thread.began_on == TouchChannel.CHAT, Thread.opened_at > now - LATELY)
    ).scalar()
    return None if found is None else timedelta(seconds=float(found))


def list_threads_of(
    session: Session, customer_id: UUID, *, actor: Actor = SYSTEM, limit: int = THREADS_MAX
) -> list[ThreadFacts]:
    """Return the conversations of a customer, and of everybody merged with them; newest first."""
    return _list(session, Thread.customer_id.in_(_family(session, customer_id)), actor, limit)


def list_threads_about(
    session: Session, order_id: UUID, *, actor: Actor = SYSTEM, limit: int = THREADS_MAX
) -> list[ThreadFacts]:
    """Return the conversations about an order, the newest first."""
    return _list(session, Thread.order_id == order_id, actor, limit)


def find_going_on(
    session: Session, *, contact_ids: Sequence[UUID], order_id: UUID | None = None
) -> UUID | None:
    """Return the newest conversation not ended with one of these contacts, about this order."""
    wanted: list[ColumnElement[bool]] = [
        Thread.contact_id.in_(contact_ids),
        Thread.closed_at.is_(None),
    ]
    if order_id is not None:
        wanted.append(Thread.order_id == order_id)
    return (
        session.execute(
            select(Thread.id).where(*wanted).order_by(Thread.opened_at.desc(), Thread.id.desc())
        )
        .scalars()
        .first()
    )


def find_address(session: Session, thread_id: UUID, channel: TouchChannel) -> Sender | None:
    """Return where somebody wrote from in a conversation on a channel, if they did."""
    row = session.get(ThreadAddress, (thread_id, channel))
    return Sender(row.channel, row.source, row.value) if row is not None else None


def select_visible_entries(
    actor: Actor, location_id: UUID | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the statement of what was said in an actor's conversations: one location's, or all."""
    here = true() if location_id is None else Thread.location_id == location_id
    threads = select(Thread.id).where(seen_by(actor), here)
    return select(ThreadEntry.id).where(ThreadEntry.thread_id.in_(threads))


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return what is true of the conversations of an actor: as with cases, and what they answer."""
    seen = orders.queries.seen_as(actor, Thread.location_id, Thread.order_id, Thread.brand_id)
    if actor.id is None:
        return seen
    return or_(seen, and_(Thread.owner_id == actor.id, of_brand(actor)))


def of_brand(actor: Actor) -> ColumnElement[bool]:
    """Return what is true of conversations that whoever is of an actor's brand may know of."""
    return true() if actor.brand_id is None else Thread.brand_id == actor.brand_id


def _list(
    session: Session, wanted: ColumnElement[bool], actor: Actor, limit: int
) -> list[ThreadFacts]:
    rows = session.execute(
        select(*Thread.__table__.columns)
        .where(wanted, seen_by(actor))
        .order_by(Thread.opened_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    return [facts_of(row) for row in rows]


def _family(session: Session, customer_id: UUID) -> Sequence[UUID]:
    return customers.queries.list_family(session, customer_id)


def _entry(row: Row[Any]) -> EntryFacts:
    return EntryFacts(
        row.id,
        row.said_at,
        row.channel,
        row.direction,
        row.actor_kind,
        row.actor_name,
        row.automatic,
        row.body,
        row.reference,
    )


def facts_of(row: Row[Any], case: CaseFacts | None = None) -> ThreadFacts:
    """Return a row of conversations in the shape others see."""
    return ThreadFacts(**row._mapping, case=case)  # noqa: SLF001 (SQLAlchemy's public name)


@dataclass(frozen=True, slots=True)
class Party:
    """Whose conversations are meant, by all that ties one to somebody.

    `family` is a customer with whoever was merged with them; `written_from` are sources with what
    they write from there, which tell conversations of before anybody knew whose they were.
    """

    family: Collection[UUID] = ()
    contact_ids: Collection[UUID] = ()
    cart_ids: Collection[UUID] = ()
    written_from: Collection[tuple[str, str]] = ()
    thread_ids: Collection[UUID] = ()


def select_threads_of(party: Party) -> ColumnElement[bool]:
    """Return what tells somebody's conversations: theirs, their contacts', about their baskets."""
    same = select(ThreadAddress.thread_id).where(
        tuple_(ThreadAddress.source, ThreadAddress.value).in_(party.written_from)
    )
    return or_(
        Thread.customer_id.in_(party.family),
        Thread.contact_id.in_(party.contact_ids),
        Thread.cart_id.in_(party.cart_ids),
        Thread.id.in_(party.thread_ids),
        and_(Thread.customer_id.is_(None), Thread.contact_id.is_(None), Thread.id.in_(same)),
    )


def find_unknown(session: Session, thread_id: UUID, *, actor: Actor) -> Party:
    """Return who is known only by a conversation: where they write from, and nothing else.

    Raises UnknownThread, also where it is known who they are.
    """
    thread = get_thread(session, thread_id, actor=actor)
    if thread.customer_id is not None or thread.contact_id is not None:
        raise UnknownThread(thread_id=str(thread_id))
    rows = session.execute(
        select(ThreadAddress.source, ThreadAddress.value).where(
            ThreadAddress.thread_id == thread_id
        )
    )
    written_from = [(row.source, row.value) for row in rows]
    return Party(written_from=written_from, thread_ids=[thread_id])


def count_waiting_of(session: Session, party: Party) -> int:
    """Return how many conversations of somebody wait for our answer."""
    theirs = select_threads_of(party)
    counted = select(func.count()).where(theirs, Thread.status == ThreadStatus.WAITING)
    return session.execute(counted.select_from(Thread)).scalar_one()


def export_conversations(session: Session, party: Party) -> dict[str, list[dict[str, Any]]]:
    """Return the conversations of somebody, all that was said in them, and how they ended."""
    theirs = select_threads_of(party)
    ids = select(Thread.id).where(theirs)
    said = select(*ThreadEntry.__table__.columns).where(ThreadEntry.thread_id.in_(ids))
    keys = [case_key(each) for each in session.execute(ids).scalars()]
    return {
        "conversations": plain_rows(session, select(*Thread.__table__.columns).where(theirs)),
        "entries": plain_rows(session, said.order_by(ThreadEntry.id)),
        "written_from": plain_rows(
            session,
            select(*ThreadAddress.__table__.columns).where(ThreadAddress.thread_id.in_(ids)),
        ),
        "cases": orders.queries.forgetting.export_cases(session, keys),
    }
