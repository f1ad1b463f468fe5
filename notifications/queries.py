"""Reads of messages, and the shape others may see: no address and no words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.commands import Channel, MessageStatus, Template
from notifications.models import Message


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The truth about one message's way; `note` says why it is not simply sent."""

    id: int
    fulfillment_id: UUID
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


def list_messages(session: Session, order_id: UUID) -> list[MessageFacts]:
    """Return what was owed to an order's customer, oldest first.

    The caller has made sure that the order is one its actor may see.
    """
    rows = session.execute(
        select(Message).where(Message.order_id == order_id).order_by(Message.id)
    ).scalars()
    return [
        MessageFacts(
            id=row.id,
            fulfillment_id=row.fulfillment_id,
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
