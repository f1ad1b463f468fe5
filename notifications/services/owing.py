"""Owing messages: which channels an event is told on, each once."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import customers.queries
import orders.queries
from customers.commands import PointKind
from customers.queries import ContactFacts
from kernel.actors import SYSTEM
from kernel.ids import new_id
from notifications.commands import Channel, MessageStatus, Owe, OweWish, Template
from notifications.models import Message
from orders.queries import FulfillmentFacts, WishFacts

VERSIONS: Final[Mapping[Template, int]] = dict.fromkeys(Template, 1)
"""Raise a template's number when its words change: history then tells which ones were sent."""
LANGUAGES: Final = ("fr", "en")
ONLY_BY_EMAIL: Final = frozenset({Template.RECEIPT})
ON_EVERY_CHANNEL: Final = frozenset(
    {
        Template.READY,
        Template.LAST_DAY,
        Template.REJECTED,
        Template.SUBSTITUTE,
        Template.PROXY_PASS,
        Template.PAY_LINK,
        Template.PAY_REMINDER,
    }
)
"""Others go by e-mail; as a text message to who gave no e-mail address, or likes that better."""
OTHER: Final[Mapping[Channel, Channel]] = {
    Channel.EMAIL: Channel.SMS,
    Channel.SMS: Channel.EMAIL,
}


def owe(session: Session, command: Owe) -> None:
    """The parcel's customer, or whom they send, is owed this news; owing it twice changes nothing.

    News for which there is no address is kept too, as suppressed: it shows that nobody was told.

    Raises UnknownFulfillment.
    """
    parcel = orders.queries.get_fulfillment(session, command.fulfillment_id, actor=SYSTEM)
    contact_id = command.contact_id or parcel.contact_id
    contact = customers.queries.get_contacts(session, [contact_id]).get(contact_id)
    channels = _channels(session, command.template, contact)
    rows = [_row(command, parcel, channel) for channel in channels or [Channel.EMAIL]]
    if not channels:
        rows[0] |= {"status": MessageStatus.SUPPRESSED, "note": "no address"}
    insert_rows(session, rows)


def owe_wish(session: Session, command: OweWish) -> None:
    """Who wished to be told is owed the news; owing it twice changes nothing.

    Raises UnknownWish.
    """
    wish = orders.queries.get_wish(session, command.wish_id)
    contact = customers.queries.get_contacts(session, [wish.contact_id]).get(wish.contact_id)
    channels = _channels(session, Template.BACK_IN_STOCK, contact)
    row = _wish_row(command, wish, channels[0] if channels else Channel.EMAIL)
    if not channels:
        row |= {"status": MessageStatus.SUPPRESSED, "note": "no address"}
    insert_rows(session, [row])


def fall_back(session: Session, message: Message) -> bool:
    """Owe on the other channel what could not be told on this one; False where that is no way.

    The other channel's message has the key it always has, so whoever was or will be told there
    anyway is not told again.
    """
    other = OTHER[message.channel]
    if message.staff_id is not None or message.challenge_id is not None:
        return False
    if message.entry_id is not None:
        return _fall_back_answer(session, message, message.entry_id, other)
    if message.wish_id is not None:
        return _fall_back_wish(session, OweWish(message.event_id, message.wish_id), other)
    contact = customers.queries.get_contacts(session, [message.contact_id]).get(message.contact_id)
    no_other = message.template in ONLY_BY_EMAIL or address_of(contact, other) is None
    if no_other or message.fulfillment_id is None:
        return False
    parcel = orders.queries.get_fulfillment(session, message.fulfillment_id, actor=SYSTEM)
    sent = message.contact_id if message.template is Template.PROXY_PASS else None
    command = Owe(message.event_id, message.fulfillment_id, message.template, sent)
    insert_rows(session, [_row(command, parcel, other)])
    return True


class Reached(Protocol):
    """Somebody with an address, a number, or both."""

    @property
    def email(self) -> str | None:
        """Where letters go."""

    @property
    def phone(self) -> str | None:
        """Where text messages go."""


def address_of(contact: Reached | None, channel: Channel) -> str | None:
    """Return where a contact is reached on a channel; None when it is not, or was erased."""
    if contact is None:
        return None
    return (contact.email if channel is Channel.EMAIL else contact.phone) or None


