"""Groups of stores over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import declare, make_cursor, read_cursor
from stores import queries, services
from stores.routes.blueprint import blueprint, once
from stores.routes.locations import show_store
from stores.schemas.groups import (
    AssignGroupSchema,
    CreateGroupSchema,
    GroupIdSchema,
    GroupPageSchema,
    RenameGroupSchema,
)
from stores.schemas.locations import StoreSchema
from stores.schemas.settings import SettingQuerySchema


@blueprint.get("/store-groups")
@declare(permission="stores.run")
@blueprint.arguments(SettingQuerySchema, location="query")
@blueprint.response(200, GroupPageSchema)
def list_groups(query: dict[str, Any]) -> dict[str, Any]:
    """List the groups of stores."""
    after = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        found = queries.list_groups(session, after=after[0] if after else "", limit=query["limit"])
    full = len(found) == query["limit"]
    return {"groups": found, "next": make_cursor(found[-1].code) if full else None}


@blueprint.post("/store-groups")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(CreateGroupSchema)
@blueprint.response(201, GroupIdSchema)
def create_group(body: dict[str, Any]) -> Response:
    """Have a group of stores."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        return {"id": services.create_group(session, **body, actor=actor)}

    return once(act, GroupIdSchema(), status=201)


@blueprint.post("/store-groups/<string:code>/rename")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(RenameGroupSchema)
@blueprint.response(200, GroupIdSchema)
def rename_group(body: dict[str, Any], code: str) -> Response:
    """Have a group called otherwise."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        return {"id": services.rename_group(session, code=code, **body, actor=actor)}

    return once(act, GroupIdSchema())


@blueprint.post("/stores/<string:code>/group")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(AssignGroupSchema)
@blueprint.response(200, StoreSchema)
def assign_group(body: dict[str, Any], code: str) -> Response:
    """Have a store belong to a group, or to none."""

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.assign_group(session, code=code, actor=actor, **body)
        return show_store(queries.get_store(session, code))

    return once(act, StoreSchema())
