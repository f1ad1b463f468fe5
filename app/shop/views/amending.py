"""The holder of an order's link changes it: articles, store, slot, address, collector, note."""

from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app.amending import Door, show_form, take_form
from app.amending_form import Shown as Change
from app.answers import Shown
from app.order_words import read_note
from app.shop.blueprint import blueprint
from app.shop.contact import Typed
from app.shop.views.following import ORDER, order_of, show_order
from app.shop.views.keeping import do
from app.shop.visitor import as_shopper, find_visitor
from kernel.actors import Actor
from kernel.web import declare
from orders.commands import Channel
from orders.queries import OrderFacts

UNPROCESSABLE: Final = 422


@blueprint.get(f"{ORDER}/amend")
@declare(permission="orders.read")
def ask_to_amend(token: str) -> str:
    """Ask what of the order is to be different."""
    return show_form(_door(token))


@blueprint.post(f"{ORDER}/amend")
@declare(permission="orders.amend", rate="60/minute")
def amend(token: str) -> Shown:
    """Say what a change would come to; once that was seen, make it."""
    return take_form(_door(token))


@blueprint.post(f"{ORDER}/note")
@declare(permission="orders.amend", rate="60/minute")
def note_order(token: str) -> Shown:
    """Have the order bear a note for who prepares, hands over or brings it; empty for none."""
    typed = Typed()
    note = read_note(request.form, typed)
    if typed.errors:
        return show_order("order", token, fresh=False, typed=typed), UNPROCESSABLE

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        orders.services.note_order(session, order_id, note, actor=actor)

    return do(token, "order", act, fresh=False)


def _door(token: str) -> Door:
    order_id = order_of(token)
    actor = as_shopper(order_id)

    def page(_order: OrderFacts, change: Change | None, refused: str | None) -> str:
        return show_order("amend", token, amend=change, refused=refused)

    return Door(
        actor,
        Channel.WEB,
        lambda session: orders.queries.get_order(session, order_id, actor=actor),
        page,
        url_for("shop.order", token=token),
        more=lambda session: find_visitor(session).cart.quantities,
    )
