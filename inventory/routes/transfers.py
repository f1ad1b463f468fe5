"""Transfers over HTTP: drafted by either end, sent by one, received by the other."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from inventory import queries, services
from inventory.commands import DraftTransfer, MissingReason, TransferStatus
from inventory.routes.blueprint import blueprint, own_store
from inventory.routes.pages import do_once, read_id
from inventory.schemas import (
    ClosedTransferSchema,
    CloseTransferSchema,
    DraftedSchema,
    DraftTransferSchema,
    SendTransferSchema,
    TransferIdSchema,
    TransferLinesSchema,
    TransferPageSchema,
    TransferQuerySchema,
)
from kernel.db import transaction
from kernel.fields import ItemsSchema
from kernel.web import current_actor, declare, make_cursor


@blueprint.get("/stores/<string:code>/transfers")
@declare(permission="stock.read")
@blueprint.arguments(TransferQuerySchema, location="query")
@blueprint.response(200, TransferPageSchema)
def list_transfers(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List what leaves or reaches a store, newest first."""
    with transaction() as session:
        found = queries.list_transfers(
            session,
            location_id=own_store(session, code).id,
            direction=query["direction"],
            statuses=query["status"],
            before=read_id(query["cursor"]),
            limit=query["limit"],
        )
    full = len(found) == query["limit"]
    return {"transfers": found, "next": make_cursor(str(found[-1].id)) if full else None}


@blueprint.get("/transfers/<uuid:transfer_id>")
@declare(permission="stock.read")
@blueprint.response(200, TransferLinesSchema)
def show_transfer(transfer_id: UUID) -> dict[str, Any]:
    """Show a transfer with its lines."""
    with transaction() as session:
        found = queries.get_transfer(session, transfer_id, actor=current_actor())
        return {"transfer": found, "lines": queries.list_transfer_lines(session, found.id)}


@blueprint.post("/transfers")
@declare(permission="stock.move", keyed=True)
@blueprint.arguments(DraftTransferSchema)
@blueprint.response(201, DraftedSchema)
def draft_transfer(body: dict[str, Any]) -> Response:
    """Write down what is to go from one location to another; nothing moves yet."""

    def act(session: Session) -> dict[str, Any]:
        command = DraftTransfer(
            stores.queries.get_store(session, body["from_store"]).id,
            stores.queries.get_store(session, body["to_store"]).id,
            body["quantities"],
            body["note"],
        )
        transfer_id, number = services.draft_transfer(session, command, actor=current_actor())
        return {"transfer_id": str(transfer_id), "number": number}

    return do_once(act, status=201)


@blueprint.post("/transfers/<uuid:transfer_id>/change")
@declare(permission="stock.move", keyed=True)
@blueprint.arguments(ItemsSchema)
@blueprint.response(200, TransferIdSchema)
def change_transfer(body: dict[str, Any], transfer_id: UUID) -> Response:
    """Replace what a draft says is to go."""

    def act(session: Session) -> dict[str, Any]:
        services.change_transfer(session, transfer_id, **body, actor=current_actor())
        return _answer(transfer_id, TransferStatus.DRAFT)

    return do_once(act)


@blueprint.post("/transfers/<uuid:transfer_id>/cancel")
@declare(permission="stock.move", keyed=True)
@blueprint.response(200, TransferIdSchema)
def cancel_transfer(transfer_id: UUID) -> Response:
    """Give up a draft."""

    def act(session: Session) -> dict[str, Any]:
        services.cancel_transfer(session, transfer_id, actor=current_actor())
        return _answer(transfer_id, TransferStatus.CANCELLED)

    return do_once(act)


@blueprint.post("/transfers/<uuid:transfer_id>/send")
@declare(permission="stock.move", keyed=True)
@blueprint.arguments(SendTransferSchema)
@blueprint.response(200, TransferIdSchema)
def send_transfer(body: dict[str, Any], transfer_id: UUID) -> Response:
    """Take the goods off the sender's shelf: they are on the way."""

    def act(session: Session) -> dict[str, Any]:
        services.send_transfer(session, transfer_id, **body, actor=current_actor())
        return _answer(transfer_id, TransferStatus.SENT)

    return do_once(act)


@blueprint.post("/transfers/<uuid:transfer_id>/receive")
@declare(permission="stock.move", keyed=True)
@blueprint.arguments(ItemsSchema)
@blueprint.response(200, TransferIdSchema)
def receive_transfer(body: dict[str, Any], transfer_id: UUID) -> Response:
    """Put what arrived on the receiver's shelf; it may arrive in parts."""
    return do_once(
        lambda session: _answer(
            transfer_id,
            services.receive_transfer(session, transfer_id, **body, actor=current_actor()),
        )
    )


@blueprint.post("/transfers/<uuid:transfer_id>/close")
@declare(permission="stock.adjust", keyed=True)
@blueprint.arguments(CloseTransferSchema)
@blueprint.response(200, ClosedTransferSchema)
def close_transfer(reasons: dict[str, MissingReason], transfer_id: UUID) -> Response:
    """Give up what never arrived, each article with its reason."""

    def act(session: Session) -> dict[str, Any]:
        missing = services.close_transfer(
            session, transfer_id, reasons=reasons, actor=current_actor()
        )
        return {**_answer(transfer_id, TransferStatus.CLOSED), "missing": missing}

    return do_once(act)


def _answer(transfer_id: UUID, status: TransferStatus) -> dict[str, Any]:
    return {"transfer_id": str(transfer_id), "status": status.value}
