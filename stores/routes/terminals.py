"""Tills of a store over HTTP. A key is derived each time it is shown, and never stored."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from stores import queries, services
from stores.errors import UnknownTerminal
from stores.routes.blueprint import blueprint, own_store
from stores.schemas.terminals import (
    EnrolTerminalSchema,
    TerminalIdSchema,
    TerminalKeySchema,
    TerminalListSchema,
)


@blueprint.get("/stores/<string:code>/terminals")
@declare(permission="stores.run")
@blueprint.response(200, TerminalListSchema)
def list_terminals(code: str) -> dict[str, Any]:
    """List the tills of a store of one's own."""
    with transaction() as session:
        store = own_store(session, code)
        return {"terminals": queries.list_terminals(session, location_id=store.id)}


@blueprint.post("/stores/<string:code>/terminals")
@declare(permission="stores.run", keyed=True)
@blueprint.arguments(EnrolTerminalSchema)
@blueprint.response(201, TerminalKeySchema)
def enrol_terminal(body: dict[str, Any], code: str) -> Response:
    """Have a till of a store of one's own; its key is in this answer only."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            terminal_id, _ = services.enrol_terminal(session, code, name=body["name"], actor=actor)
            return 201, {"id": str(terminal_id), "generation": 1}

        return answer_once(session, act, show=_with_key)


@blueprint.post("/stores/<string:code>/terminals/<uuid:terminal_id>/renew")
@declare(permission="stores.run", keyed=True)
@blueprint.response(200, TerminalKeySchema)
def renew_terminal_key(code: str, terminal_id: UUID) -> Response:
    """Give a till a fresh key; the one before signs for a day more."""
    actor = current_actor()
    with transaction() as session:
        _require_here(session, code, terminal_id)

        def act() -> tuple[int, dict[str, Any]]:
            services.renew_terminal_key(session, terminal_id, actor=actor)
            terminal = queries.get_terminal(session, terminal_id)
            return 200, {"id": str(terminal_id), "generation": terminal.generation}

        return answer_once(session, act, show=_with_key)


@blueprint.post("/stores/<string:code>/terminals/<uuid:terminal_id>/revoke")
@declare(permission="stores.run", keyed=True)
@blueprint.response(200, TerminalIdSchema)
def revoke_terminal(code: str, terminal_id: UUID) -> Response:
    """Make a till's keys useless at once."""
    actor = current_actor()
    with transaction() as session:
        _require_here(session, code, terminal_id)

        def act() -> tuple[int, dict[str, Any]]:
            services.revoke_terminal(session, terminal_id, actor=actor)
            return 200, {"id": str(terminal_id)}

        return answer_once(session, act)


def _require_here(session: Session, code: str, terminal_id: UUID) -> None:
    """Return nothing when the till is one of this store of the caller's.

    Raises UnknownLocation or UnknownTerminal.
    """
    store = own_store(session, code)
    if queries.get_terminal(session, terminal_id).location_id != store.id:
        raise UnknownTerminal


def _with_key(kept: dict[str, Any]) -> dict[str, Any]:
    terminal_id = UUID(kept["id"])
    key = services.show_terminal_key(terminal_id, kept["generation"])
    return {"id": kept["id"], "key": key}
