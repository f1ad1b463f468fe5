"""Stores: how each of them is doing today, its hours and contacts, pausing it."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import redirect, url_for
from sqlalchemy.orm import Session

import orders.queries
import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.reading import Answers, read_form
from app.admin.scope import get_place, list_places
from app.admin.store_frame import say_opening, show_store
from app.admin.store_reading import read_until
from app.admin.store_times import coming_days
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders.queries import Load
from stores.queries import StoreFacts

IDLE: Final = Load(0, 0, 0)
WEEK_DAYS: Final = 7


@blueprint.get("/stores", endpoint="stores")
@declare(permission="fulfillments.read")
def list_stores() -> str:
    """Show the actor's stores: open or not, and what waits there."""
    actor = current_actor()
    with transaction() as session:
        places = list_places(session, actor)
        loads = orders.queries.count_loads(session, actor=actor)
    rows = [
        {"store": each, "opens": say_opening(each), "load": loads.get(each.id, IDLE)}
        for each in places
    ]
    return show("stores.html", tab="stores", rows=rows, may=actor.may)


@blueprint.get("/stores/<string:code>")
@declare(permission="fulfillments.read")
def store(code: str) -> str:
    """Show one store."""
    with transaction() as session:
        return _page(session, code, Answers({}))


@blueprint.post("/stores/<string:code>/pause")
@declare(permission="stores.pause")
def pause(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Take no new orders at this store until a time, for a reason."""
    answers = read_form()
    with transaction() as session:
        place = get_place(session, code, current_actor())
        until = read_until(answers, "until", place)
        reason = answers.text("reason", _("Say why: your colleagues will read it."))
        if until is None or answers.errors:
            return _page(session, code, answers), 422
        return forms.once(session, lambda: _pause(session, code, until, reason))


@blueprint.post("/stores/<string:code>/resume")
@declare(permission="stores.pause")
def resume(code: str) -> Any:  # noqa: ANN401 (a redirect)
    """Take orders again."""
    with transaction() as session:
        stores.services.resume_store(session, code=code, actor=current_actor())
    return redirect(url_for("office.store", code=code), SEE_OTHER)


def _pause(session: Session, code: str, until: datetime, reason: str) -> str:
    stores.services.pause_store(
        session, code=code, until=until, reason=reason, actor=current_actor()
    )
    return go_to("store", code=code)


def _page(session: Session, code: str, answers: Answers) -> str:
    actor = current_actor()
    place = get_place(session, code, actor)
    tomorrow = place.asked_at.astimezone(ZoneInfo(place.time_zone)) + timedelta(days=1)
    special = stores.queries.list_exceptional(session, place.id)
    return show_store(
        "today.html",
        place,
        here="store",
        load=orders.queries.count_loads(session, actor=actor).get(place.id, IDLE),
        days=coming_days(place, WEEK_DAYS, exceptional=special),
        group=_group(session, place),
        can_change=actor.may("stores.pause"),
        typed=answers.typed,
        errors=answers.errors,
        suggested=tomorrow.replace(hour=9, minute=0).strftime("%Y-%m-%dT%H:%M"),
    )


def _group(session: Session, place: StoreFacts) -> str:
    """Return the name of a store's group, to be shown; empty when it has none."""
    if place.group_id is None:
        return ""
    return stores.queries.get_group(session, place.group_id).name
