"""What customers were told: each message that went out, when nobody was reached, and when again.

Reminders and receipts are left out: who misses them has been told, or has the goods.
"""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.commands import Topic
from kernel import events
from kernel.actors import SYSTEM
from notifications.commands import FOR_STAFF, MessageStatus, Template
from notifications.events import (
    MessageReached,
    MessageSent,
    MessageUndeliverable,
    MessageWithheld,
)
from notifications.models import Message

GIVEN_UP: Final = (MessageStatus.DEAD, MessageStatus.UNKNOWN)
HOPEFUL: Final = (MessageStatus.DUE, MessageStatus.SENT)
NOT_MISSED: Final = FOR_STAFF | {Template.RECEIPT, Template.REMINDER, Template.BACK_IN_STOCK}


def tell_unreached(session: Session, message: Message) -> None:
    """Record that a customer was told nothing, once no channel is left that may still tell it.

    The message's own end has been flushed.
    """
    if message.order_id is None or message.fulfillment_id is None:
        return
    if message.template in NOT_MISSED:
        return
    given_up, hopeful = session.execute(
        select(
            func.count().filter(Message.status.in_(GIVEN_UP)),
            func.count().filter(Message.status.in_(HOPEFUL)),
        ).where(
            Message.order_id == message.order_id,
            Message.fulfillment_id == message.fulfillment_id,
            Message.event_id == message.event_id,
            Message.template == message.template,
        )
    ).one()
    if not given_up or hopeful:
        return
    fact = MessageUndeliverable(
        message_id=message.reference,
        order_id=message.order_id,
        fulfillment_id=message.fulfillment_id,
        template=message.template.value,
    )
    events.record(session, fact, actor=SYSTEM)


def tell_sent(session: Session, message: Message) -> None:
    """Record that a customer was told something; what staff is told is no history of anybody."""
    if message.contact_id is None:
        return
    fact = MessageSent(
        message_id=message.reference,
        contact_id=message.contact_id,
        order_id=message.order_id,
        fulfillment_id=message.fulfillment_id,
        channel=message.channel.value,
        template=message.template.value,
    )
    events.record(session, fact, actor=SYSTEM)


def tell_withheld(session: Session, message: Message, topic: Topic) -> None:
    """Record that a customer was not told what they had not agreed to be told."""
    if message.contact_id is None:
        return
    fact = MessageWithheld(
        message_id=message.reference,
        contact_id=message.contact_id,
        channel=message.channel.value,
        template=message.template.value,
        topic=topic.value,
    )
    events.record(session, fact, actor=SYSTEM)


def tell_reached(session: Session, message: Message) -> None:
    """Record that a customer was told after all, if a message about the parcel was given up."""
    if message.order_id is None or message.fulfillment_id is None:
        return
    given_up = session.execute(
        select(Message.id)
        .where(
            Message.order_id == message.order_id,
            Message.fulfillment_id == message.fulfillment_id,
            Message.status.in_(GIVEN_UP),
        )
        .limit(1)
    ).first()
    if given_up is None:
        return
    fact = MessageReached(
        message_id=message.reference,
        order_id=message.order_id,
        fulfillment_id=message.fulfillment_id,
        template=message.template.value,
    )
    events.record(session, fact, actor=SYSTEM)
