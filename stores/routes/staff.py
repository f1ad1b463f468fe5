"""People of the staff over HTTP."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import BadCursor, current_actor, declare, make_cursor, read_cursor
from stores import queries, services
from stores.commands import HireStaff
from stores.routes.blueprint import blueprint, once, own_store
from stores.schemas.staff import (
    HireSchema,
    LimitSchema,
    MoveSchema,
    StaffIdSchema,
    StaffPageSchema,
    StaffQuerySchema,
)


@blueprint.get("/staff")
@declare(permission="staff.edit")
@blueprint.arguments(StaffQuerySchema, location="query")
@blueprint.response(200, StaffPageSchema)
def list_staff(query: dict[str, Any]) -> dict[str, Any]:
    """List the people of one's own stores, or of one of them, by name."""
    actor = current_actor()
    location_ids = None if actor.is_central else sorted(actor.location_ids or ())
    with transaction() as session:
        if query["store"] is not None:
            location_ids = [own_store(session, query["store"]).id]
        found = queries.page_staff(
            session,
            location_ids=location_ids,
            brand_id=actor.brand_id,
            after=_after(query["cursor"]),
            limit=query["limit"],
        )
    last = found[-1] if len(found) == query["limit"] else None
    return {"staff": found, "next": make_cursor(last.name, str(last.id)) if last else None}


@blueprint.post("/staff")
@declare(permission="staff.edit", keyed=True)
@blueprint.arguments(HireSchema)
@blueprint.response(201, StaffIdSchema)
def hire(body: dict[str, Any]) -> Response:
    """Add somebody to the staff; a manager adds associates to their own stores."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        places = _places(session, body["stores"])
        command = HireStaff(body["name"], body["role"], places, body["email"])
        return {"id": services.hire_staff(session, command, actor=actor)}

    return once(act, StaffIdSchema(), status=201)


@blueprint.put("/staff/<uuid:staff_id>/brand")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(LimitSchema)
@blueprint.response(200, StaffIdSchema)
def limit(body: dict[str, Any], staff_id: UUID) -> Response:
    """Have somebody see one brand's customers only, or all of them again."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        services.limit_staff(session, staff_id, brand=body["brand"], actor=actor)
        return {"id": staff_id}

    return once(act, StaffIdSchema())


@blueprint.post("/staff/<uuid:staff_id>/stores")
@declare(permission="staff.edit", keyed=True)
@blueprint.arguments(MoveSchema)
@blueprint.response(200, StaffIdSchema)
def move(body: dict[str, Any], staff_id: UUID) -> Response:
    """Have somebody work at exactly these stores of one's own."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        places = _places(session, body["stores"])
        services.move_staff(session, staff_id, location_ids=places, actor=actor)
        return {"id": staff_id}

    return once(act, StaffIdSchema())


@blueprint.post("/staff/<uuid:staff_id>/disable")
@declare(permission="staff.edit", keyed=True)
@blueprint.response(200, StaffIdSchema)
def disable(staff_id: UUID) -> Response:
    """Somebody leaves: their sessions and keys die at once."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        services.disable_staff(session, staff_id, actor=actor)
        return {"id": staff_id}

    return once(act, StaffIdSchema())


def _places(session: Session, codes: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(own_store(session, code).id for code in dict.fromkeys(codes))


def _after(cursor: str | None) -> tuple[str, UUID] | None:
    parts = read_cursor(cursor, parts=2)
    try:
        return (parts[0], UUID(parts[1])) if parts else None
    except ValueError as error:
        raise BadCursor from error
