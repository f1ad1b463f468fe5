"""Levels and receipts over HTTP."""

from typing import Any

from flask import Response

from inventory import queries, services
from inventory.routes.blueprint import blueprint, own_store
from inventory.schemas import (
    LevelPageSchema,
    LevelQuerySchema,
    MovementPageSchema,
    MovementQuerySchema,
    ReceiptSchema,
    ReceiveSchema,
)
from kernel.db import transaction
from kernel.web import (
    answer_once,
    current_actor,
    declare,
    make_cursor,
    read_cursor,
)


@blueprint.get("/stores/<string:code>/stock")
@declare(permission="stock.read")
@blueprint.arguments(LevelQuerySchema, location="query")
@blueprint.response(200, LevelPageSchema)
def list_levels(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List what a store has: on hand, promised, doubted, kept back, available.

    With `at`, what it had at a past instant by its ledger, which does not know what was kept back.
    """
    cursor = read_cursor(query["cursor"], parts=1)
    after, limit = cursor[0] if cursor else "", query["limit"]
    with transaction() as session:
        location_id = own_store(session, code).id
        only = {"skus": [query["sku"]] if query["sku"] else [], "after": after, "limit": limit}
        if query["at"] is not None:
            levels = queries.list_levels_at(
                session, location_id=location_id, at=query["at"], **only
            )
        else:
            levels = queries.list_levels(session, location_id=location_id, **only)
    full = len(levels) == limit
    return {"levels": levels, "next": make_cursor(levels[-1].sku) if full else None}


@blueprint.get("/stores/<string:code>/stock/<string:sku>")
@declare(permission="stock.read")
@blueprint.arguments(MovementQuerySchema, location="query")
@blueprint.response(200, MovementPageSchema)
def show_level(query: dict[str, Any], code: str, sku: str) -> dict[str, Any]:
    """Show one level with the ledger that made it, newest line first."""
    with transaction() as session:
        location_id = own_store(session, code).id
        return {
            "level": queries.get_level(session, location_id=location_id, sku=sku),
            "movements": queries.list_movements(session, location_id=location_id, sku=sku, **query),
        }


@blueprint.post("/stores/<string:code>/receipts")
@declare(permission="stock.receive", keyed=True)
@blueprint.arguments(ReceiveSchema)
@blueprint.response(201, ReceiptSchema)
def receive(body: dict[str, Any], code: str) -> Response:
    """Book goods in at a store, and take them off what was expected there."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            receipt_id = services.receive(
                session,
                location_id=own_store(session, code).id,
                **body,
                actor=current_actor(),
            )
            return 201, {"receipt_id": str(receipt_id)}

        return answer_once(session, act)
