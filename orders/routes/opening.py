"""How far a store is set up, switching it on, closing it: over HTTP."""

from typing import Any

from flask import Response

from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas import ClosedSchema, CloseSchema, OpeningSchema
from stores.queries import OpeningFacts


@blueprint.get("/stores/<string:code>/opening")
@declare(permission="stores.run")
@blueprint.response(200, OpeningSchema)
def get_opening(code: str) -> OpeningFacts:
    """Show what is done and what is missing before a store can be switched on."""
    with transaction() as session:
        return queries.get_opening(session, code, actor=current_actor())


@blueprint.post("/stores/<string:code>/switch-on")
@declare(permission="stores.edit", keyed=True)
@blueprint.response(200, OpeningSchema)
def switch_on(code: str) -> Response:
    """Have a store that was set up take orders from now on."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.switch_on_store(session, code, actor=actor)
            return 200, OpeningSchema().dump(queries.get_opening(session, code, actor=actor))

        return answer_once(session, act)


@blueprint.post("/stores/<string:code>/close")
@declare(permission="stores.edit", keyed=True)
@blueprint.arguments(CloseSchema)
@blueprint.response(200, ClosedSchema)
def close_store(body: dict[str, Any], code: str) -> Response:
    """Close a store for good."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.close_store(session, code, actor=current_actor(), **body)
            return 200, {"code": code}

        return answer_once(session, act)
