"""What a store has to count, and its shortages, over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from inventory import queries, services
from inventory.routes.blueprint import blueprint, own_store
from inventory.routes.pages import do_once, due_cursor
from inventory.schemas import (
    AskCountSchema,
    AskedSchema,
    AssignSchema,
    DoneSchema,
    PageQuerySchema,
    ResolutionSchema,
    ShortagePageSchema,
    ShortageQuerySchema,
    TaskPageSchema,
)
from kernel.db import transaction
from kernel.web import current_actor, declare, read_place


@blueprint.get("/stores/<string:code>/count-tasks")
@declare(permission="stock.count")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, TaskPageSchema)
def list_tasks(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List what a store has to count, what is overdue longest first."""
    with transaction() as session:
        tasks = queries.list_tasks(
            session,
            location_id=own_store(session, code).id,
            after=read_place(query["cursor"]),
            limit=query["limit"],
        )
    last = tasks[-1] if len(tasks) == query["limit"] else None
    return {"tasks": tasks, "next": due_cursor(last.due_at, last.id) if last else None}


@blueprint.post("/stores/<string:code>/count-tasks")
@declare(permission="stock.adjust", keyed=True)
@blueprint.arguments(AskCountSchema)
@blueprint.response(201, AskedSchema)
def ask_count(body: dict[str, Any], code: str) -> Response:
    """Ask a store to count some SKUs."""
    return do_once(
        lambda session: {
            "opened": services.ask_count(
                session,
                location_id=own_store(session, code).id,
                **body,
                actor=current_actor(),
            )
        },
        status=201,
    )


@blueprint.post("/count-tasks/<uuid:task_id>/take")
@declare(permission="stock.count", keyed=True)
@blueprint.response(200, DoneSchema)
def take_task(task_id: UUID) -> Response:
    """Count this oneself."""

    def act(session: Session) -> dict[str, Any]:
        services.take_task(session, task_id, actor=current_actor())
        return {"id": str(task_id)}

    return do_once(act)


@blueprint.post("/count-tasks/<uuid:task_id>/assign")
@declare(permission="stock.adjust", keyed=True)
@blueprint.arguments(AssignSchema)
@blueprint.response(200, DoneSchema)
def assign_task(body: dict[str, Any], task_id: UUID) -> Response:
    """Have somebody of the store's staff count this."""

    def act(session: Session) -> dict[str, Any]:
        services.assign_task(session, task_id, owner_id=body["staff_id"], actor=current_actor())
        return {"id": str(task_id)}

    return do_once(act)


@blueprint.get("/stores/<string:code>/shortages")
@declare(permission="stock.read")
@blueprint.arguments(ShortageQuerySchema, location="query")
@blueprint.response(200, ShortagePageSchema)
def list_shortages(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List a store's shortages by their deadlines."""
    with transaction() as session:
        found = queries.list_shortages(
            session,
            location_id=own_store(session, code).id,
            after=read_place(query["cursor"]),
            limit=query["limit"],
            closed=query["state"] == "closed",
        )
    last = found[-1] if len(found) == query["limit"] else None
    return {"shortages": found, "next": due_cursor(last.due_at, last.id) if last else None}


@blueprint.post("/shortages/<uuid:shortage_id>/take")
@declare(permission="stock.count", keyed=True)
@blueprint.response(200, DoneSchema)
def take_shortage(shortage_id: UUID) -> Response:
    """Find the way out of a shortage oneself."""

    def act(session: Session) -> dict[str, Any]:
        services.take_shortage(session, shortage_id, actor=current_actor())
        return {"id": str(shortage_id)}

    return do_once(act)


@blueprint.post("/shortages/<uuid:shortage_id>/assign")
@declare(permission="stock.adjust", keyed=True)
@blueprint.arguments(AssignSchema)
@blueprint.response(200, DoneSchema)
def assign_shortage(body: dict[str, Any], shortage_id: UUID) -> Response:
    """Have somebody of the store's staff find the way out of a shortage."""

    def act(session: Session) -> dict[str, Any]:
        services.assign_shortage(
            session, shortage_id, owner_id=body["staff_id"], actor=current_actor()
        )
        return {"id": str(shortage_id)}

    return do_once(act)


@blueprint.post("/shortages/<uuid:shortage_id>/close")
@declare(permission="stock.adjust", keyed=True)
@blueprint.arguments(ResolutionSchema)
@blueprint.response(200, DoneSchema)
def close_shortage(body: dict[str, Any], shortage_id: UUID) -> Response:
    """Close a shortage that is covered, saying how."""

    def act(session: Session) -> dict[str, Any]:
        services.close_shortage(
            session, shortage_id, resolution=body["resolution"], actor=current_actor()
        )
        return {"id": str(shortage_id)}

    return do_once(act)
