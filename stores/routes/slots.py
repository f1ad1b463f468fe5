"""Weekly slots over HTTP; the free ones are listed where orders are."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import declare
from stores import queries, services
from stores.commands import AddPattern
from stores.routes.blueprint import blueprint, once, own_store
from stores.schemas.slots import PatternListSchema, PatternSchema


@blueprint.get("/stores/<string:code>/slot-patterns")
@declare(permission="stock.read")
@blueprint.response(200, PatternListSchema)
def list_patterns(code: str) -> dict[str, Any]:
    """List the slots a store offers each week."""
    with transaction() as session:
        return _patterns(session, code)


@blueprint.post("/stores/<string:code>/slot-patterns")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(PatternSchema)
@blueprint.response(201, PatternListSchema)
def add_pattern(command: AddPattern, code: str) -> Response:
    """Offer slots each week from now on."""

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.add_pattern(session, command, code=code, actor=actor)
        return _patterns(session, code)

    return once(act, PatternListSchema(), status=201)


@blueprint.post("/stores/<string:code>/slot-patterns/<uuid:pattern_id>/end")
@declare(permission="stores.run", keyed=True)
@blueprint.response(200, PatternListSchema)
def end_pattern(code: str, pattern_id: UUID) -> Response:
    """Make no more slots of a pattern; what is booked stays booked."""

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.end_pattern(session, pattern_id, code=code, actor=actor)
        return _patterns(session, code)

    return once(act, PatternListSchema())


def _patterns(session: Session, code: str) -> dict[str, Any]:
    return {"patterns": queries.list_patterns(session, own_store(session, code).id)}
