"""Turning to us from the shop: in writing, by a call back, in the chat; each begins one thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import conversations.services
import stores.queries
from app import formats, sessions
from app.admin.reading import plain
from app.answers import Shown
from app.care import assistant
from app.care.talking import list_shown
from app.forms import told_once
from app.i18n import current
from app.i18n import gettext as _
from app.sessions import FormSentBefore
from app.shop.account import fill_in
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import COUNTRY, NAME_MAX, PHONE_MAX, Typed, check_phone, read_reach
from app.shop.talking import (
    INTENTS,
    About,
    call_times,
    find_about,
    give_reach,
    limit_opening,
    list_own_orders,
    read_presence,
    say_when,
)
from app.shop.visitor import Frame, as_shopper, read_frame, remember_visitor, show
from conversations.commands import Intent, OpenThread, Said
from conversations.services import BODY_MAX
from conversations.understanding import INTENTS as UNDERSTOOD
from customers.commands import TouchChannel
from kernel.attempts import take_attempt
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.links import read_thread_token, thread_token
from kernel.web import declare
from stores.queries import Presence

WORDS_MAX: Final = 3_000
"""Signs of one message: a call's own sentence fits beside it."""
WAYS: Final[Mapping[str, TouchChannel]] = {
    "write": TouchChannel.FORM,
    "call": TouchChannel.PHONE,
    "chat": TouchChannel.CHAT,
}
ASSISTED: Final = frozenset(UNDERSTOOD.values())
"""What the assistant may know an answer to; a person answers everything else."""
AT_ONCE: Final = 1
"""Who chats meets a person as soon as the assistant does not understand."""
assert WORDS_MAX < BODY_MAX  # noqa: S101 (two limits that belong together)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for, in order; `call_at` None is as soon as possible.

    With `automatic` the assistant answers first.
    """

    way: str
    intent: Intent
    words: str
    name: str
    reach: tuple[str | None, str | None]
    call_at: datetime | None = None
    automatic: bool = False


@blueprint.get(f"{PAGES}/contact")
@declare(permission="orders.place")
def contact() -> str:
    """Ask in writing, and say the other ways."""
    said = plain(request.args.get("words", ""))[:WORDS_MAX]
    return _ask("write", Typed({"words": said} if said else {}))


@blueprint.post(f"{PAGES}/contact")
@declare(permission="orders.place", rate="20/minute")
def write() -> Shown:
    """Have a written question wait for us; or say what is wrong, keeping what was typed."""
    return _take("write")


@blueprint.get(f"{PAGES}/contact/call")
@declare(permission="orders.place")
def ask_for_call() -> str:
    """Ask when to call back, and on which number."""
    return _ask("call", Typed())


@blueprint.post(f"{PAGES}/contact/call")
@declare(permission="orders.place", rate="20/minute")
def call_back() -> Shown:
    """Have a call be due when it was asked for."""
    return _take("call")


@blueprint.get(f"{PAGES}/chat")
@declare(permission="orders.place")
def chat() -> Shown:
    """Go on with the conversation this browser holds; otherwise ask how to help."""
    held = sessions.read_cookie(sessions.THREAD) or ""
    if read_thread_token(held) is not None and not request.args.get("new"):
        return go_to(url_for("shop.conversation", token=held))
    return _ask("chat", Typed())


@blueprint.post(f"{PAGES}/chat")
@declare(permission="orders.place", rate="20/minute")
def begin_chat() -> Shown:
    """Begin a conversation in the chat."""
    return _take("chat")


def _take(way: str) -> Shown:
    typed = Typed()
    asked = _read(way, typed)
    if typed.errors:
        return _ask(way, typed), 422
    try:
        with transaction() as session:
            take_attempt(session, limit_opening())
        with transaction() as session:
            told = told_once(session, lambda: {"thread": str(_begin(session, asked))})
    except TooManyAttempts:
        typed.errors["words"] = _("Enough was sent from here for now. Try again in an hour.")
        return _ask(way, typed), 429
    except FormSentBefore as before:
        typed.errors["words"] = before.detail
        return _ask(way, typed), 422
    except TimeGone:
        typed.errors["at"] = _("This time is over. Choose another one.")
        return _ask(way, typed), 422
    token = thread_token(UUID(told["thread"]))
    sessions.give_cookie(sessions.THREAD, token)
    return go_to(url_for("shop.conversation", token=token, sent=way))


class TimeGone(Exception):
    """Nobody calls at the time that was asked for."""


def _read(way: str, typed: Typed) -> Asked:
    form = request.form
    intent = typed.read(form, "intent", longest=NAME_MAX)
    if intent not in set(Intent):
        typed.errors["intent"] = _("Choose what it is about.")
    name = typed.read(form, "name", longest=NAME_MAX)
    wanted = "" if way == "call" else _("Write what you would like to know.")
    words = typed.read_words(form, "words", longest=WORDS_MAX, missing=wanted)
    reach: tuple[str | None, str | None] = (None, None)
    if way == "call":
        missing = _("Give the number we call.")
        phone = typed.read(form, "phone", longest=PHONE_MAX, missing=missing)
        check_phone(phone, typed)
        reach = (None, phone)
    elif form.get("reach", "").strip() or (way == "write" and not form.get("order")):
        reach = read_reach(form, typed)
    call_at = _read_time(typed) if way == "call" else None
    kind = Intent(intent) if intent in set(Intent) else Intent.OTHER
    automatic = way == "chat" and kind in ASSISTED and not form.get("person")
    return Asked(way, kind, words, name, reach, call_at, automatic)


def _read_time(typed: Typed) -> datetime | None:
    at = typed.read(request.form, "at", longest=NAME_MAX)
    try:
        found = datetime.fromisoformat(at) if at else None
    except ValueError:
        found = None
    if at and (found is None or found.tzinfo is None):
        typed.errors["at"] = _("Choose a time.")
        return None
    return found


def _begin(session: Session, asked: Asked) -> UUID:
    frame = read_frame(session)
    remember_visitor(session)
    about = find_about(session, frame)
    customer_id, contact_id = give_reach(session, about, asked.name, asked.reach)
    presence = stores.queries.read_presence(session, None)
    if asked.call_at is not None and asked.call_at not in presence.calls:
        raise TimeGone
    body = _say_call(asked, presence) if asked.way == "call" else asked.words
    command = OpenThread(
        Said(body, WAYS[asked.way]),
        asked.intent,
        current(),
        writer=asked.name or _own_name(frame),
        customer_id=customer_id,
        contact_id=contact_id,
        order_id=about.order.id if about.order else None,
        cart_id=about.cart_id,
        claimed=about.customer_id is None,
        brand_id=frame.brand_id,
        reply_by=asked.call_at,
        automatic=asked.automatic,
    )
    actor = as_shopper(command.order_id)
    thread_id = conversations.services.open_thread(session, command, actor=actor)
    if asked.automatic:
        own = [about.order.id] if about.order else list_shown(session, frame)
        assistant.answer(session, thread_id, body, order_ids=own, fails_max=AT_ONCE)
    return thread_id


def _say_call(asked: Asked, presence: Presence) -> str:
    number = formats.phone(asked.reach[1], COUNTRY)
    if asked.call_at is None:
        said = _("Please call me on %(number)s as soon as possible.") % {"number": number}
    else:
        when = say_when(asked.call_at, presence)
        said = _("Please call me on %(number)s: %(when)s.") % {"number": number, "when": when}
    return f"{said}\n{asked.words}".strip()


def _own_name(frame: Frame) -> str:
    account = frame.visitor.account
    return f"{account.first_name} {account.last_name}".strip() if account else ""


def _ask(way: str, typed: Typed) -> str:
    with transaction() as session:
        frame = read_frame(session)
        about = find_about(session, frame)
        if not typed.values:
            fill_in(session, frame.visitor.account, typed)
            typed.values["name"] = _own_name(frame)
            typed.values["reach"] = typed.values.get("email", "")
            typed.values["intent"] = request.args.get("intent", "")
        own = list_own_orders(session, frame)
        presence, said = read_presence(session, None)
        store = _store_of(session, about)
    return show(
        "contact_us",
        frame,
        way=way,
        typed=typed,
        about=about,
        own=own,
        presence=said,
        is_there=presence.is_there,
        times=call_times(presence),
        intents=[(each.value, _(words)) for each, words in INTENTS.items()],
        store=store,
        words_max=WORDS_MAX,
    )


def _store_of(session: Session, about: About) -> stores.queries.StoreFacts | None:
    """Return the store of the order or basket, if it has a number to call."""
    location_id = about.cart.location_id if about.cart else None
    if about.order is not None:
        location_id = about.order.fulfillments[0].location_id
    store = stores.queries.get_store_by_id(session, location_id) if location_id else None
    return store if store and store.phone and store.welcomes else None
