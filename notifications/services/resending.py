"""Sending a message again, because somebody of the staff asked for it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import orders.queries
from kernel import events
from kernel.actors import Actor
from kernel.ids import new_id
from notifications.commands import MessageStatus, Template
from notifications.errors import MessageUnderway, UnknownMessage
from notifications.events import MessageResent
from notifications.models import Message
from notifications.services.owing import VERSIONS
from orders.errors import UnknownFulfillment


def resend(
    session: Session, message_id: int, *, request_key: str, reason: str, actor: Actor
) -> None:
    """Owe a message once more, as a row of its own; the same request changes nothing twice.

    Whether it still is true is judged when it is sent, as for every message.

    Raises UnknownMessage, also for orders that are none of the actor's, or MessageUnderway.
    """
    old = session.execute(
        select(Message).where(Message.id == message_id).with_for_update()
    ).scalar_one_or_none()
    if old is None or old.order_id is None or old.fulfillment_id is None:
        raise UnknownMessage
    contact_id = _present_contact(session, old.fulfillment_id, actor)
    if old.template is Template.PROXY_PASS:
        contact_id = old.contact_id
    dedupe_key = f"resend:{message_id}:{request_key}"
    if session.execute(select(Message.id).where(Message.dedupe_key == dedupe_key)).first():
        return
    if old.status is MessageStatus.DUE:
        raise MessageUnderway
    reference = new_id()
    fact = MessageResent(
        message_id=reference,
        order_id=old.order_id,
        fulfillment_id=old.fulfillment_id,
        first_event_id=old.event_id,
    )
    event_id = events.record(session, fact, actor=actor, reason=reason)
    session.execute(
        insert(Message).values(
            event_id=event_id,
            order_id=old.order_id,
            fulfillment_id=old.fulfillment_id,
            contact_id=contact_id,
            channel=old.channel,
            template=old.template,
            template_version=VERSIONS[old.template],
            language=old.language,
            dedupe_key=dedupe_key,
            reference=reference,
            status=MessageStatus.DUE,
        )
    )


def _present_contact(session: Session, fulfillment_id: UUID, actor: Actor) -> UUID | None:
    """Return who collects now: somebody else may have been named since."""
    try:
        parcel = orders.queries.get_fulfillment(session, fulfillment_id, actor=actor)
    except UnknownFulfillment as error:
        raise UnknownMessage from error
    return parcel.contact_id
