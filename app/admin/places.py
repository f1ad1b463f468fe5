"""Stores: how each of them is doing, its hours and contacts, pausing it, its tablets."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import redirect, url_for
from sqlalchemy.orm import Session

import orders.queries
import stores.queries
import stores.services
from app import formats, forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.reading import Answers, read_form
from app.admin.scope import get_place, list_places
from app.i18n import current
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from orders.queries import Load
from stores.errors import UnknownLocation
from stores.promises import is_open, opening_times
from stores.queries import StoreFacts

IDLE: Final = Load(0, 0, 0)
WEEK_DAYS: Final = 7
NAME_MAX: Final = 60


@blueprint.get("/stores", endpoint="stores")
@declare(permission="fulfillments.read")
def list_stores() -> str:
    """Show the actor's stores: open or not, and what waits there."""
    actor = current_actor()
    with transaction() as session:
        places = list_places(session, actor)
        loads = orders.queries.count_loads(session, actor=actor)
    rows = [
        {"store": each, "opens": _opening(each), "load": loads.get(each.id, IDLE)}
        for each in places
    ]
    return show("stores.html", tab="stores", rows=rows)


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
        until = answers.moment(
            "until", _("Say until when: a day and a time."), zone=place.time_zone
        )
        if until is not None and until <= place.asked_at:
            answers.errors["until"] = _("This time is over. Choose a later one.")
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


@blueprint.post("/stores/<string:code>/tablets")
@declare(permission="stores.pause")
def offer_tablet(code: str) -> Any:  # noqa: ANN401 (a page)
    """Show a one-use code with which a device becomes a tablet of this store.

    The code is shown once and kept as its hash only, so this answer is the page itself.
    """
    answers = read_form()
    with transaction() as session:
        place = get_place(session, code, current_actor())
        name = answers.text("name", _("Give the tablet a name."), longest=NAME_MAX)
        if answers.errors:
            return _page(session, code, answers), 422
        typed = stores.services.offer_enrolment(session, location_id=place.id, tablet_name=name)
    return show("enrolment.html", tab="stores", store=place, code=typed, name=name)


@blueprint.post("/stores/<string:code>/tablets/<uuid:tablet_id>/revoke")
@declare(permission="stores.pause")
def revoke_tablet(code: str, tablet_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Make a lost tablet useless."""
    actor = current_actor()
    with transaction() as session:
        place = get_place(session, code, actor)
        tablets = stores.queries.list_tablets(session, location_id=place.id)
        if tablet_id not in {each.id for each in tablets}:
            raise UnknownLocation(store=code)
        stores.services.revoke_tablet(session, tablet_id, actor=actor)
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
    return show(
        "store.html",
        tab="stores",
        store=place,
        opens=_opening(place),
        load=orders.queries.count_loads(session, actor=actor).get(place.id, IDLE),
        hours=list(_hours(place)),
        people=[
            each for each in stores.queries.list_staff(session, location_id=place.id) if each.active
        ],
        tablets=stores.queries.list_tablets(session, location_id=place.id),
        can_change=actor.may("stores.pause"),
        typed=answers.typed,
        errors=answers.errors,
        suggested=tomorrow.replace(hour=9, minute=0).strftime("%Y-%m-%dT%H:%M"),
    )


def _opening(place: StoreFacts) -> tuple[str, str]:
    """Return how a store stands now, as shape and words."""
    if place.paused and place.paused_until is not None:
        until = formats.when(place.paused_until, place.time_zone, language=current())
        return "late", _("Paused until %(until)s") % {"until": until}
    if place.schedule is None:
        return "plain", _("Hours unknown")
    if is_open(place.schedule, at=place.asked_at):
        return "ok", _("Open now")
    following = next(opening_times(place.schedule, start=place.asked_at), None)
    if following is None:
        return "plain", _("Closed")
    opens = formats.when(following[0], place.time_zone, language=current())
    return "plain", _("Closed, opens %(when)s") % {"when": opens}


def _hours(place: StoreFacts) -> Iterator[tuple[str, str]]:
    """Yield each day of the coming week with its opening times, as they truly will be."""
    if place.schedule is None:
        return
    zone = ZoneInfo(place.time_zone)
    today = place.asked_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days: dict[Any, list[str]] = {
        (today + timedelta(days=more)).date(): [] for more in range(WEEK_DAYS)
    }
    for opens, closes in opening_times(place.schedule, start=today):
        day = opens.astimezone(zone).date()
        if day not in days:
            break
        ends = (formats.hour(each, place.time_zone, language=current()) for each in (opens, closes))
        days[day].append("–".join(ends))
    for day, times in days.items():
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
        said = formats.day(noon, place.time_zone, language=current())
        yield said, ", ".join(times) or _("closed")
