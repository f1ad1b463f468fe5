"""Changing an order for a customer who calls."""

import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to_order, show
from app.admin.orders import find_order, show_order
from app.admin.reading import read_form
from app.amending import Door, show_form, take_form
from app.amending_form import Shown as Change
from app.answers import Shown
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.commands import ORDER_NOTE_MAX, USUAL_CHANNEL, Channel
from orders.queries import OrderFacts

REFUSED = 422


@blueprint.get("/orders/<string:number>/amend")
@declare(permission="messages.read")
def ask_to_amend(number: str) -> str:
    """Ask what of the order is to be different."""
    return show_form(_door(number))


@blueprint.post("/orders/<string:number>/amend")
@declare(permission="orders.amend")
def amend(number: str) -> Shown:
    """Say what a change would come to; once that was seen, make it."""
    return take_form(_door(number))


@blueprint.post("/orders/<string:number>/note")
@declare(permission="orders.amend")
def note_order(number: str) -> Shown:
    """Have an order bear what its customer says to who prepares, hands over or brings it."""
    answers = read_form()
    note = answers.text("order_note", longest=ORDER_NOTE_MAX)
    if answers.errors:
        return show_order(number, answers), REFUSED
    with transaction() as session:
        known = find_order(session, number)

        def act() -> str:
            orders.services.note_order(session, known.id, note, actor=current_actor())
            return go_to_order(number)

        return forms.once(session, act)


def _door(number: str) -> Door:
    actor = current_actor()

    def page(order: OrderFacts, change: Change | None, refused: str | None) -> str:
        return show(
            "amend.html",
            tab="orders",
            order=order,
            number=show_order_number(order.number),
            amend=change,
            refused=refused,
            back=go_to_order(number),
        )

    return Door(
        actor,
        USUAL_CHANNEL.get(actor.kind, Channel.PHONE),
        lambda session: find_order(session, number),
        page,
        go_to_order(number),
    )