def _channels(session: Session, template: Template, contact: ContactFacts | None) -> list[Channel]:
    known = [channel for channel in Channel if address_of(contact, channel)]
    if template in ONLY_BY_EMAIL:
        return [channel for channel in known if channel is Channel.EMAIL]
    if template in ON_EVERY_CHANNEL or contact is None or len(known) < len(Channel):
        return known if template in ON_EVERY_CHANNEL else known[:1]
    liked = customers.queries.find_liked_channel(session, contact.id)
    return [Channel.SMS] if liked is PointKind.PHONE else known[:1]


def _row(command: Owe, parcel: FulfillmentFacts, channel: Channel) -> dict[str, object]:
    version = VERSIONS[command.template]
    contact_id = command.contact_id or parcel.contact_id
    return {
        "event_id": command.event_id,
        "order_id": parcel.order_id,
        "fulfillment_id": parcel.id,
        "contact_id": contact_id,
        "channel": channel,
        "template": command.template,
        "template_version": version,
        "language": parcel.language if parcel.language in LANGUAGES else LANGUAGES[-1],
        "dedupe_key": _key(command, channel, contact_id=contact_id, version=version),
        "reference": new_id(),
        "status": MessageStatus.DUE,
        "note": None,
    }


def answer_row(
    told: tuple[int, int], contact_id: UUID | None, channel: Channel, *, language: str
) -> dict[str, object]:
    """Return the message that brings an answer: `told` is its event and its entry.

    Without a contact it goes to where they wrote from.
    """
    event_id, entry_id = told
    version = VERSIONS[Template.REPLY]
    return {
        "event_id": event_id,
        "entry_id": entry_id,
        "contact_id": contact_id,
        "channel": channel,
        "template": Template.REPLY,
        "template_version": version,
        "language": language if language in LANGUAGES else LANGUAGES[-1],
        "dedupe_key": f"{Template.REPLY}:{entry_id}:{channel}:{version}",
        "reference": new_id(),
        "status": MessageStatus.DUE,
        "note": None,
    }


def _fall_back_answer(session: Session, message: Message, entry_id: int, other: Channel) -> bool:
    contact_id = message.contact_id
    contact = customers.queries.get_contacts(session, [contact_id]).get(contact_id)
    if contact_id is None or address_of(contact, other) is None:
        return False
    told = message.event_id, entry_id
    insert_rows(session, [answer_row(told, contact_id, other, language=message.language)])
    return True


def _fall_back_wish(session: Session, command: OweWish, other: Channel) -> bool:
    wish = orders.queries.get_wish(session, command.wish_id)
    contact = customers.queries.get_contacts(session, [wish.contact_id]).get(wish.contact_id)
    if address_of(contact, other) is None:
        return False
    insert_rows(session, [_wish_row(command, wish, other)])
    return True


def _wish_row(command: OweWish, wish: WishFacts, channel: Channel) -> dict[str, object]:
    version = VERSIONS[Template.BACK_IN_STOCK]
    parts = (command.event_id, wish.id, channel, Template.BACK_IN_STOCK, version)
    return {
        "event_id": command.event_id,
        "wish_id": wish.id,
        "contact_id": wish.contact_id,
        "channel": channel,
        "template": Template.BACK_IN_STOCK,
        "template_version": version,
        "language": wish.language if wish.language in LANGUAGES else LANGUAGES[-1],
        "dedupe_key": ":".join(str(part) for part in parts),
        "reference": new_id(),
        "status": MessageStatus.DUE,
        "note": None,
    }


def _key(command: Owe, channel: Channel, *, contact_id: UUID | None, version: int) -> str:
    # A proxy has one pass of a parcel: being named and the parcel being ready both tell of it.
    what = "pass" if command.template is Template.PROXY_PASS else command.event_id
    parts = (what, command.fulfillment_id, channel, contact_id, command.template)
    return ":".join(str(part) for part in (*parts, version))


def insert_rows(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Have these messages owed; those that are owed already stay as they are."""
    if not rows:
        return
    statement = insert(Message).values(list(rows))
    session.execute(statement.on_conflict_do_nothing(index_elements=["dedupe_key"]))
