"""Free slots over HTTP."""

from typing import Any

from kernel.db import transaction
from kernel.web import declare
from orders import queries
from orders.routes.blueprint import blueprint
from orders.schemas import SlotListSchema, SlotQuerySchema


@blueprint.get("/stores/<string:code>/slots")
@declare(permission="availability.read")
@blueprint.arguments(SlotQuerySchema, location="query")
@blueprint.response(200, SlotListSchema)
def list_slots(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List the free slots an order placed now could have."""
    with transaction() as session:
        return {"slots": queries.list_offered_slots(session, store_code=code, **query)}
