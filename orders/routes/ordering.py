"""Placing an order, reading and cancelling it."""

from typing import Any
from uuid import UUID

from flask import Response

from kernel.db import transaction
from kernel.ids import read_order_number
from kernel.links import order_token
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.commands import PlaceOrder
from orders.errors import UnknownOrder
from orders.routes.blueprint import blueprint
from orders.schemas import (
    KEPT_ORDER,
    CancelSchema,
    OrderNoteSchema,
    OrderQuerySchema,
    OrderSchema,
    PlacedOrderSchema,
    PlaceOrderSchema,
)
from orders.services import PlacedOrder

KEPT = PlacedOrderSchema(exclude=("access_token",))
"""What of an answer is stored: everything but the token, which is derived each time."""


@blueprint.post("/orders")
@declare(permission="orders.place", keyed=True, rate="120/minute")
@blueprint.arguments(PlaceOrderSchema)
@blueprint.response(201, PlacedOrderSchema)
def place_order(command: PlaceOrder) -> Response:
    """Place an order: to collect at a store, or in parts that each go their own way."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.refuse_foreign_credit(session, command, actor=current_actor())
            return 201, kept(services.place_order(session, command, actor=current_actor()))

        return answer_once(session, act, show=with_token)


@blueprint.get("/orders")
@declare(permission="orders.read")
@blueprint.arguments(OrderQuerySchema, location="query")
@blueprint.response(200, OrderSchema)
def find_order(query: dict[str, Any]) -> queries.OrderFacts:
    """Show the order with a number, as printed or typed."""
    number = read_order_number(query["number"])
    if number is None:
        raise UnknownOrder
    with transaction() as session:
        return queries.get_order_by_number(session, number, actor=current_actor())


@blueprint.get("/orders/<uuid:order_id>")
@declare(permission="orders.read")
@blueprint.response(200, OrderSchema)
def get_order(order_id: UUID) -> queries.OrderFacts:
    """Show an order."""
    with transaction() as session:
        return queries.get_order(session, order_id, actor=current_actor())


@blueprint.put("/orders/<uuid:order_id>/note")
@declare(permission="orders.amend", keyed=True, rate="60/minute")
@blueprint.arguments(OrderNoteSchema)
@blueprint.response(200, OrderSchema)
def note_order(body: dict[str, Any], order_id: UUID) -> Response:
    """Have an open order bear a note of its customer, instead of any it had; empty for none."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.note_order(session, order_id, body["note"], actor=actor)
            return 200, KEPT_ORDER.dump(queries.get_order(session, order_id, actor=actor))

        return answer_once(session, act)


@blueprint.post("/orders/<uuid:order_id>/cancel")
@declare(permission="orders.cancel", keyed=True)
@blueprint.arguments(CancelSchema)
@blueprint.response(200, OrderSchema)
def cancel_order(body: dict[str, Any], order_id: UUID) -> Response:
    """Call an order off."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.cancel_order(session, order_id, reason=body["reason"], actor=actor)
            return 200, KEPT_ORDER.dump(queries.get_order(session, order_id, actor=actor))

        return answer_once(session, act)


def kept(placed: PlacedOrder) -> dict[str, Any]:
    """Return what of an answer is stored: of a placed order everything but its token."""
    shown: dict[str, Any] = KEPT.dump(
        {
            "id": placed.id,
            "number": placed.number,
            "fulfillment_id": placed.fulfillment_id,
            "promised_at": placed.promised_at,
            "currency": placed.currency,
            "total_minor": placed.totals.total_minor,
            "vat": placed.totals.vat,
            "parcels": placed.parcels,
            "follows": placed.follows.value if placed.follows else None,
        }
    )
    return shown


def with_token(body: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with the token that shows the order, which is derived each time."""
    return {**body, "access_token": order_token(UUID(body["id"]))}
