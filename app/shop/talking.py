"""What a conversation from the shop begins with: who it is, about what, and who is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

import conversations.queries
import customers.queries
import customers.services
import orders.queries
import stores.queries
from app import formats, sessions
from app.i18n import N_, current, ngettext
from app.i18n import gettext as _
from app.shop.account import list_orders
from app.shop.visitor import Frame, as_shopper
from conversations.commands import Intent
from customers.commands import GiveContact
from kernel.attempts import Limit
from kernel.ids import show_order_number
from orders.queries import CartFacts, OrderFacts
from stores.queries import Presence

OPENED_MAX, OPENED_WINDOW_S = 6, 3_600
SAID_MAX, SAID_WINDOW_S = 60, 600
MANY_BROWSERS: Final = 10
"""So many browsers may share one network."""
ORDERS_SHOWN: Final = 10

INTENTS: Final[Mapping[Intent, str]] = {
    Intent.ORDER_STATE: N_("Where my order is"),
    Intent.CHANGE: N_("Change my order"),
    Intent.CANCEL: N_("Cancel my order"),
    Intent.PICKUP: N_("Collect it in the store"),
    Intent.RETURN: N_("Bring something back"),
    Intent.INVOICE: N_("A payment or an invoice"),
    Intent.PRODUCT: N_("Advice about an article"),
    Intent.AVAILABILITY: N_("Whether something is there"),
    Intent.COMPLAINT: N_("Something went wrong"),
    Intent.OTHER: N_("Something else"),
}
"""What somebody turns to us for, as they would say it."""


@dataclass(frozen=True, slots=True)
class About:
    """Who turns to us and what about, as far as their link, account and basket tell."""

    order: OrderFacts | None
    cart: CartFacts | None
    customer_id: UUID | None
    contact_id: UUID | None

    @property
    def token(self) -> str:
        """Return the link of the order, which forms carry on."""
        return self.order.token if self.order else ""

    @property
    def number(self) -> str:
        """Return the number of the order as people read it."""
        return show_order_number(self.order.number) if self.order else ""

    @property
    def cart_id(self) -> UUID | None:
        """Return the basket, if it has something in it."""
        return self.cart.id if self.cart else None


def find_about(session: Session, frame: Frame) -> About:
    """Return who writes from this browser, and the order or basket they have in front of them."""
    visitor = frame.visitor
    order = _find_order(session, request.values.get("order", ""))
    cart = visitor.cart if visitor.cart.id and visitor.cart.quantities else None
    contact_id = order.contact_id if order else None
    customer_id = visitor.account.customer_id if visitor.account else None
    if contact_id is not None:
        customer_id = customers.queries.find_giver(session, contact_id)
    return About(order, cart, customer_id, contact_id)


def list_own_orders(session: Session, frame: Frame) -> list[tuple[str, str]]:
    """Return the newest orders of who is signed in: the link of each, and its number."""
    account = frame.visitor.account
    if account is None:
        return []
    found = list_orders(session, account)[:ORDERS_SHOWN]
    return [(each.token, show_order_number(each.number)) for each in found]


def give_reach(
    session: Session, about: About, name: str, reach: tuple[str | None, str | None]
) -> tuple[UUID | None, UUID | None]:
    """Return the customer and the contact that answers go to; what was typed goes before."""
    email, phone = reach
    if not (email or phone):
        return about.customer_id, about.contact_id
    command = GiveContact(name, "", email, phone, current())
    contact = customers.services.give_contact(session, command)
    return about.customer_id or customers.queries.find_giver(session, contact.id), contact.id


def say_presence(presence: Presence, wait: timedelta | None) -> str:
    """Return how soon somebody answers in the chat, or when somebody is back; nothing invented."""
    if presence.is_there:
        if wait is None or wait <= timedelta(minutes=presence.chat_min):
            minutes, words = presence.chat_min, _("We are here. We aim to answer within %(time)s.")
        else:
            minutes = max(ceil(wait.total_seconds() / 60), 1)
            words = _("We are here. Answers take about %(time)s at the moment.")
        time = ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}
        return words % {"time": time}
    if presence.changes_at is None:
        return _("Nobody is here at the moment. Write, and we answer when we are back.")
    when = say_when(presence.changes_at, presence)
    return _("Nobody is here at the moment. We are back %(when)s.") % {"when": when}


def read_presence(session: Session, location_id: UUID | None) -> tuple[Presence, str]:
    """Return whether somebody is there to answer, and how that is said."""
    presence = stores.queries.read_presence(session, location_id)
    wait = conversations.queries.usual_wait(session, location_id) if presence.is_there else None
    return presence, say_presence(presence, wait)


def say_when(at: datetime, presence: Presence) -> str:
    """Return a day and time of whoever answers."""
    day = formats.near_day(at, presence.time_zone, language=current())
    hour = formats.hour(at, presence.time_zone, language=current())
    return _("%(day)s at %(hour)s") % {"day": day, "hour": hour}


def call_times(presence: Presence) -> list[tuple[str, str]]:
    """Return the times to be called at, as a form offers them; as soon as possible at first."""
    soon = [("", _("As soon as possible"))] if presence.is_there else []
    return soon + [(each.isoformat(), say_when(each, presence)) for each in presence.calls]


def limit_opening() -> list[Limit]:
    """Return how often conversations are begun from this browser, and from its network."""
    browser, network = sessions.csrf_token(), request.remote_addr
    return [
        Limit(f"talk:by:{browser}", OPENED_MAX, OPENED_WINDOW_S),
        Limit(f"talk:network:{network}", OPENED_MAX * MANY_BROWSERS, OPENED_WINDOW_S),
    ]


def limit_saying(thread_id: UUID) -> list[Limit]:
    """Return how much is said in one conversation at a time."""
    return [Limit(f"talk:in:{thread_id}", SAID_MAX, SAID_WINDOW_S)]


def _find_order(session: Session, token: str) -> OrderFacts | None:
    order_id = orders.queries.linking.open_link(session, token)
    if order_id is None:
        return None
    return orders.queries.get_order(session, order_id, actor=as_shopper(order_id))
