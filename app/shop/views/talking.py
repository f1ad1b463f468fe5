"""A conversation as its customer sees it: by its signed link, on any device, without an account."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from flask import Response, abort, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

import conversations.services
import customers.queries
import stores.queries
from app import sessions
from app.answers import Shown
from app.care import assistant
from app.care.talking import list_shown
from app.forms import told_once
from app.i18n import gettext as _
from app.sessions import FormSentBefore
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed, read_reach
from app.shop.conversing import Talk, read_talk
from app.shop.talking import About, give_reach, limit_saying
from app.shop.views.contacting import WORDS_MAX
from app.shop.visitor import as_shopper, count_unseen, read_frame, show
from conversations.commands import Said
from customers.commands import TouchChannel
from kernel.attempts import take_attempt
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.links import read_thread_token
from kernel.web import declare

TALK: Final = f"{PAGES}/conversations/<string:token>"
UNCHANGED: Final = 204


@blueprint.get(TALK)
@declare(permission="orders.place")
def conversation(token: str) -> str:
    """Show a conversation to whoever holds its link, who goes on with it in this browser."""
    thread_of(token)
    sessions.give_cookie(sessions.THREAD, token)
    return _page(token, Typed())


@blueprint.get(f"{TALK}/state")
@declare(permission="orders.place")
def conversation_state(token: str) -> Response:
    """Give the part of a conversation that moves, if it moved since `seen`."""
    with transaction() as session:
        talk = _look(session, token)
    if request.args.get("seen") == talk.version:
        return make_response("", UNCHANGED)
    return make_response(render_template("shop/talk_live.html", token=token, talk=talk))


@blueprint.post(TALK)
@declare(permission="orders.place", rate="60/minute")
def say(token: str) -> Shown:
    """Say something further; a script gets the conversation as it is then, without the page."""
    thread_id, typed = thread_of(token), Typed()
    missing = _("Write what you would like to know.")
    words = typed.read_words(request.form, "words", longest=WORDS_MAX, missing=missing)
    if not typed.errors:
        _say(thread_id, words, typed)
    if "HX-Request" in request.headers:
        with transaction() as session:
            talk = _look(session, token)
        return render_template(
            "shop/talk.html", token=token, talk=talk, typed=typed, words_max=WORDS_MAX, fresh=True
        )
    if typed.errors:
        return _page(token, typed), 422
    return go_to(url_for("shop.conversation", token=token, _anchor="newest"))


@blueprint.post(f"{TALK}/reach")
@declare(permission="orders.place", rate="20/minute")
def reach(token: str) -> Shown:
    """Have answers follow somebody who leaves: by e-mail, or by text message."""
    thread_id, typed = thread_of(token), Typed()
    found = read_reach(request.form, typed)
    if typed.errors:
        return _page(token, typed), 422

    def follow() -> dict[str, str]:
        talk = read_talk(session, thread_id)
        if talk.thread.contact_id is None:
            nobody = About(None, None, talk.thread.customer_id, None)
            customer_id, contact_id = give_reach(session, nobody, talk.thread.writer, found)
            conversations.services.identify_thread(
                session,
                thread_id,
                customer_id=customer_id or thread_id,
                contact_id=contact_id,
                actor=as_shopper(),
            )
        return {}

    with transaction() as session:
        told_once(session, follow)
    return go_to(url_for("shop.conversation", token=token))


@blueprint.post(f"{TALK}/person")
@declare(permission="orders.place", rate="20/minute")
def ask_for_person(token: str) -> Shown:
    """Have a person go on with what the assistant began."""
    thread_id = thread_of(token)

    def fetch() -> dict[str, str]:
        assistant.fetch_person(session, thread_id)
        return {}

    with transaction() as session:
        told_once(session, fetch)
    return go_to(url_for("shop.conversation", token=token, _anchor="newest"))


@blueprint.get(f"{PAGES}/chat/panel")
@declare(permission="orders.place")
def chat_panel() -> Shown:
    """Give the conversation this browser holds as a small panel beside the page."""
    token = sessions.read_cookie(sessions.THREAD) or ""
    if read_thread_token(token) is None:
        return "", UNCHANGED
    with transaction() as session:
        talk = _look(session, token)
    return render_template(
        "shop/talk_panel.html", token=token, talk=talk, typed=Typed(), words_max=WORDS_MAX
    )


@blueprint.get(f"{PAGES}/chat/state")
@declare(permission="orders.place")
def chat_state() -> str:
    """Give how much was said to this browser that nobody looked at."""
    with transaction() as session:
        unseen = count_unseen(session)
    return render_template("shop/talk_unseen.html", unseen=unseen)


def thread_of(token: str) -> UUID:
    """Return the conversation a link is for; a link that is not ours finds nothing."""
    thread_id = read_thread_token(token)
    if thread_id is None:
        abort(404)
    return thread_id


def _say(thread_id: UUID, words: str, typed: Typed) -> None:
    said = Said(words, TouchChannel.CHAT)
    try:
        with transaction() as session:
            take_attempt(session, limit_saying(thread_id))
        with transaction() as session:

            def tell() -> dict[str, str]:
                conversations.services.receive(session, thread_id, said, actor=as_shopper())
                own = list_shown(session, read_frame(session), thread_id)
                assistant.answer(session, thread_id, words, order_ids=own)
                return {}

            told_once(session, tell)
    except TooManyAttempts:
        typed.errors["words"] = _("That was much at once. Wait a few minutes, then go on.")
    except FormSentBefore:
        typed.errors["words"] = _("This was sent before. Write it once more if it is new.")
    else:
        typed.values.clear()


def _look(session: Session, token: str) -> Talk:
    thread_id = thread_of(token)
    conversations.services.see_thread(session, thread_id)
    return read_talk(session, thread_id)


def _page(token: str, typed: Typed) -> str:
    with transaction() as session:
        talk = _look(session, token)
        frame = read_frame(session)
        if talk.thread.brand_id is not None:
            brand = stores.queries.get_brand(session, talk.thread.brand_id)
            frame = replace(frame, brand=brand)
        known = customers.queries.get_contacts(session, [talk.thread.contact_id])
    contact = known.get(talk.thread.contact_id)
    return show(
        "conversation",
        frame,
        token=token,
        talk=talk,
        typed=typed,
        words_max=WORDS_MAX,
        sent=request.args.get("sent"),
        by_email=bool(contact and contact.email),
        by_phone=bool(contact and contact.phone),
    )
