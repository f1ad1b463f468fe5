"""Home delivery: which ways lead to a door and for how much, and orders that are brought."""

from typing import Any
from uuid import UUID

from flask import Response

import orders.delivery
import stores.queries
from kernel.actors import SYSTEM
from kernel.db import reading, transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.commands import AskDelivery, PlaceOrder
from orders.delivery import DeliveryOptions
from orders.jobs import without_payment_page
from orders.routes.blueprint import blueprint
from orders.routes.ordering import kept, with_token
from orders.schemas import (
    AskDeliveryQuerySchema,
    AskDeliverySchema,
    BrandQuerySchema,
    DeliveryMethodListSchema,
    DeliveryMethodSchema,
    DeliveryOptionsSchema,
    PlaceDeliverySchema,
    PlacedOrderSchema,
    SetDeliveryMethodSchema,
    SetDeliveryZoneSchema,
    TillPaidSchema,
    TillPaymentSchema,
)
from orders.services import TillTicket
from stores.errors import UnknownBrand


@blueprint.post("/delivery-options")
@declare(permission="availability.read")
@blueprint.arguments(AskDeliverySchema)
@blueprint.response(200, DeliveryOptionsSchema)
def find_delivery_options(asked: AskDelivery) -> DeliveryOptions:
    """Tell in which ways a basket can be brought to a postcode, for how much, and when."""
    with reading() as session:
        return orders.delivery.find_options(session, asked)


@blueprint.get("/delivery-options")
@declare(permission="availability.read")
@blueprint.arguments(AskDeliveryQuerySchema, location="query")
@blueprint.response(200, DeliveryOptionsSchema)
def look_up_delivery_options(asked: AskDelivery) -> DeliveryOptions:
    """Tell in which ways a few SKUs can be brought: the same question and answer, as a link."""
    with reading() as session:
        return orders.delivery.find_options(session, asked)


@blueprint.post("/orders/deliveries")
@declare(permission="orders.place", keyed=True, rate="120/minute")
@blueprint.arguments(PlaceDeliverySchema)
@blueprint.response(201, PlacedOrderSchema)
def place_delivery(command: PlaceOrder) -> Response:
    """Place an order to be brought to a door; it is prepared once it is paid."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.refuse_foreign_credit(session, command, actor=current_actor())
            return 201, kept(services.place_order(session, command, actor=current_actor()))

        return answer_once(session, act, show=with_token)


@blueprint.post("/orders/<uuid:order_id>/till-payment")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(TillPaymentSchema)
@blueprint.response(200, TillPaidSchema)
def take_till_payment(body: dict[str, Any], order_id: UUID) -> Response:
    """Say that a till took what a delivery comes to: its parcels are prepared now."""
    actor = current_actor()

    def take() -> Response:
        with transaction() as session:

            def act() -> tuple[int, dict[str, Any]]:
                ticket = TillTicket(
                    stores.queries.get_store(session, body["store"]).id, body["ticket_number"]
                )
                due_minor = services.take_till_payment(
                    session, order_id, ticket=ticket, actor=actor
                )
                order = queries.get_order(session, order_id, actor=SYSTEM)  # whoever sends it
                paid = {"number": order.number, "status": order.status, "due_minor": due_minor}
                return 200, TillPaidSchema().dump(paid)

            return answer_once(session, act)

    return without_payment_page(order_id, take)


@blueprint.get("/delivery-methods")
@declare(permission="settings.edit")
@blueprint.arguments(BrandQuerySchema, location="query")
@blueprint.response(200, DeliveryMethodListSchema)
def list_delivery_methods(query: dict[str, Any]) -> dict[str, Any]:
    """List a brand's ways to a door with their zones and prices, closed ones too."""
    with reading() as session:
        brand = stores.queries.find_brand(session, query["brand"])
        if brand is None or not current_actor().sees_brand(brand.id):
            raise UnknownBrand
        found = queries.list_delivery_ways(session, brand.id, closed_too=True)
        return {"delivery_methods": found}


@blueprint.put("/brands/<string:brand>/delivery-methods/<string:code>")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(SetDeliveryMethodSchema)
@blueprint.response(200, DeliveryMethodSchema)
def set_delivery_method(body: dict[str, Any], brand: str, code: str) -> Response:
    """Have a way to a door be as said, new or not."""
    command = SetDeliveryMethodSchema().command_for(brand, code, body)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            method_id = services.set_delivery_method(session, command, actor=current_actor())
            found = queries.get_delivery_way(session, method_id)
            return 200, DeliveryMethodSchema().dump(found)

        return answer_once(session, act)


@blueprint.post("/delivery-methods/<uuid:method_id>/close")
@declare(permission="settings.edit", keyed=True)
@blueprint.response(200, DeliveryMethodSchema)
def close_delivery_method(method_id: UUID) -> Response:
    """Have a way to a door offered no more; orders that go that way keep it."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.close_delivery_method(session, method_id, actor=current_actor())
            found = queries.get_delivery_way(session, method_id)
            return 200, DeliveryMethodSchema().dump(found)

        return answer_once(session, act)


@blueprint.post("/delivery-methods/<uuid:method_id>/zones")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(SetDeliveryZoneSchema)
@blueprint.response(200, DeliveryMethodSchema)
def set_delivery_zone(body: dict[str, Any], method_id: UUID) -> Response:
    """Have a way lead to a zone as said, new or not: its name tells which."""
    command = SetDeliveryZoneSchema().command_for(method_id, body)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.set_delivery_zone(session, command, actor=current_actor())
            found = queries.get_delivery_way(session, method_id)
            return 200, DeliveryMethodSchema().dump(found)

        return answer_once(session, act)


@blueprint.delete("/delivery-methods/<uuid:method_id>/zones/<uuid:zone_id>")
@declare(permission="settings.edit", keyed=True)
@blueprint.response(200, DeliveryMethodSchema)
def remove_delivery_zone(method_id: UUID, zone_id: UUID) -> Response:
    """Have a way not lead to a zone any more."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.remove_delivery_zone(
                session, method_id, zone_id=zone_id, actor=current_actor()
            )
            found = queries.get_delivery_way(session, method_id)
            return 200, DeliveryMethodSchema().dump(found)

        return answer_once(session, act)
