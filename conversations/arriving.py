"""Which conversation something belongs to that came in by itself, and whose it is.

In this order: a token of ours, what it answers, the conversation that goes on with whoever writes
from there, about the order they name if it is theirs; else a new one. An order is never found by
its number alone: who names somebody else's has named nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import customers.queries
import orders.queries
import stores.queries
from conversations import services
from conversations.commands import Arrived, Intent, OpenThread, Sender
from conversations.models import Thread, ThreadAddress, ThreadEntry
from customers.commands import TouchChannel
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.ids import read_order_number
from orders.errors import UnknownOrder

NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z]{3}[-\u2011 ]?[0-9A-Za-z]{4}(?![0-9A-Za-z])"
)
NUMBERS_MAX: Final = 20
"""So many words that could be order numbers are looked up."""
CUT: Final = " […]"
LANGUAGE: Final = "fr"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Where something that came in stands now; `is_new` unless it had been taken in before."""

    thread_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Whose:
    """Who writes, and about which order of theirs; None where that is not known."""

    customer_id: UUID | None = None
    contact_id: UUID | None = None
    order_id: UUID | None = None
    language: str | None = None


def take_in(session: Session, arrived: Arrived) -> TakenIn:
    """Have something that came in stand in its conversation, which waits for us from now on.

    What has been taken in before changes nothing. Of one sender, and of one customer from wherever
    they write, one thing is taken in at a time.

    Raises NothingSaid.
    """
    sender, said = arrived.sender, arrived.said
    _take_turn(session, f"{sender.source} {sender.value}")
    before = _find_answered(session, said.source, (said.reference or "",))
    if before is not None:
        return TakenIn(before, is_new=False)
    arrived = replace(arrived, said=replace(said, body=_cut(said.body)))
    whose = _read_whose(session, arrived)
    if whose.customer_id is not None:
        _take_turn(session, str(whose.customer_id))
    actor = Actor(kind=ActorKind.SHOPPER, name=arrived.writer, customer_id=whose.customer_id)
    thread_id = _find_thread(session, arrived, whose)
    if thread_id is None:
        thread_id = _open(session, arrived, whose, actor)
    else:
        services.receive(session, thread_id, arrived.said, actor=actor)
        _name(session, thread_id, arrived.sender, whose)
    _keep_address(session, thread_id, arrived.sender)
    return TakenIn(thread_id, is_new=True)


