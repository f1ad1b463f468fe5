"""What a store expects to come in, over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from inventory import queries, services
from inventory.commands import ExpectGoods
from inventory.routes.blueprint import blueprint, own_store
from inventory.routes.pages import day_cursor, do_once, read_day
from inventory.schemas import (
    CloseIncomingSchema,
    DoneSchema,
    ExpectedSchema,
    ExpectSchema,
    IncomingPageSchema,
    IncomingQuerySchema,
    MoveIncomingSchema,
)
from kernel.db import transaction
from kernel.web import current_actor, declare


@blueprint.get("/stores/<string:code>/incoming")
@declare(permission="stock.read")
@blueprint.arguments(IncomingQuerySchema, location="query")
@blueprint.response(200, IncomingPageSchema)
def list_incoming(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List what a store still expects, the oldest day first."""
    with transaction() as session:
        found = queries.list_incoming(
            session,
            location_id=own_store(session, code).id,
            sku=query["sku"],
            after=read_day(query["cursor"]),
            limit=query["limit"],
        )
    last = found[-1] if len(found) == query["limit"] else None
    return {"incoming": found, "next": day_cursor(last.expected_on, last.id) if last else None}


@blueprint.post("/stores/<string:code>/incoming")
@declare(permission="stock.receive", keyed=True)
@blueprint.arguments(ExpectSchema)
@blueprint.response(201, ExpectedSchema)
def expect_goods(body: dict[str, Any], code: str) -> Response:
    """Have a store expect goods on a day."""

    def act(session: Session) -> dict[str, Any]:
        command = ExpectGoods(own_store(session, code).id, **body)
        expected = services.expect_goods(session, command, actor=current_actor())
        return {"incoming": {sku: str(each) for sku, each in expected.items()}}

    return do_once(act, status=201)


@blueprint.post("/incoming/<uuid:incoming_id>/move")
@declare(permission="stock.receive", keyed=True)
@blueprint.arguments(MoveIncomingSchema)
@blueprint.response(200, DoneSchema)
def move_incoming(body: dict[str, Any], incoming_id: UUID) -> Response:
    """Expect goods on another day."""

    def act(session: Session) -> dict[str, Any]:
        services.move_incoming(session, incoming_id, **body, actor=current_actor())
        return {"id": str(incoming_id)}

    return do_once(act)


@blueprint.post("/incoming/<uuid:incoming_id>/close")
@declare(permission="stock.receive", keyed=True)
@blueprint.arguments(CloseIncomingSchema)
@blueprint.response(200, DoneSchema)
def close_incoming(body: dict[str, Any], incoming_id: UUID) -> Response:
    """Expect the rest of some goods no longer."""

    def act(session: Session) -> dict[str, Any]:
        services.close_incoming(session, incoming_id, **body, actor=current_actor())
        return {"id": str(incoming_id)}

    return do_once(act)
