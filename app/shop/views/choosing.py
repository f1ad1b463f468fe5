"""The page of a choice: what its signed link offers after a store could not prepare an order."""

from uuid import UUID

from flask import abort, request, url_for
from sqlalchemy.orm import Session

import orders.services
from app.answers import Shown
from app.forms import once
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.choosing import keeps_address, read_answer, read_choice
from app.shop.contact import Typed
from app.shop.refusals import say
from app.shop.views.following import ORDER, order_of, show_order
from app.shop.visitor import Frame, as_shopper, find_visitor, show
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.links import read_choice_token
from kernel.web import declare
from orders.commands import AnswerChoice, Partly

CHOICE = f"{PAGES}/choices/<string:token>"


@blueprint.get(CHOICE)
@declare(permission="orders.place")
def choice(token: str) -> str:
    """Show what can be chosen, or what was. Reading it chooses nothing."""
    with transaction() as session:
        return _page(session, token, Typed())


@blueprint.post(CHOICE)
@declare(permission="orders.place", rate="30/minute")
def choose(token: str) -> Shown:
    """Choose; or say what is missing, keeping what was typed."""
    choice_id = _choice_of(token)
    with transaction() as session:
        command, typed = read_answer(request.form, read_choice(session, choice_id))
        if command is None:
            return _page(session, token, typed), 422
    try:
        _answer(choice_id, command)
    except Refusal as refusal:
        said = say(refusal)
        with transaction() as session:
            return _page(session, token, typed, refused=said), 409
    return go_to(url_for("shop.choice", token=token))


@blueprint.post(f"{ORDER}/partly")
@declare(permission="orders.cancel", rate="60/minute")
def answer_partly(token: str) -> Shown:
    """Remember what the customer wants while only a part of the order is there."""
    order_id = order_of(token)
    answer = next((each for each in Partly if each.value == request.form.get("answer")), None)
    if answer is None:
        abort(400)

    def act() -> str:
        orders.services.answer_partly(session, order_id, answer, actor=as_shopper(order_id))
        return ""  # the way back holds the link, which is not kept

    try:
        with transaction() as session:
            once(session, act)
    except Refusal as refusal:
        return show_order("order", token, fresh=False, refused=say(refusal)), 409
    return go_to(url_for("shop.order", token=token))


def _answer(choice_id: UUID, command: AnswerChoice) -> None:
    with transaction() as session:

        def act() -> str:
            orders.services.answer_choice(session, choice_id, command, actor=as_shopper())
            return ""  # the way back holds the link, which is not kept

        once(session, act)


def _page(session: Session, token: str, typed: Typed, *, refused: str | None = None) -> str:
    shown = read_choice(session, _choice_of(token))
    return show(
        "choice",
        Frame(find_visitor(session), shown.brand, []),
        choice=shown,
        token=token,
        typed=typed,
        refused=refused,
        keeps_address=keeps_address(shown.parcel),
    )


def _choice_of(token: str) -> UUID:
    choice_id = read_choice_token(token)
    if choice_id is None:
        abort(404)
    return choice_id
