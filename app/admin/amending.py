"""Changing an order for a customer who calls."""

from app.admin.blueprint import blueprint, go_to_order, show
from app.admin.orders import find_order
from app.amending import Door, show_form, take_form
from app.amending_form import Shown as Change
from app.answers import Shown
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.commands import USUAL_CHANNEL, Channel
from orders.queries import OrderFacts


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
