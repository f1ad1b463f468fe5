"""Counts over HTTP: blind until they are submitted."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from inventory import queries, services
from inventory.commands import CountStatus, OpenCount
from inventory.routes.blueprint import blueprint, own_store
from inventory.routes.pages import do_once, read_id
from inventory.schemas import (
    CountIdSchema,
    CountLinesSchema,
    CountPageSchema,
    CountQuerySchema,
    EnterCountSchema,
    OpenCountSchema,
    PageQuerySchema,
    RejectSchema,
)
from kernel.db import transaction
from kernel.web import current_actor, declare, make_cursor, read_cursor


@blueprint.get("/stores/<string:code>/counts")
@declare(permission="stock.count")
@blueprint.arguments(CountQuerySchema, location="query")
@blueprint.response(200, CountPageSchema)
def list_counts(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List a store's counts, newest first."""
    with transaction() as session:
        counts = queries.list_counts(
            session,
            location_id=own_store(session, code).id,
            statuses=query["status"],
            before=read_id(query["cursor"]),
            limit=query["limit"],
        )
    full = len(counts) == query["limit"]
    return {"counts": counts, "next": make_cursor(str(counts[-1].id)) if full else None}


@blueprint.get("/counts/<uuid:count_id>")
@declare(permission="stock.count")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, CountLinesSchema)
def show_count(query: dict[str, Any], count_id: UUID) -> dict[str, Any]:
    """Show a count with its lines; what the books say only once it is submitted."""
    after = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        count = queries.get_count(session, count_id, actor=current_actor())
        lines = queries.list_count_lines(
            session, count, after=after[0] if after else "", limit=query["limit"]
        )
    full = len(lines) == query["limit"]
    return {"count": count, "lines": lines, "next": make_cursor(lines[-1].sku) if full else None}


@blueprint.post("/stores/<string:code>/counts")
@declare(permission="stock.count", keyed=True)
@blueprint.arguments(OpenCountSchema)
@blueprint.response(201, CountIdSchema)
def open_count(body: dict[str, Any], code: str) -> Response:
    """Begin to count SKUs, those of tasks, or a category."""

    def act(session: Session) -> dict[str, Any]:
        command = OpenCount(own_store(session, code).id, **body)
        count_id = services.open_count(session, command, actor=current_actor())
        return _answer(count_id, CountStatus.OPEN)

    return do_once(act, status=201)


@blueprint.post("/counts/<uuid:count_id>/enter")
@declare(permission="stock.count", keyed=True)
@blueprint.arguments(EnterCountSchema)
@blueprint.response(200, CountIdSchema)
def enter_count(counted: dict[str, int], count_id: UUID) -> Response:
    """Take down what lies on the shelf; what lies in bins is not counted."""

    def act(session: Session) -> dict[str, Any]:
        services.enter_count(session, count_id, counted=counted, actor=current_actor())
        return _answer(count_id, CountStatus.OPEN)

    return do_once(act)


@blueprint.post("/counts/<uuid:count_id>/submit")
@declare(permission="stock.count", keyed=True)
@blueprint.response(200, CountIdSchema)
def submit_count(count_id: UUID) -> Response:
    """Finish counting: small differences are booked, large ones wait for approval."""
    return do_once(
        lambda session: _answer(
            count_id, services.submit_count(session, count_id, actor=current_actor())
        )
    )


@blueprint.post("/counts/<uuid:count_id>/cancel")
@declare(permission="stock.count", keyed=True)
@blueprint.response(200, CountIdSchema)
def cancel_count(count_id: UUID) -> Response:
    """Give up counting: nothing is booked."""

    def act(session: Session) -> dict[str, Any]:
        services.cancel_count(session, count_id, actor=current_actor())
        return _answer(count_id, CountStatus.CANCELLED)

    return do_once(act)


@blueprint.post("/counts/<uuid:count_id>/approve")
@declare(permission="stock.approve", keyed=True)
@blueprint.response(200, CountIdSchema)
def approve_count(count_id: UUID) -> Response:
    """Book the differences of a count that waits; never one's own."""

    def act(session: Session) -> dict[str, Any]:
        services.approve_count(session, count_id, actor=current_actor())
        return _answer(count_id, CountStatus.APPLIED)

    return do_once(act)


@blueprint.post("/counts/<uuid:count_id>/reject")
@declare(permission="stock.approve", keyed=True)
@blueprint.arguments(RejectSchema)
@blueprint.response(200, CountIdSchema)
def reject_count(body: dict[str, Any], count_id: UUID) -> Response:
    """Book nothing of a count that waits."""

    def act(session: Session) -> dict[str, Any]:
        services.reject_count(session, count_id, reason=body["reason"], actor=current_actor())
        return _answer(count_id, CountStatus.REJECTED)

    return do_once(act)


def _answer(count_id: UUID, status: CountStatus) -> dict[str, Any]:
    return {"count_id": str(count_id), "status": status.value}
