"""Questions and answers in the shop: searched forgivingly, and what can be done with my order."""

from typing import Final
from uuid import UUID

from flask import request, url_for

from app import sessions
from app.answers import Shown
from app.care.deeds import list_deeds, say_extension, say_state
from app.care.talking import begin
from app.forms import once, told_once
from app.i18n import current
from app.i18n import gettext as _
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed
from app.shop.following import read_order
from app.shop.talking import limit_opening
from app.shop.views.following import ORDER, order_in
from app.shop.visitor import read_frame, show
from conversations.answering import find_answers, get_answer, keep_asked, list_answers, vote
from conversations.understanding import Wish, find_wish
from kernel.attempts import take_attempt
from kernel.db import transaction
from kernel.links import thread_token
from kernel.web import declare

TYPED_MAX: Final = 200
SHOWN_MAX: Final = 30


@blueprint.get(f"{PAGES}/help")
@declare(permission="answers.read", rate="120/minute")
def help_page() -> str:
    """Show the answers to what was typed, or to what most ask."""
    return _help(None)


@blueprint.get(f"{ORDER}/help")
@declare(permission="orders.read", rate="120/minute")
def help_with_order(token: str) -> str:
    """Show where an order stands and what can be done with it, then the answers."""
    return _help(token)


@blueprint.get(f"{PAGES}/help/<uuid:answer_id>")
@declare(permission="answers.read")
def help_answer(answer_id: UUID) -> str:
    """Show one answer, and ask whether it helped."""
    with transaction() as session:
        frame = read_frame(session)
        found = get_answer(session, answer_id, language=current())
    return show("help_answer", frame, answer=found, done=request.args.get("done"))


@blueprint.post(f"{PAGES}/help/<uuid:answer_id>")
@declare(permission="answers.read", rate="30/minute")
def help_voted(answer_id: UUID) -> Shown:
    """Count whether an answer helped."""

    def act() -> str:
        vote(session, answer_id, useful=request.form.get("helped") == "yes")
        return url_for("shop.help_answer", answer_id=answer_id, done="yes")

    with transaction() as session:
        return once(session, act)


@blueprint.post(f"{PAGES}/help/assistant")
@declare(permission="orders.place", rate="20/minute")
def ask_assistant() -> Shown:
    """Begin a conversation with the assistant, about the order of a link where there is one."""
    typed = Typed()
    words = typed.read(request.form, "words", longest=TYPED_MAX, missing=_("Write a question."))
    token = request.form.get("order", "")
    if typed.errors:
        page = url_for("shop.help_with_order", token=token) if token else url_for("shop.help_page")
        return go_to(page)
    with transaction() as session:
        take_attempt(session, limit_opening())
    with transaction() as session:
        frame = read_frame(session)
        order_id = order_in(session, token) if token else None
        told = told_once(
            session,
            lambda: {"thread": str(begin(session, words, order_id=order_id, frame=frame))},
        )
    talk = thread_token(UUID(told["thread"]))
    sessions.give_cookie(sessions.THREAD, talk)
    return go_to(url_for("shop.conversation", token=talk))


def _help(token: str | None) -> str:
    typed = " ".join(request.args.get("q", "").split())[:TYPED_MAX]
    typed = typed if typed.isprintable() else ""
    wish = find_wish(typed) if typed else None
    with transaction() as session:
        frame = read_frame(session)
        order = read_order(session, order_in(session, token)) if token else None
        found = (
            find_answers(session, typed, language=current())
            if typed
            else list_answers(session, language=current(), limit=SHOWN_MAX)
        )
        if typed and not found and wish is None:
            keep_asked(session, typed, language=current())
    deeds = list_deeds(order) if order else []
    deeds.sort(key=lambda each: each.wish is not wish)
    return show(
        "help",
        frame,
        token=token,
        order=order,
        state=say_state(order) if order else "",
        extension=say_extension(order, typed) if order and wish is Wish.EXTEND else None,
        deeds=deeds,
        wish=wish,
        typed=typed,
        answers=found,
    )
