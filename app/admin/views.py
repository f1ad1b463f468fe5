"""The back office: an order with everything that happened to it and every message about it."""

from flask import Blueprint, render_template, request

import customers.queries
import notifications.queries
from kernel import events
from kernel.db import transaction
from kernel.ids import read_order_number, show_order_number
from kernel.web import current_actor, declare
from orders import queries
from orders.errors import UnknownOrder

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/orders")
@declare(permission="messages.read")
def order_history() -> str:
    """Show the order with the number asked for; a form to ask when there is none."""
    typed = request.args.get("number", "")
    if not typed:
        return render_template("admin_order.html", order=None)
    number = read_order_number(typed)
    if number is None:
        raise UnknownOrder
    with transaction() as session:
        order = queries.get_order_by_number(session, number, actor=current_actor())
        ids = [order.id, *(parcel.id for parcel in order.fulfillments)]
        return render_template(
            "admin_order.html",
            order=order,
            number=show_order_number(order.number),
            contact=customers.queries.get_contacts(session, [order.contact_id])[order.contact_id],
            history=events.list_history(session, ids),
            messages=notifications.queries.list_messages(session, order.id),
        )
