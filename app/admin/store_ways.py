"""Ways to collect at a store: each offered or not, paused with an end and a reason, or resumed."""

from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to
from app.admin.reading import Answers, read_form
from app.admin.scope import get_place
from app.admin.store_frame import show_store
from app.admin.store_reading import read_until
from app.admin.store_words import WAYS, WAYS_EXPLAINED
from app.answers import Shown
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.web import current_actor, declare
from stores.commands import StoreMethod

NO_WAY: Final = "There is no such way to get an order."


@blueprint.get("/stores/<string:code>/ways")
@declare(permission="stores.run")
def store_ways(code: str) -> str:
    """Show the ways to get an order at a store."""
    with transaction() as session:
        return _page(session, code, Answers({}))


@blueprint.post("/stores/<string:code>/ways/<string:way>")
@declare(permission="stores.run")
def offer_way(code: str, way: str) -> Any:  # noqa: ANN401 (a redirect)
    """Offer a way to get an order, or no longer."""
    offered = request.form.get("offered") == "yes"
    with transaction() as session:
        stores.services.set_method(
            session, code=code, method=_read(way), offered=offered, actor=current_actor()
        )
    return _back(code, "offered" if offered else "withdrawn")


@blueprint.post("/stores/<string:code>/ways/<string:way>/pause")
@declare(permission="stores.pause")
def pause_way(code: str, way: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Take no new orders in one way until a time, for a reason."""
    method, answers, actor = _read(way), read_form(), current_actor()
    with transaction() as session:
        until = read_until(answers, f"{way}-until", get_place(session, code, actor))
        reason = answers.text(f"{way}-reason", _("Say why: your colleagues will read it."))
        if until is None or answers.errors:
            return _page(session, code, answers), 422

        def act() -> str:
            stores.services.pause_method(
                session, code=code, method=method, until=until, reason=reason, actor=actor
            )
            return go_to("store_ways", code=code, done="paused")

        return forms.once(session, act)


@blueprint.post("/stores/<string:code>/ways/<string:way>/resume")
@declare(permission="stores.pause")
def resume_way(code: str, way: str) -> Any:  # noqa: ANN401 (a redirect)
    """Take orders in one way again."""
    with transaction() as session:
        stores.services.resume_method(session, code=code, method=_read(way), actor=current_actor())
    return _back(code, "resumed")


@blueprint.post("/stores/<string:code>/brands")
@declare(permission="stores.edit")
def share_store(code: str) -> Shown:
    """Have a location serve exactly these brands beside its own."""
    chosen = sorted(set(request.form.getlist("brands")))
    with transaction() as session:
        stores.services.share_location(session, code=code, brands=chosen, actor=current_actor())
    return _back(code, "shared")


def _page(session: Session, code: str, answers: Answers) -> str:
    place = get_place(session, code, current_actor())
    tomorrow = place.asked_at.astimezone(ZoneInfo(place.time_zone)) + timedelta(days=1)
    return show_store(
        "ways.html",
        place,
        here="store_ways",
        ways=[
            {"facts": each, "name": WAYS[each.method], "text": WAYS_EXPLAINED[each.method]}
            for each in stores.queries.list_methods(session, place.id)
        ],
        brands=[each for each in stores.queries.list_brands(session) if each.id != place.brand_id],
        shares=current_actor().may("stores.edit"),
        served=stores.queries.list_served(session, place.id),
        typed=answers.typed,
        errors=answers.errors,
        suggested=tomorrow.replace(hour=9, minute=0).strftime("%Y-%m-%dT%H:%M"),
        done=request.args.get("done", ""),
    )


def _read(way: str) -> StoreMethod:
    try:
        return StoreMethod(way)
    except ValueError as error:
        raise NotFound(NO_WAY) from error


def _back(code: str, done: str) -> Shown:
    return redirect(url_for("office.store_ways", code=code, done=done), SEE_OTHER)
