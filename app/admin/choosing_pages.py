"""Answering for a customer who calls: what becomes of a rejected parcel, or of a part."""

from typing import Final
from uuid import UUID

from flask import url_for

import orders.queries
import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.choosing import STORE
from app.admin.orders import find_order, show_order
from app.admin.reading import Answers, one_of, read_form
from app.answers import Shown
from app.shop.contact import Typed, read_address
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders.commands import Answer, AnswerChoice, Partly
from orders.errors import AnswerNotOffered, UnknownChoice

REFUSED: Final = 422


@blueprint.post("/orders/<string:number>/choices/<uuid:parcel_id>")
@declare(permission="orders.cancel")
def answer_choice(number: str, parcel_id: UUID) -> Shown:
    """Choose for the customer, with their word."""
    answers = read_form()
    command, typed = _command(answers)
    if typed.errors:
        answers.errors.update(typed.errors)
        return show_order(number, answers), REFUSED
    with transaction() as session:
        order = find_order(session, number)
        choice = orders.queries.list_choices(session, [each.id for each in order.fulfillments])
        if parcel_id not in choice:
            raise UnknownChoice

        def act() -> str:
            orders.services.answer_choice(
                session, choice[parcel_id].id, command, actor=current_actor()
            )
            return go_to("order", number=number)

        return forms.once(session, act)


@blueprint.post("/orders/<string:number>/partly")
@declare(permission="orders.cancel")
def answer_partly(number: str) -> Shown:
    """Say for the customer what they want while only a part is there."""
    answer = one_of(Partly, read_form().text("answer"))
    if answer is None:
        raise AnswerNotOffered
    with transaction() as session:
        order = find_order(session, number)

        def act() -> str:
            orders.services.answer_partly(session, order.id, answer, actor=current_actor())
            return url_for("office.order", number=number)

        return forms.once(session, act)


def _command(answers: Answers) -> tuple[AnswerChoice, Typed]:
    """Return what was chosen, and what is wrong with where it is brought to."""
    said, typed = answers.text("answer"), Typed()
    if said.startswith(STORE):
        return AnswerChoice(Answer.OTHER_STORE, store_code=said.removeprefix(STORE)), typed
    answer = one_of(Answer, said)
    if answer is None:
        raise AnswerNotOffered
    asked = answer is Answer.DELIVERY and "line1" in answers.typed
    address = read_address(answers.typed, typed) if asked else None
    return AnswerChoice(answer, address=address), typed
