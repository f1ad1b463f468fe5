"""The orders of whoever is signed in to an account."""

from typing import Any

import customers.queries
from kernel.db import transaction
from kernel.web import current_actor, declare, make_cursor, read_place
from orders import queries
from orders.routes.blueprint import blueprint
from orders.schemas.accounts import OwnOrdersQuerySchema, OwnOrdersSchema


@blueprint.get("/account/orders")
@declare(permission="account.use")
@blueprint.arguments(OwnOrdersQuerySchema, location="query")
@blueprint.response(200, OwnOrdersSchema)
def list_own_orders(query: dict[str, Any]) -> dict[str, Any]:
    """List the orders whose contact is proven to be the account's, the newest first.

    Each is read, changed and called off at its own address with the same token.
    """
    after, actor = read_place(query["cursor"]), current_actor()
    with transaction() as session:
        contacts = (
            customers.queries.list_own_contact_ids(session, actor.customer_id)
            if actor.customer_id
            else []
        )
        ids = queries.list_order_ids(session, contacts, after=after, limit=query["limit"])
        found = [queries.get_order(session, each, actor=actor) for each in ids]
    last = found[-1] if len(found) == query["limit"] else None
    following = last and make_cursor(last.placed_at.isoformat(), str(last.id))
    return {"orders": found, "next": following}
