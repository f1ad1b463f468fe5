"""Who comes for an order: proxies the customer sends, and people who wait in their cars."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.queries
from customers.commands import GiveContact
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas import (
    ArrivedSchema,
    ComingSchema,
    NameProxySchema,
    ProxyIdSchema,
    ProxyListSchema,
)


@blueprint.get("/orders/<uuid:order_id>/proxies")
@declare(permission="orders.read")
@blueprint.response(200, ProxyListSchema)
def list_proxies(order_id: UUID) -> dict[str, Any]:
    """List everybody whom the customer named to collect an order."""
    with transaction() as session:
        found = queries.list_proxies(session, order_id, actor=current_actor())
        people = customers.queries.get_contacts(session, [each.contact_id for each in found])
    return {
        "proxies": [
            {
                "id": each.id,
                "name": people[each.contact_id].short_name,
                "named_at": each.named_at,
                "withdrawn_at": each.withdrawn_at,
                "collected": each.collected,
            }
            for each in found
        ]
    }


@blueprint.post("/orders/<uuid:order_id>/proxies")
@declare(permission="orders.collect", keyed=True, rate="60/minute")
@blueprint.arguments(NameProxySchema)
@blueprint.response(201, ProxyIdSchema)
def name_proxy(body: dict[str, Any], order_id: UUID) -> Response:
    """Have somebody else able to collect an order, with a code of their own."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            order = queries.get_order(session, order_id, actor=actor)
            contact = GiveContact(language=order.language, **body)
            proxy_id = services.name_proxy(session, order_id, contact, actor=actor)
            return 201, {"proxy_id": str(proxy_id)}

        return answer_once(session, act)


@blueprint.post("/orders/<uuid:order_id>/proxies/<uuid:proxy_id>/withdraw")
@declare(permission="orders.collect", keyed=True)
@blueprint.response(200, ProxyIdSchema)
def withdraw_proxy(order_id: UUID, proxy_id: UUID) -> Response:
    """Have somebody not collect an order any more: their code is dead, and no other."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.withdraw_proxy(session, order_id, proxy_id, actor=actor)
            return 200, {"proxy_id": str(proxy_id)}

        return answer_once(session, act)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/on-my-way")
@declare(permission="orders.collect", keyed=True, rate="60/minute")
@blueprint.response(200, ComingSchema)
def announce_way(fulfillment_id: UUID) -> Response:
    """Say that the customer of a parcel that waits is on the way."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.announce_way(session, fulfillment_id, actor=actor)
            return 200, _coming(session, fulfillment_id)

        return answer_once(session, act)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/arrived")
@declare(permission="orders.collect", keyed=True, rate="60/minute")
@blueprint.arguments(ArrivedSchema)
@blueprint.response(200, ComingSchema)
def announce_arrival(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say that the customer waits outside, and where: the store's board shows it at once."""
    actor: Actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.announce_arrival(session, fulfillment_id, **body, actor=actor)
            return 200, _coming(session, fulfillment_id)

        return answer_once(session, act)


def _coming(session: Session, fulfillment_id: UUID) -> dict[str, Any]:
    """Return what was said, without what only the store needs to know."""
    arrival = queries.find_arrival(session, fulfillment_id)
    shown: dict[str, Any] = ComingSchema().dump(
        {
            "fulfillment_id": fulfillment_id,
            "on_my_way_at": arrival.on_my_way_at if arrival else None,
            "arrived_at": arrival.arrived_at if arrival else None,
            "bay": arrival.bay if arrival else None,
            "served_at": arrival.served_at if arrival else None,
        }
    )
    return shown
