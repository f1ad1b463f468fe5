"""Where SKUs lie in a store, over HTTP."""

from typing import Any

from flask import Response

from inventory import queries, services
from inventory.routes.blueprint import blueprint, own_store
from inventory.schemas import PlacesChangedSchema, PlacesSchema, ShelfPageSchema, ShelfQuerySchema
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare, make_cursor, read_cursor


@blueprint.get("/stores/<string:code>/shelf-places")
@declare(permission="stock.read")
@blueprint.arguments(ShelfQuerySchema, location="query")
@blueprint.response(200, ShelfPageSchema)
def list_places(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List where SKUs lie in a store, by SKU."""
    cursor, limit = read_cursor(query["cursor"], parts=1), query["limit"]
    with transaction() as session:
        found = queries.list_shelf(
            session,
            location_id=own_store(session, code).id,
            after=cursor[0] if cursor else "",
            limit=limit,
        )
    places = [{"sku": sku, "place": place} for sku, place in found]
    return {"places": places, "next": make_cursor(found[-1][0]) if len(found) == limit else None}


@blueprint.put("/stores/<string:code>/shelf-places")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(PlacesSchema)
@blueprint.response(200, PlacesChangedSchema)
def place_skus(body: dict[str, Any], code: str) -> Response:
    """Say where SKUs lie in a store; those not named stay where they are."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            changed = services.place_skus(
                session,
                location_id=own_store(session, code).id,
                places=body["places"],
                actor=current_actor(),
            )
            return 200, {"changed": changed}

        return answer_once(session, act)
