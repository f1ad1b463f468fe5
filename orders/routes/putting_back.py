"""What lies in bins nobody collects: back to the shelf, then for sale again."""

from typing import Any
from uuid import UUID

from flask import Response

import stores.queries
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas import (
    FinishPutBackSchema,
    PutBackDoneSchema,
    PutBackListSchema,
    PutBackQuerySchema,
)
from stores.errors import UnknownLocation


@blueprint.get("/put-backs")
@declare(permission="fulfillments.read")
@blueprint.arguments(PutBackQuerySchema, location="query")
@blueprint.response(200, PutBackListSchema)
def list_put_backs(query: dict[str, Any]) -> dict[str, Any]:
    """List what a store has to put back on the shelf, the most urgent first."""
    with transaction() as session:
        store = stores.queries.get_store(session, query["store"])
        actor = current_actor()
        if not actor.sees_location(store.id):
            raise UnknownLocation(store=query["store"])
        return {"put_backs": queries.list_put_backs(session, location_id=store.id, actor=actor)}


@blueprint.post("/put-backs/<uuid:put_back_id>/done")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(FinishPutBackSchema)
@blueprint.response(200, PutBackDoneSchema)
def finish_put_back(body: dict[str, Any], put_back_id: UUID) -> Response:
    """Say that the goods are on the shelf: they are for sale again, but for `others`."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.finish_put_back(session, put_back_id, **body, actor=actor)
            return 200, PutBackDoneSchema().dump({"id": put_back_id})

        return answer_once(session, act)
