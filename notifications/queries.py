"""Reads of messages, and the shape others may see: no address and no words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from notifications.commands import Channel, MessageStatus, Template
from notifications.errors import UnknownMessage
from notifications.models import Message

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The truth about one message's way; `note` says why it is not simply sent.

    `reference` is also the aggregate of its history, where somebody asked for it to go again.
    """

    id: int
    reference: UUID
    order_id: UUID
    fulfillment_id: UUID
    contact_id: UUID | None
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


def list_messages(session: Session, order_id: UUID) -> list[MessageFacts]:
    """Return what was owed to an order's customer, oldest first.

    The caller has made sure that the order is one its actor may see.
    """
    rows = session.execute(
        select(Message).where(Message.order_id == order_id).order_by(Message.id)
    ).scalars()
    return _facts(rows)


def get_message(session: Session, message_id: int) -> MessageFacts:
    """Return one message about an order.

    Raises UnknownMessage.
    """
    row = session.get(Message, message_id)
    found = _facts([row] if row else [])
    if not found:
        raise UnknownMessage
    return found[0]


def list_log(
    session: Session,
    wanted: LogFilter,
    *,
    parcels: Select[*tuple[Any, ...]],
    skip: int = 0,
) -> tuple[list[MessageFacts], int]:
    """Return a page of the messages about these parcels, newest first, and how many there are.

    `parcels` is the statement of the ids of parcels the asker may see.
    """
    where = [Message.fulfillment_id.in_(parcels), *_tests(wanted)]
    rows = session.execute(
        select(Message).where(*where).order_by(Message.id.desc()).offset(skip).limit(PAGE_ROWS)
    ).scalars()
    found = _facts(rows)
    count = session.execute(select(func.count()).select_from(Message).where(*where)).scalar_one()
    return found, count


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
        if row.order_id is not None and row.fulfillment_id is not None
    ]
