"""Settings of the trade over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import current_actor, declare, make_cursor
from stores import queries, services
from stores.commands import SetRule
from stores.routes.blueprint import blueprint, once, own_store, read_id
from stores.schemas.settings import (
    EndRuleSchema,
    RuleListSchema,
    SetRuleSchema,
    SettingIdSchema,
    SettingPageSchema,
    SettingQuerySchema,
)


@blueprint.get("/settings")
@declare(permission="stores.run")
@blueprint.arguments(SettingQuerySchema, location="query")
@blueprint.response(200, SettingPageSchema)
def list_settings(query: dict[str, Any]) -> dict[str, Any]:
    """List the settings of the trade, newest first."""
    actor = current_actor()
    with transaction() as session:
        found = queries.list_settings(
            session,
            before=read_id(query["cursor"]),
            location_ids=None if actor.location_ids is None else sorted(actor.location_ids),
            limit=query["limit"],
        )
    full = len(found) == query["limit"]
    return {"settings": found, "next": make_cursor(str(found[-1].id)) if full else None}


@blueprint.get("/stores/<string:code>/settings")
@declare(permission="stores.run")
@blueprint.response(200, RuleListSchema)
def explain_settings(code: str) -> dict[str, Any]:
    """Show what holds at a store under every key, and why."""
    with transaction() as session:
        store = own_store(session, code)
        return {"rules": queries.explain_settings(session, store.id)}


@blueprint.post("/settings")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(SetRuleSchema)
@blueprint.response(201, SettingIdSchema)
def set_setting(command: SetRule) -> Response:
    """Have a setting hold for everybody, a brand, a group or a store."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        return {"id": services.set_setting(session, command, actor=actor)}

    return once(act, SettingIdSchema(), status=201)


@blueprint.post("/settings/<uuid:setting_id>/end")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(EndRuleSchema)
@blueprint.response(200, SettingIdSchema)
def end_setting(body: dict[str, Any], setting_id: UUID) -> Response:
    """Have a setting hold no longer."""

    def act(session: Session, actor: Actor) -> dict[str, UUID]:
        services.end_setting(session, setting_id, actor=actor, **body)
        return {"id": setting_id}

    return once(act, SettingIdSchema())
