"""What happens to orders, for followers, over HTTP."""

from typing import Any

from kernel.db import transaction
from kernel.web import BadCursor, current_actor, declare, make_cursor, read_cursor, read_number
from orders import queries
from orders.routes.blueprint import blueprint
from orders.schemas.following import (
    OrderChangePageSchema,
    OrderChangeQuerySchema,
    OrderStartSchema,
)


@blueprint.get("/orders/changes/start")
@declare(permission="orders.follow")
@blueprint.response(200, OrderStartSchema)
def start_following() -> dict[str, str]:
    """Begin to follow orders: the position from which on changes are listed."""
    with transaction() as session:
        return {"next": make_cursor(str(queries.start_following(session)))}


@blueprint.get("/orders/changes")
@declare(permission="orders.follow")
@blueprint.arguments(OrderChangeQuerySchema, location="query")
@blueprint.response(200, OrderChangePageSchema)
def list_order_changes(query: dict[str, Any]) -> dict[str, Any]:
    """List what happened to orders after a position: everything once, in order, none skipped.

    An event is listed some seconds after it happened, when it has its place in the chain of events.
    """
    parts = read_cursor(query["after"], parts=1)
    if parts is None:
        raise BadCursor
    with transaction() as session:
        found = queries.list_order_changes(
            session,
            after=read_number(parts[0]),
            brand_id=current_actor().brand_id,
            source=current_actor().source,
            names=[query["type"]] if query["type"] else [],
            limit=query["limit"],
        )
    return {"changes": found.changes, "next": make_cursor(str(found.told_to))}
