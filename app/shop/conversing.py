"""A conversation as the shop shows it: what was said, whose turn it is, the order or basket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.queries
import notifications.queries
import orders.queries
from app.i18n import N_, current
from app.i18n import gettext as _
from app.shop.following import read_order
from app.shop.shown import ShownOrder
from app.shop.talking import read_presence
from conversations.commands import ThreadStatus
from conversations.queries import EntryFacts, ThreadFacts
from customers.commands import Direction, TouchChannel
from kernel.actors import SYSTEM
from kernel.errors import NotFound
from kernel.links import score_token
from notifications.commands import Channel, MessageStatus
from notifications.queries import MessageFacts
from orders.queries import CartFacts

ELSEWHERE: Final[Mapping[TouchChannel, str]] = {
    TouchChannel.EMAIL: N_("by e-mail"),
    TouchChannel.SMS: N_("by text message"),
    TouchChannel.PHONE: N_("by telephone"),
    TouchChannel.SOCIAL: N_("by messenger"),
}
SENT_BY: Final[Mapping[Channel, str]] = {
    Channel.EMAIL: N_("Also sent by e-mail"),
    Channel.SMS: N_("Also sent by text message"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, as its customer reads it; `told` says where else it went."""

    id: int
    mine: bool
    automatic: bool
    who: str
    at: datetime
    where: str
    body: str
    told: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with what it is about as that is now."""

    thread: ThreadFacts
    lines: Sequence[Line]
    presence: str
    is_there: bool
    zone: str
    order: ShownOrder | None
    cart: CartFacts | None

    @property
    def waits(self) -> bool:
        """Tell whether it is our turn."""
        return self.thread.status is ThreadStatus.WAITING

    @property
    def is_automatic(self) -> bool:
        """Tell whether the assistant answers."""
        return self.thread.status is ThreadStatus.AUTOMATIC

    @property
    def ended(self) -> bool:
        """Tell whether nobody has to say anything any more."""
        return self.thread.status is ThreadStatus.CLOSED

    @property
    def score_token(self) -> str:
        """Return what lets its customer say how they found it."""
        return score_token(self.thread.id)

    @property
    def called(self) -> bool:
        """Tell whether they asked to be called."""
        return self.thread.channel is TouchChannel.PHONE

    @property
    def version(self) -> str:
        """Return what changes when the page does."""
        shown = (
            [(each.id, each.told) for each in self.lines],
            self.thread.status,
            self.presence,
            self.order.version if self.order else "",
            (self.cart.id, self.cart.version, self.cart.location_id) if self.cart else "",
            current(),
        )
        return sha256(repr(shown).encode()).hexdigest()[:16]


def read_talk(session: Session, thread_id: UUID) -> Talk:
    """Return a conversation as whoever holds its link sees it: no note of colleagues.

    Who only typed who they are is shown no order that a colleague found for that name.

    Raises UnknownThread.
    """
    thread = conversations.queries.get_thread(session, thread_id, actor=SYSTEM)
    entries = [
        each
        for each in conversations.queries.list_entries(session, thread_id)
        if each.direction is not Direction.WITHIN
    ]
    outs = [each.id for each in entries if each.direction is Direction.OUT]
    told = notifications.queries.list_of_entries(session, outs)
    presence, said = read_presence(session, thread.location_id)
    return Talk(
        thread,
        [_line(each, told.get(each.id, [])) for each in entries],
        said,
        presence.is_there,
        presence.time_zone,
        read_order(session, thread.order_id) if thread.order_id and not thread.claimed else None,
        _cart(session, thread),
    )


def _line(entry: EntryFacts, told: Sequence[MessageFacts]) -> Line:
    mine = entry.direction is Direction.IN
    first = entry.actor_name.split(" ")[0]
    who = _("You") if mine else _("Automatic assistant") if entry.automatic else first
    sent = [_(SENT_BY[each.channel]) for each in told if each.status is MessageStatus.SENT]
    return Line(
        entry.id,
        mine,
        entry.automatic,
        who or _("Our team"),
        entry.said_at,
        _(ELSEWHERE[entry.channel]) if entry.channel in ELSEWHERE else "",
        entry.body,
        " · ".join(sent),
    )


def _cart(session: Session, thread: ThreadFacts) -> CartFacts | None:
    if thread.cart_id is None or thread.order_id is not None:
        return None
    try:
        cart = orders.queries.get_cart_by_id(session, thread.cart_id)
    except NotFound:
        return None
    return cart if cart.quantities else None
