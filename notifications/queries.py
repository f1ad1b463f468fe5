"""Reads of messages, and the shape others may see: no address and no words."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from kernel.db import plain_rows
from notifications.commands import Channel, MessageStatus, Template
from notifications.errors import UnknownMessage
from notifications.models import Message

PAGE_ROWS: Final = 50
OWN_ID: Final = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
"""A Message-ID of ours begins with the reference of its message."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The truth about one message's way; `note` says why it is not simply sent.

    It is about a parcel of an order, a wish, a case, or what runs low at a location.
    `reference` is also the aggregate of its history, where somebody asked for it to go again.
    """

    id: int
    reference: UUID
    order_id: UUID | None
    fulfillment_id: UUID | None
    contact_id: UUID | None
    staff_id: UUID | None
    wish_id: UUID | None
    cart_id: UUID | None
    case_id: UUID | None
    location_id: UUID | None
    entry_id: int | None
    template: Template
    channel: Channel
    language: str
    status: MessageStatus
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    possible_duplicate: bool
    attempts: int
    note: str | None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which messages of the log are wanted; what is None does not matter."""

    status: MessageStatus | None = None
    channel: Channel | None = None
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class LogScope:
    """Of what the asker may see messages: the statements of their ids.

    `location_ids` are the stores of whose low stock they may read; None is every store.
    """

    parcels: Select[*tuple[Any, ...]]
    wishes: Select[*tuple[Any, ...]]
    cases: Select[*tuple[Any, ...]]
    carts: Select[*tuple[Any, ...]]
    entries: Select[*tuple[Any, ...]]
    location_ids: Collection[UUID] | None


def find_order_told(session: Session, message_ids: Sequence[str]) -> UUID | None:
    """Return the order that the first e-mail of ours among these Message-IDs spoke of."""
    found = (OWN_ID.match(each) for each in message_ids)
    references = [UUID(each[1]) for each in found if each is not None]
    rows = session.execute(
        select(Message.reference, Message.order_id).where(Message.reference.in_(references))
    )
    told = {row.reference: row.order_id for row in rows}
    return next(filter(None, map(told.get, references)), None)


def list_messages(session: Session, order_id: UUID) -> list[MessageFacts]:
    """Return what was owed to an order's customer, oldest first.

    The caller has made sure that the order is one its actor may see.
    """
    rows = session.execute(
        select(Message).where(Message.order_id == order_id).order_by(Message.id)
    ).scalars()
    return _facts(rows)


def list_of_entries(session: Session, entry_ids: Collection[int]) -> dict[int, list[MessageFacts]]:
    """Return the messages that bring answers, by entry of their conversation, oldest first.

    The caller has made sure that the conversation is one its actor may see.
    """
    found: dict[int, list[MessageFacts]] = {}
    if not entry_ids:
        return found
    rows = session.execute(
        select(Message).where(Message.entry_id.in_(entry_ids)).order_by(Message.id)
    ).scalars()
    for each in _facts(rows):
        if each.entry_id is not None:
            found.setdefault(each.entry_id, []).append(each)
    return found


def get_message(session: Session, message_id: int) -> MessageFacts:
    """Return one message about an order.

    Raises UnknownMessage.
    """
    row = session.get(Message, message_id)
    if row is None or row.order_id is None:
        raise UnknownMessage
    return _facts([row])[0]


def export_messages(session: Session, contact_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Return what was owed and sent to these people: which words, when, on which channel."""
    wanted = (
        Message.id,
        Message.order_id,
        Message.channel,
        Message.template,
        Message.template_version,
        Message.language,
        Message.status,
        Message.created_at,
        Message.sent_at,
        Message.note,
    )
    theirs = Message.contact_id.in_(contact_ids)
    return plain_rows(session, select(*wanted).where(theirs).order_by(Message.id))


def list_log(
    session: Session, wanted: LogFilter, *, seen: LogScope, skip: int = 0
) -> tuple[list[MessageFacts], int]:
    """Return a page of the messages the asker may see, newest first, and how many there are."""
    where = [_seen(seen), *_tests(wanted)]
    rows = session.execute(
        select(Message).where(*where).order_by(Message.id.desc()).offset(skip).limit(PAGE_ROWS)
    ).scalars()
    found = _facts(rows)
    count = session.execute(select(func.count()).select_from(Message).where(*where)).scalar_one()
    return found, count


def _seen(seen: LogScope) -> ColumnElement[bool]:
    low = Message.location_id.is_not(None)
    if seen.location_ids is not None:
        low = Message.location_id.in_(seen.location_ids)
    return or_(
        Message.fulfillment_id.in_(seen.parcels),
        Message.wish_id.in_(seen.wishes),
        Message.case_id.in_(seen.cases),
        Message.cart_id.in_(seen.carts),
        Message.entry_id.in_(seen.entries),
        low,
    )


def _tests(wanted: LogFilter) -> Sequence[ColumnElement[bool]]:
    pairs = (
        (Message.status, wanted.status),
        (Message.channel, wanted.channel),
        (Message.template, wanted.template),
    )
    return [column == value for column, value in pairs if value is not None]


def _facts(rows: Iterable[Message]) -> list[MessageFacts]:
    return [
        MessageFacts(
            id=row.id,
            reference=row.reference,
            order_id=row.order_id,
            fulfillment_id=row.fulfillment_id,
            contact_id=row.contact_id,
            staff_id=row.staff_id,
            wish_id=row.wish_id,
            cart_id=row.cart_id,
            case_id=row.case_id,
            location_id=row.location_id,
            entry_id=row.entry_id,
            template=row.template,
            channel=row.channel,
            language=row.language,
            status=row.status,
            created_at=row.created_at,
            due_at=row.due_at,
            sent_at=row.sent_at,
            possible_duplicate=row.possible_duplicate,
            attempts=row.attempts,
            note=row.note,
        )
        for row in rows
    ]
