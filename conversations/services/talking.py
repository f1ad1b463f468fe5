"""Conversations: begun, answered, handed over, ended; while one waits for us, a case is open."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
from conversations.commands import Intent, OpenThread, Said, ThreadStatus
from conversations.desk import answered_since
from conversations.errors import NothingSaid, ThreadTaken, UnknownThread
from conversations.events import (
    EntryReceived,
    EntrySent,
    ThreadEnded,
    ThreadEvent,
    ThreadIdentified,
)
from conversations.models import Thread, ThreadEntry
from conversations.queries import case_key, seen_by
from conversations.routing import find_brand, find_place
from customers.commands import Direction, TouchChannel
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from orders.commands import CaseKind, OpenCase

BODY_MAX: Final = 4_000
ANSWERED: Final = "answered"
FACE_TO_FACE: Final = frozenset({TouchChannel.PHONE, TouchChannel.STORE})
"""Where whoever writes it down has answered already."""
LOOK_LASTS: Final = timedelta(seconds=20)


def open_thread(session: Session, command: OpenThread, *, actor: Actor) -> UUID:
    """Have what somebody turns to us with be answered by a person, or by the assistant first.

    Where no store is named, `conversations.routing` says who answers.

    Raises NothingSaid.
    """
    thread = Thread(
        id=new_id(),
        status=ThreadStatus.AUTOMATIC if command.automatic else ThreadStatus.ANSWERED,
        intent=command.intent,
        began_on=command.said.channel,
        channel=command.said.channel,
        language=command.language,
        writer=command.writer,
        subject=command.subject,
        customer_id=command.customer_id,
        contact_id=command.contact_id,
        order_id=command.order_id,
        cart_id=command.cart_id,
        claimed=command.claimed,
        brand_id=find_brand(session, command),
        location_id=command.location_id
        or find_place(session, command.intent, command.order_id, language=command.language),
    )
    session.add(thread)
    session.flush()
    _hear(session, thread, command.said, actor, command.reply_by)
    return thread.id


def receive(session: Session, thread_id: UUID, said: Said, *, actor: Actor) -> int | None:
    """Take in what somebody says further; None where it had been taken in before.

    It waits for us from now on, unless the assistant answers. An ended conversation opens again.

    Raises UnknownThread or NothingSaid.
    """
    thread = lock_thread(session, thread_id, SYSTEM)
    thread.channel = said.channel
    return _hear(session, thread, said, actor, None)


def take_call(
    session: Session, command: OpenThread, *, resolution: str | None, actor: Actor
) -> UUID:
    """Keep what somebody of ours was told by telephone or in person.

    With a `resolution` that was all of it; otherwise somebody goes on with it, by `reply_by` where
    the customer is to be called back.

    Raises NothingSaid.
    """
    thread_id = open_thread(session, command, actor=actor)
    thread = lock_thread(session, thread_id, SYSTEM)
    if thread.began_on in FACE_TO_FACE:
        thread.first_reply_at = thread.opened_at
    thread.owner_id = actor.id
    session.flush()
    if resolution is not None:
        end_thread(session, thread_id, resolution=resolution, actor=actor)
    return thread_id


def reply(
    session: Session, thread_id: UUID, said: Said, *, seen: int | None = None, actor: Actor
) -> int:
    """Answer, on the channel named; whoever answers has the conversation, and its case is over.

    `seen` is the last entry whoever answers had read: if a colleague answered since, nobody is
    answered twice.

    Raises UnknownThread, NothingSaid, ThreadClosed, or ThreadTaken by somebody else.
    """
    thread = lock_thread(session, thread_id, actor)
    owner_id = orders.services.find_owner(session, case_key(thread.id))
    if owner_id is not None and owner_id != actor.id:
        raise ThreadTaken(thread_id=str(thread.id))
    if seen is not None and answered_since(session, thread.id, seen, actor=actor):
        raise ThreadTaken(thread_id=str(thread.id))
    now = db_now(session)
    thread.move_to(ThreadStatus.ANSWERED, now)
    thread.first_reply_at = thread.first_reply_at or now
    thread.owner_id = actor.id
    entry_id = _write(session, thread.id, said, Direction.OUT, actor)
    assert entry_id is not None  # noqa: S101 (what we say has no reference that could repeat)
    session.flush()
    orders.services.settle_case(session, case_key(thread.id), resolution=ANSWERED, actor=actor)
    tell(session, EntrySent, thread, actor, entry_id=entry_id, automatic=False)
    return entry_id


def answer_automatically(session: Session, thread_id: UUID, body: str) -> int:
    """Have the assistant say something in a conversation that is still its own.

    Raises UnknownThread, NothingSaid, or ThreadTaken once a person answers.
    """
    thread = lock_thread(session, thread_id, SYSTEM)
    if thread.status is not ThreadStatus.AUTOMATIC:
        raise ThreadTaken(thread_id=str(thread.id))
    said = Said(body, thread.channel)
    entry_id = _write(session, thread.id, said, Direction.OUT, SYSTEM, automatic=True)
    assert entry_id is not None  # noqa: S101 (as above)
    tell(session, EntrySent, thread, SYSTEM, entry_id=entry_id, automatic=True)
    return entry_id


def ask_for_person(
    session: Session, thread_id: UUID, *, reply_by: datetime | None = None, actor: Actor
) -> None:
    """End the assistant's part: a person sees the whole of it and goes on from there.

    Raises UnknownThread, or ThreadClosed.
    """
    thread = lock_thread(session, thread_id, SYSTEM)
    if thread.status is ThreadStatus.AUTOMATIC:
        thread.location_id = thread.location_id or find_place(
            session, thread.intent, thread.order_id, language=thread.language
        )
        _wait(session, thread, actor, reply_by)


def change_intent(session: Session, thread_id: UUID, *, intent: Intent, actor: Actor) -> None:
    """Have it be known what somebody turned to us for, where it was taken for something else.

    Raises UnknownThread.
    """
    thread = lock_thread(session, thread_id, actor)
    if thread.intent is intent:
        return
    thread.intent = intent
    session.flush()
    tell(session, ThreadIdentified, thread, actor)


def note(session: Session, thread_id: UUID, body: str, *, actor: Actor) -> int:
    """Keep what colleagues should know about a conversation; nobody outside sees it.

    Raises UnknownThread or NothingSaid.
    """
    thread = lock_thread(session, thread_id, actor)
    entry_id = _write(session, thread.id, Said(body, thread.channel), Direction.WITHIN, actor)
    assert entry_id is not None  # noqa: S101 (as above)
    return entry_id


def end_thread(session: Session, thread_id: UUID, *, resolution: str, actor: Actor) -> None:
    """End a conversation, with what became of the matter.

    Raises UnknownThread.
    """
    thread = lock_thread(session, thread_id, actor)
    if thread.status is ThreadStatus.CLOSED:
        return
    thread.move_to(ThreadStatus.CLOSED, db_now(session))
    session.flush()
    in_words = orders.queries.IN_WORDS  # events are for ever: the words stand in the case
    orders.services.settle_case(
        session, case_key(thread.id), resolution=resolution, reason=in_words, actor=actor
    )
    tell(session, ThreadEnded, thread, actor, reason=in_words)


def see_thread(session: Session, thread_id: UUID) -> None:
    """Keep that whoever wrote has the conversation open in front of them.

    Looking again changes nothing for a while, unless something was said since.
    """
    newest = (
        select(func.max(ThreadEntry.said_at))
        .where(ThreadEntry.thread_id == thread_id)
        .scalar_subquery()
    )
    stale = or_(
        Thread.seen_at.is_(None),
        Thread.seen_at < newest,
        Thread.seen_at < func.statement_timestamp() - LOOK_LASTS,
    )
    session.execute(
        update(Thread)
        .where(Thread.id == thread_id, stale)
        .values(seen_at=func.statement_timestamp())
    )


def lock_thread(session: Session, thread_id: UUID, actor: Actor) -> Thread:
    """Return a conversation of the actor's, kept from others.

    Raises UnknownThread.
    """
    found = session.execute(
        select(Thread)
        .where(Thread.id == thread_id, seen_by(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise UnknownThread(thread_id=str(thread_id))
    return found


def tell(
    session: Session,
    kind: type[ThreadEvent],
    thread: Thread,
    actor: Actor,
    *,
    reason: str | None = None,
    **facts: object,
) -> None:
    """Have it be known what happened in a conversation, as it is now."""
    event = kind(
        thread_id=thread.id,
        channel=thread.channel.value,
        intent=thread.intent.value,
        customer_id=thread.customer_id,
        contact_id=thread.contact_id,
        order_id=thread.order_id,
        location_id=thread.location_id,
        **facts,
    )
    events.record(session, event, actor=actor, reason=reason)


def _hear(
    session: Session, thread: Thread, said: Said, actor: Actor, reply_by: datetime | None
) -> int | None:
    entry_id = _write(session, thread.id, said, Direction.IN, actor)
    if entry_id is None:
        return None
    if thread.status is not ThreadStatus.AUTOMATIC:
        _wait(session, thread, actor, reply_by)
    tell(session, EntryReceived, thread, actor, entry_id=entry_id)
    return entry_id


def _wait(session: Session, thread: Thread, actor: Actor, reply_by: datetime | None) -> None:
    """Have a conversation wait for us: whoever answered last is asked first."""
    thread.move_to(ThreadStatus.WAITING, db_now(session))
    session.flush()
    clock = stores.queries.reckon_reply(
        session, thread.location_id, thread.channel.value, reply_by=reply_by
    )
    command = OpenCase(
        CaseKind.CONVERSATION,
        case_key(thread.id),
        clock.within,
        location_id=thread.location_id,
        order_id=thread.order_id,
        about_id=thread.id,
        brand_id=thread.brand_id,
        facts={"channel": thread.channel.value, "intent": thread.intent.value},
        warned_within=clock.warned_within,
        owner_id=thread.owner_id,
    )
    orders.services.open_case(session, command, actor=actor)


def _write(
    session: Session,
    thread_id: UUID,
    said: Said,
    direction: Direction,
    actor: Actor,
    *,
    automatic: bool = False,
) -> int | None:
    body = said.body.strip()
    if not 1 <= len(body) <= BODY_MAX:
        raise NothingSaid
    return session.execute(
        insert(ThreadEntry)
        .values(
            thread_id=thread_id,
            channel=said.channel,
            direction=direction,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            actor_name=actor.name,
            automatic=automatic,
            body=body,
            source=said.source,
            reference=said.reference,
        )
        .on_conflict_do_nothing(index_elements=["source", "reference"])
        .returning(ThreadEntry.id)
    ).scalar_one_or_none()
