"""Persons of a former system, brought by it."""

from typing import Any

from flask import Response

import customers.services
import stores.queries
from customers.commands import BringCustomer
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders.routes.blueprint import blueprint
from orders.schemas.bringing import BringCustomerSchema, BroughtCustomerSchema


@blueprint.post("/customers/brought")
@declare(permission="customers.bring", keyed=True)
@blueprint.arguments(BringCustomerSchema)
@blueprint.response(201, BroughtCustomerSchema)
@blueprint.alt_response(
    200, schema=BroughtCustomerSchema, description="Their id was brought already."
)
def bring_customer(person: dict[str, Any]) -> Response:
    """Bring a person of another system, with each consent and its proof."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            trust = stores.queries.take_trust(session, actor.id)
            command = BringCustomer(trust.source, **person)
            brought = customers.services.bring_customer(session, command, actor=actor)
            return 201 if brought.is_new else 200, BroughtCustomerSchema().dump(brought)

        return answer_once(session, act)
