"""What a parcel lacks comes from another location."""

from typing import Any
from uuid import UUID

from flask import Response

from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.availability import find_sources, lacking
from orders.commands import FetchFrom
from orders.routes.blueprint import blueprint
from orders.schemas import FetchedSchema, FetchSchema, SourceListSchema


@blueprint.get("/fulfillments/<uuid:fulfillment_id>/sources")
@declare(permission="fulfillments.read")
@blueprint.response(200, SourceListSchema)
def list_sources(fulfillment_id: UUID) -> dict[str, Any]:
    """List which locations have what a parcel still lacks, those with all of it first."""
    with transaction() as session:
        parcel = queries.get_fulfillment(session, fulfillment_id, actor=current_actor())
        wanted = lacking(session, parcel)
        return {"lacking": wanted, "sources": find_sources(session, parcel, wanted)}


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/fetch")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(FetchSchema)
@blueprint.response(201, FetchedSchema)
def fetch(command: FetchFrom, fulfillment_id: UUID) -> Response:
    """Have articles come from another location: they are reserved there and sent here."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            fetched = services.fetch_from(session, fulfillment_id, command, actor=actor)
            return 201, FetchedSchema().dump(fetched)

        return answer_once(session, act)
