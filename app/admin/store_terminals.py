"""Tills of one store: which there are, when they were last heard, their keys."""

from typing import Any, Final
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import pos_adapter.queries
import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, show
from app.admin.reading import Answers, read_form
from app.admin.scope import get_place
from app.admin.store_frame import show_store
from app.answers import Shown
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.errors import UnknownTerminal
from stores.queries import StoreFacts

NAME_MAX: Final = 60


@blueprint.get("/stores/<string:code>/tills")
@declare(permission="stores.run")
def store_tills(code: str) -> str:
    """Show a store's tills, and a form for one more."""
    with transaction() as session:
        return _page(session, code, Answers({}))


@blueprint.post("/stores/<string:code>/tills")
@declare(permission="stores.run")
def enrol_till(code: str) -> Shown:
    """Have a till of this store. Its key is shown once, so this answer is the page itself."""
    answers, actor = read_form(), current_actor()
    name = answers.text("name", _("Give the till a name."), longest=NAME_MAX)
    with transaction() as session:
        place = get_place(session, code, actor)
        if answers.errors:
            return _page(session, code, answers), 422

        def act() -> dict[str, Any]:
            till_id, _key = stores.services.enrol_terminal(session, code, name=name, actor=actor)
            return {"id": str(till_id), "generation": 1, "location": _tills(code)}

        return _show_key(session, place, forms.told_once(session, act))


@blueprint.post("/stores/<string:code>/tills/<uuid:till_id>/renew")
@declare(permission="stores.run")
def renew_till(code: str, till_id: UUID) -> str:
    """Give a till a fresh key, shown once; the one before works for a day more."""
    actor = current_actor()
    with transaction() as session:
        place = get_place(session, code, actor)
        _require_here(session, place, till_id)

        def act() -> dict[str, Any]:
            stores.services.renew_terminal_key(session, till_id, actor=actor)
            till = stores.queries.get_terminal(session, till_id)
            return {"id": str(till_id), "generation": till.generation, "location": _tills(code)}

        return _show_key(session, place, forms.told_once(session, act))


@blueprint.post("/stores/<string:code>/tills/<uuid:till_id>/revoke")
@declare(permission="stores.run")
def revoke_till(code: str, till_id: UUID) -> Shown:
    """Make a till's keys useless."""
    actor = current_actor()
    with transaction() as session:
        _require_here(session, get_place(session, code, actor), till_id)
        stores.services.revoke_terminal(session, till_id, actor=actor)
    return redirect(url_for("office.store_tills", code=code, done="revoked"), SEE_OTHER)


def _tills(code: str) -> str:
    return url_for("office.store_tills", code=code)


def _require_here(session: Session, place: StoreFacts, till_id: UUID) -> None:
    """Return nothing when the till is one of this store.

    Raises UnknownTerminal.
    """
    if stores.queries.get_terminal(session, till_id).location_id != place.id:
        raise UnknownTerminal


def _show_key(session: Session, place: StoreFacts, told: dict[str, Any]) -> str:
    """Return the page with a till's key, derived anew also when the form is sent again."""
    till = stores.queries.get_terminal(session, UUID(told["id"]))
    return show(
        "till_key.html",
        tab="stores",
        store=place,
        till=till,
        till_id=str(till.id),
        key=stores.services.show_terminal_key(till.id, told["generation"]),
        renewed=told["generation"] > 1,
        overlap_h=stores.services.OVERLAP_H,
    )


def _page(session: Session, code: str, answers: Answers) -> str:
    place = get_place(session, code, current_actor())
    tills = stores.queries.list_terminals(session, location_id=place.id)
    return show_store(
        "tills.html",
        place,
        here="store_tills",
        tills=[
            {
                "facts": each,
                "last_seq": pos_adapter.queries.find_last_seq(session, each.id),
                "missing": sum(
                    gap.last_seq - gap.first_seq + 1
                    for gap in pos_adapter.queries.list_gaps(session, each.id)
                ),
            }
            for each in tills
        ],
        typed=answers.typed,
        errors=answers.errors,
        done=request.args.get("done", ""),
    )