def _take_turn(session: Session, who: str) -> None:
    """Wait until whatever else came from the same address, or person, has been taken in."""
    key = func.hashtextextended(f"arriving {who}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _cut(body: str) -> str:
    body = body.strip()
    return body if len(body) <= services.BODY_MAX else body[: services.BODY_MAX - len(CUT)] + CUT


def _read_whose(session: Session, arrived: Arrived) -> _Whose:
    sender = arrived.sender
    customer_id = customers.queries.find_writer(session, source=sender.source, value=sender.value)
    if customer_id is None:
        return _Whose()
    order_id, ordered_as = _find_order(session, arrived, customer_id)
    if sender.channel is TouchChannel.SOCIAL:  # whoever leaves it can be told otherwise
        contacts = customers.queries.list_contacts_of(session, customer_id)
        contact_id = ordered_as or next(iter(contacts), None)
    else:
        contact_id = customers.queries.find_contact_written_from(
            session, customer_id, value=sender.value
        )
    contact = customers.queries.get_contacts(session, [contact_id]).get(contact_id)
    language = contact.language if contact_id and contact else None
    return _Whose(customer_id, contact_id, order_id, language)


def _find_order(
    session: Session, arrived: Arrived, customer_id: UUID
) -> tuple[UUID | None, UUID | None]:
    """Return the order of this customer's that is answered or named, and the contact it is for.

    Who turns to a brand means one of its orders.
    """
    for order_id, contact_id in _named(session, arrived):
        owners = customers.queries.list_contact_owners(session, [contact_id])
        if owners.get(contact_id) == customer_id:
            return order_id, contact_id
    return None, None


def _named(session: Session, arrived: Arrived) -> Iterator[tuple[UUID, UUID]]:
    if arrived.order_id is not None:
        told = orders.queries.get_order(session, arrived.order_id, actor=SYSTEM)
        if told.contact_id is not None and _turns_to(arrived, told.brand_id):
            yield told.id, told.contact_id
    words = NUMBER.findall(f"{arrived.subject}\n{arrived.said.body}")[:NUMBERS_MAX]
    for number in dict.fromkeys(filter(None, map(read_order_number, words))):
        try:
            order = orders.queries.get_order_by_number(session, number, actor=SYSTEM)
        except UnknownOrder:
            continue
        if order.contact_id is not None and _turns_to(arrived, order.brand_id):
            yield order.id, order.contact_id


def _turns_to(arrived: Arrived, brand_id: UUID) -> bool:
    return arrived.brand_id is None or arrived.brand_id == brand_id


def _find_thread(session: Session, arrived: Arrived, whose: _Whose) -> UUID | None:
    if arrived.thread_id is not None and session.get(Thread, arrived.thread_id) is not None:
        return arrived.thread_id
    answered = _find_answered(session, arrived.said.source, arrived.answers)
    return answered or _find_going_on(session, arrived, whose)


def _find_answered(
    session: Session, source: str | None, references: tuple[str, ...]
) -> UUID | None:
    found = select(ThreadEntry.thread_id).where(
        ThreadEntry.source == source, ThreadEntry.reference.in_(references)
    )
    return session.execute(found.order_by(ThreadEntry.id.desc()).limit(1)).scalar_one_or_none()


def _find_going_on(session: Session, arrived: Arrived, whose: _Whose) -> UUID | None:
    """Return the newest conversation with them that has not ended; about their order, or none yet.

    Whoever is not known is found by what they write from, also after they were made known. What
    somebody began who only typed who they are does not go on with who ever ordered: its page would
    show it to them.
    """
    sender = arrived.sender
    same = select(ThreadAddress.thread_id).where(
        ThreadAddress.source == sender.source, ThreadAddress.value == sender.value
    )
    theirs: list[ColumnElement[bool]] = [Thread.id.in_(same)]
    if whose.customer_id is not None:
        family = customers.queries.list_family(session, whose.customer_id)
        ordered = orders.queries.find_last_brand(session, whose.customer_id) is not None
        believed = ~Thread.claimed if ordered else true()
        theirs.append(and_(Thread.customer_id.in_(family), believed))
    wanted: list[ColumnElement[bool]] = [Thread.closed_at.is_(None), or_(*theirs)]
    brand_id = arrived.brand_id or _brand_of(session, whose.order_id)
    if brand_id is not None:
        wanted.append(Thread.brand_id == brand_id)
    if whose.order_id is not None:
        wanted.append(or_(Thread.order_id == whose.order_id, Thread.order_id.is_(None)))
    newest = (Thread.order_id.is_(None), Thread.opened_at.desc(), Thread.id.desc())
    rows = session.execute(select(Thread.id).where(*wanted).order_by(*newest).limit(1))
    return rows.scalar_one_or_none()


def _brand_of(session: Session, order_id: UUID | None) -> UUID | None:
    if order_id is None:
        return None
    return orders.queries.get_order(session, order_id, actor=SYSTEM).brand_id


def _open(session: Session, arrived: Arrived, whose: _Whose, actor: Actor) -> UUID:
    command = OpenThread(
        arrived.said,
        Intent.OTHER,
        _language(session, arrived, whose),
        writer=arrived.writer,
        subject=arrived.subject,
        customer_id=whose.customer_id,
        contact_id=whose.contact_id,
        order_id=whose.order_id,
        brand_id=arrived.brand_id,
    )
    return services.open_thread(session, command, actor=actor)


def _language(session: Session, arrived: Arrived, whose: _Whose) -> str:
    """Return the language they are answered in: theirs if the brand speaks it, else its first."""
    wanted = whose.language or arrived.language
    if arrived.brand_id is None:
        return wanted or LANGUAGE
    spoken = stores.queries.get_brand(session, arrived.brand_id).languages
    return wanted if wanted in spoken else spoken[0]


def _name(session: Session, thread_id: UUID, sender: Sender, whose: _Whose) -> None:
    """Have it be known who writes and about what, where that was not known of this conversation."""
    thread = session.get_one(Thread, thread_id)
    if _brand_of(session, whose.order_id) not in {None, thread.brand_id}:
        whose = replace(whose, order_id=None)  # a conversation with one brand stays with it
    if whose.customer_id is None or thread.claimed:
        return
    if thread.customer_id is not None and thread.order_id:
        return
    is_theirs = thread.customer_id is None and _wrote_before(session, thread_id, sender)
    if thread.customer_id is not None:
        is_theirs = customers.queries.whose(session, thread.customer_id) == whose.customer_id
    if is_theirs and (thread.customer_id is None or whose.order_id is not None):
        services.identify_thread(
            session,
            thread_id,
            customer_id=whose.customer_id,
            contact_id=whose.contact_id,
            order_id=whose.order_id,
            actor=SYSTEM,
        )


def _wrote_before(session: Session, thread_id: UUID, sender: Sender) -> bool:
    known = session.get(ThreadAddress, (thread_id, sender.channel))
    return known is not None and (known.source, known.value) == (sender.source, sender.value)


def _keep_address(session: Session, thread_id: UUID, sender: Sender) -> None:
    """Keep where they write from; who comes in later by another's token does not take it over."""
    row = insert(ThreadAddress).values(
        thread_id=thread_id, channel=sender.channel, source=sender.source, value=sender.value
    )
    session.execute(row.on_conflict_do_nothing())
