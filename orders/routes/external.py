"""Orders another shop brings."""

from typing import Any

from flask import Response

from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.commands import BringOrder
from orders.routes.blueprint import blueprint
from orders.schemas.external import BringOrderSchema, BroughtOrderSchema, BroughtQuerySchema

KEPT = BroughtOrderSchema(exclude=("order.note", "order.fulfillments.note"))
"""What of an answer is stored: nothing personal."""


@blueprint.post("/orders/brought")
@declare(permission="orders.bring", keyed=True)
@blueprint.arguments(BringOrderSchema)
@blueprint.response(201, BroughtOrderSchema)
@blueprint.alt_response(200, schema=BroughtOrderSchema, description="It was brought already.")
def bring_order(command: BringOrder) -> Response:
    """Bring an order of another shop, under its number there, at the prices it agreed."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            status = 201 if services.bring_order(session, command, actor=actor) else 200
            brought = queries.get_brought(session, command.number, actor=actor)
            return status, KEPT.dump(brought)

        return answer_once(session, act)


@blueprint.get("/orders/brought")
@declare(permission="orders.bring")
@blueprint.arguments(BroughtQuerySchema, location="query")
@blueprint.response(200, BroughtOrderSchema)
def get_brought_order(query: dict[str, Any]) -> queries.BroughtOrder:
    """Show an order under the number it has in the shop that brought it."""
    with transaction() as session:
        return queries.get_brought(session, query["number"], actor=current_actor())
