"""Links to pay: made for an order by staff, listed with their truth."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import payments.queries
from kernel.db import transaction
from kernel.links import pay_token
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.queries import OrderFacts, PayLinkFacts
from orders.routes.blueprint import blueprint
from orders.schemas import PayLinkListSchema, PayLinkSchema


@blueprint.post("/orders/<uuid:order_id>/pay-links")
@declare(permission="orders.take", keyed=True)
@blueprint.response(201, PayLinkSchema)
def make_pay_link(order_id: UUID) -> Response:
    """Have the customer sent a link to pay an order by card; it ends the one before."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            order = queries.get_order(session, order_id, actor=actor)
            return 201, {"id": str(services.make_pay_link(session, order, actor=actor))}

        def show(kept: dict[str, Any]) -> dict[str, Any]:
            order = queries.get_order(session, order_id, actor=actor)
            link = queries.get_pay_link(session, UUID(kept["id"]))
            shown: dict[str, Any] = PayLinkSchema().dump(_show(session, link, order))
            return shown

        return answer_once(session, act, show=show)


@blueprint.get("/orders/<uuid:order_id>/pay-links")
@declare(permission="orders.take")
@blueprint.response(200, PayLinkListSchema)
def list_pay_links(order_id: UUID) -> dict[str, Any]:
    """List the links from which an order may or might have been paid."""
    with transaction() as session:
        order = queries.get_order(session, order_id, actor=current_actor())
        found = queries.list_pay_links(session, order_id)
        return {"pay_links": [_show(session, each, order) for each in found]}


def _show(session: Session, link: PayLinkFacts, order: OrderFacts) -> dict[str, Any]:
    owed = payments.queries.get_obligation(session, link.obligation_id)
    return {
        "id": link.id,
        "order_id": link.order_id,
        "amount_minor": owed.amount_minor,
        "currency": owed.currency,
        "pay_by": link.pay_by,
        "made_at": link.made_at,
        "reminded_at": link.reminded_at,
        "open": link.open,
        "path": f"/{order.language}/pay/{pay_token(link.id)}",
    }
