"""Messages that bring somebody what we answered them in a conversation.

What was written in the chat leaves only when nobody looked at it for a minute; what came by form,
e-mail or text message is answered at once. Words that answer somebody are our own people's.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.queries
import customers.queries
import orders.queries
import stores.queries
from conversations.queries import EntryFacts, ThreadFacts
from customers.commands import Direction, TouchChannel
from kernel import events, links
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from notifications import gateway
from notifications.commands import Channel, MessageStatus, OweAnswer
from notifications.models import Message
from notifications.services.codes import Point
from notifications.services.owing import Reached, address_of, answer_row, insert_rows
from stores.queries import BrandFacts

CHAT_PATIENCE: Final = timedelta(seconds=60)
"""For so long an answer in the chat is left to be seen there."""
BY_MESSAGE: Final = {
    TouchChannel.CHAT: Channel.EMAIL,
    TouchChannel.EMAIL: Channel.EMAIL,
    TouchChannel.FORM: Channel.EMAIL,
    TouchChannel.SMS: Channel.SMS,
}
"""What answers leave by if they can, by where they were said; others are told in person."""


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """A conversation as it is now, what is told of it, and whom; `number` is its order's."""

    thread: ThreadFacts
    entry: EntryFacts | None
    entries: list[EntryFacts]
    contact: Reached | None
    brand: BrandFacts
    number: str

    @property
    def words(self) -> str:
        """Return what they are told: in the chat all that they have not seen."""
        if self.entry is None or self.entry.channel is not TouchChannel.CHAT:
            return self.entry.body if self.entry else ""
        heard = max((each.id for each in self.entries if each.direction is Direction.IN), default=0)
        seen_at = self.thread.seen_at
        unseen = [
            each.body
            for each in self.entries
            if each.direction is Direction.OUT
            and heard < each.id <= self.entry.id
            and not (each.automatic or (seen_at and seen_at >= each.said_at))
        ]
        return "\n\n".join(unseen)


def owe_answer(session: Session, command: OweAnswer) -> None:
    """Who wrote to us is owed the answer, where it is told by message; twice changes nothing.

    Raises UnknownThread.
    """
    thread = conversations.queries.get_thread(session, command.thread_id, actor=SYSTEM)
    entry = conversations.queries.find_entry(session, command.entry_id)
    wanted = BY_MESSAGE.get(entry.channel) if entry else None
    if entry is None or wanted is None:
        return
    contact = _reached(session, thread, thread.contact_id)
    known = [channel for channel in Channel if address_of(contact, channel)]
    channel = wanted if wanted in known or not known else known[0]
    row = answer_row(
        (command.event_id, entry.id), thread.contact_id, channel, language=thread.language
    )
    if not known:
        row |= {"status": MessageStatus.SUPPRESSED, "note": "no address"}
    if entry.channel is TouchChannel.CHAT:
        row |= {"due_at": entry.said_at + CHAT_PATIENCE}
    insert_rows(session, [row])


def read_answer_case(session: Session, message: Message, entry_id: int) -> AnswerCase:
    """Return what a message with an answer speaks of, as it is now."""
    told = events.get_recorded(session, message.event_id)
    thread_id = UUID(told.facts["thread_id"])
    thread = conversations.queries.get_thread(session, thread_id, actor=SYSTEM)
    entries = conversations.queries.list_entries(session, thread_id)
    order = (
        orders.queries.get_order(session, thread.order_id, actor=SYSTEM)
        if thread.order_id
        else None
    )
    return AnswerCase(
        thread,
        next((each for each in entries if each.id == entry_id), None),
        entries,
        _reached(session, thread, message.contact_id),
        stores.queries.get_brand(
            session, thread.brand_id or _brand_of(session, thread.location_id)
        ),
        show_order_number(order.number) if order else "",
    )


def why_answer_over(case: AnswerCase) -> str | None:
    """Return why an answer needs no message any more; None while it does."""
    entry, seen_at = case.entry, case.thread.seen_at
    if entry is None or not entry.body:
        return "the words are gone"
    if entry.channel is not TouchChannel.CHAT:
        return None
    if seen_at is not None and seen_at >= entry.said_at:
        return "read on the page"
    if any(
        each.id > entry.id and each.direction is Direction.OUT and not each.automatic
        for each in case.entries
    ):
        return "told with a newer answer"
    return None


def headers_of(case: AnswerCase) -> tuple[str, tuple[str, ...]]:
    """Return where an e-mail is answered to, and which ones it answers."""
    local, _, domain = gateway.settings().inbound_address.partition("@")
    reply_to = f"{local}+{links.thread_token(case.thread.id)}@{domain}" if domain else ""
    answered = [
        f"<{each.reference.strip('<>')}>"
        for each in case.entries
        if each.channel is TouchChannel.EMAIL
        and each.direction is Direction.IN
        and each.reference
        and "@" in each.reference
        and each.reference.isascii()
        and each.reference.isprintable()
    ]
    return reply_to, tuple(answered[-3:])


def answer_facts(message: Message, case: AnswerCase) -> dict[str, Any]:
    """Return what the words around an answer may speak of; an order's are empty."""
    settings = gateway.settings()
    home = f"{settings.public_url.rstrip('/')}/{message.language}"
    token = links.thread_token(case.thread.id)
    began_by_mail = case.thread.began_on is TouchChannel.EMAIL
    return {
        "template": message.template.value,
        "language": message.language,
        "brand": case.brand.name,
        "short_brand": case.brand.sms_sender,
        **dict.fromkeys(("until", "code", "total", "due", "phone", "extend", "stop"), ""),
        "vat": [],
        "hours": [],
        "lines": [],
        "place": [],
        "number": case.number,
        "store": case.brand.name,
        "words": case.words,
        "short_words": " ".join(case.words.split()),
        "about": case.thread.subject.removeprefix("Re: ") if began_by_mail else "",
        "token": "" if settings.inbound_address else token,
        "link": f"{home}/conversations/{token}",
    }


def _reached(session: Session, thread: ThreadFacts, contact_id: UUID | None) -> Reached | None:
    """Return where an answer goes: to the contact, or, of nobody known, where they wrote from."""
    if contact_id is not None:
        return customers.queries.get_contacts(session, [contact_id]).get(contact_id)
    email, phone = (
        conversations.queries.find_address(session, thread.id, channel)
        for channel in (TouchChannel.EMAIL, TouchChannel.SMS)
    )
    if email is None and phone is None:
        return None
    return Point(email.value if email else None, phone.value if phone else None)


def _brand_of(session: Session, location_id: UUID | None) -> UUID:
    if location_id is not None:
        return stores.queries.get_store_by_id(session, location_id).brand_id
    first = stores.queries.list_stores(session, limit=1)  # as the shop's pages choose theirs
    return first[0].brand_id if first else stores.queries.list_brands(session)[0].id
