"""While a parcel waits: kept longer, and its customer written to where they can be reached."""

from typing import Any
from uuid import UUID

from flask import Response

from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas import CorrectContactSchema, CorrectedSchema, ExtendedSchema


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/extend")
@declare(permission="orders.collect", keyed=True, rate="60/minute")
@blueprint.response(200, ExtendedSchema)
def extend_pickup(fulfillment_id: UUID) -> Response:
    """Keep a ready parcel longer: by as many days, and as often, as its store allows."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.extend_pickup(session, fulfillment_id, actor=actor)
            parcel = queries.get_fulfillment(session, fulfillment_id, actor=actor)
            told = {"fulfillment_id": parcel.id, "collect_by": parcel.collect_by}
            return 200, ExtendedSchema().dump(told)

        return answer_once(session, act)


@blueprint.post("/orders/<uuid:order_id>/contact")
@declare(permission="orders.collect", keyed=True, rate="60/minute")
@blueprint.arguments(CorrectContactSchema)
@blueprint.response(200, CorrectedSchema)
def correct_contact(body: dict[str, Any], order_id: UUID) -> Response:
    """Have what is owed to a customer from now on go to this address and number.

    What was sent stays as it was sent.
    """
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.correct_contact(session, order_id, **body, actor=actor)
            return 200, {"order_id": str(order_id)}

        return answer_once(session, act)
