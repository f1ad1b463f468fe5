"""The store's board: its open parcels, soonest promise first."""

from flask import Blueprint, render_template

import customers.queries
import stores.queries
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders import queries
from orders.commands import Status

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

BOARD = (Status.NEW, Status.ACCEPTED, Status.PICKING, Status.READY)


@blueprint.get("/<string:store_code>")
@declare(permission="fulfillments.read")
def board(store_code: str) -> str:
    """Show the open parcels of a store."""
    actor = current_actor()
    with transaction() as session:
        store = stores.queries.get_store(session, store_code)
        parcels = queries.list_fulfillments(
            session, location_id=store.id, statuses=BOARD, actor=actor
        )
        people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    return render_template(
        "board.html", store=store, parcels=parcels, people=people, number=show_order_number
    )
