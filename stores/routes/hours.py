"""Opening hours over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import declare, make_cursor
from stores import queries, services
from stores.commands import ExceptDays
from stores.routes.blueprint import blueprint, once, own_store, read_id
from stores.routes.locations import show_store
from stores.schemas.hours import (
    ExceptDaysSchema,
    ExceptionalIdSchema,
    ExceptionalPageSchema,
    HoursSchema,
)
from stores.schemas.locations import StoreSchema
from stores.schemas.settings import SettingQuerySchema


@blueprint.post("/stores/<string:code>/hours")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(HoursSchema)
@blueprint.response(200, StoreSchema)
def set_hours(body: dict[str, Any], code: str) -> Response:
    """Open at these hours each week."""

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.set_hours(session, code=code, actor=actor, **body)
        return show_store(queries.get_store(session, code))

    return once(act, StoreSchema())


@blueprint.get("/stores/<string:code>/exceptional-days")
@declare(permission="stock.read")
@blueprint.arguments(SettingQuerySchema, location="query")
@blueprint.response(200, ExceptionalPageSchema)
def list_exceptional(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List the days on which a store keeps other hours than usual."""
    with transaction() as session:
        found = queries.list_exceptional(
            session,
            own_store(session, code).id,
            before=read_id(query["cursor"]),
            limit=query["limit"],
        )
    full = len(found) == query["limit"]
    return {"days": found, "next": make_cursor(str(found[-1].id)) if full else None}


@blueprint.post("/stores/<string:code>/exceptional-days")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(ExceptDaysSchema)
@blueprint.response(201, ExceptionalIdSchema)
def except_days(command: ExceptDays, code: str) -> Response:
    """Keep other hours than usual on some days, or close."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        return {"id": services.except_days(session, command, code=code, actor=actor)}

    return once(act, ExceptionalIdSchema(), status=201)


@blueprint.post("/stores/<string:code>/exceptional-days/<uuid:exceptional_id>/withdraw")
@declare(permission="stores.run", keyed=True)
@blueprint.response(200, ExceptionalIdSchema)
def withdraw_exception(code: str, exceptional_id: UUID) -> Response:
    """Have exceptional days be as usual again."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        services.withdraw_exception(session, exceptional_id, code=code, actor=actor)
        return {"id": exceptional_id}

    return once(act, ExceptionalIdSchema())
