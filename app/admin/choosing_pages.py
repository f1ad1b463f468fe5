"""Answering for a customer who calls: what becomes of a rejected parcel, or of a part."""

from typing import Final
from uuid import UUID

from flask import url_for

import orders.queries
import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to
from app.admin.choosing import STORE
from app.admin.orders import find_order
from app.admin.reading import Answers, one_of, read_form
from app.answers import Shown
from customers.commands import GiveAddress
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders.commands import Answer, AnswerChoice, Partly
from orders.errors import AnswerNotOffered, UnknownChoice

POSTCODE_MAX: Final = 12


@blueprint.post("/orders/<string:number>/choices/<uuid:parcel_id>")
@declare(permission="orders.cancel")
def answer_choice(number: str, parcel_id: UUID) -> Shown:
    """Choose for the customer, with their word."""
    answers = read_form()
    command = _command(answers)
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


def _command(answers: Answers) -> AnswerChoice:
    said = answers.text("answer")
    if said.startswith(STORE):
        return AnswerChoice(Answer.OTHER_STORE, store_code=said.removeprefix(STORE))
    answer = one_of(Answer, said)
    if answer is None:
        raise AnswerNotOffered
    return AnswerChoice(answer, address=_address(answers) if answer is Answer.DELIVERY else None)


def _address(answers: Answers) -> GiveAddress | None:
    lines = {name: answers.text(name) for name in ("line1", "line2", "postcode", "city")}
    if not any(lines.values()):
        return None
    return GiveAddress(
        lines["line1"], lines["postcode"][:POSTCODE_MAX], lines["city"], lines["line2"] or None
    )
