"""Opening hours of a store: the week, tried on the coming days before it holds, and other days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.scope import get_place
from app.admin.store_frame import show_store
from app.admin.store_reading import read_day
from app.admin.store_times import coming_days, say_date, say_hours, say_week, say_weekday
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.commands import ExceptDays
from stores.errors import UnreadableHours
from stores.promises import Schedule, Week, read_day_hours, read_schedule, read_typed, read_week
from stores.promises import write_week as write
from stores.queries import StoreFacts

PREVIEW_DAYS: Final = 14
HOURS_MAX: Final = 500
PAGE: Final = 20
DAYS: Final = tuple(f"day-{number}" for number in range(1, 8))
HOLIDAYS: Final = "holidays"
OF_WEEK: Final = frozenset({*DAYS, HOLIDAYS, "hours"})
"""Fields of the form for the week."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Hours somebody typed, and the schedule they make of the store."""

    hours: str
    schedule: Schedule


@blueprint.get("/stores/<string:code>/hours")
@declare(permission="stores.run")
def store_hours(code: str) -> str:
    """Show the hours of a store, and the form to change them."""
    with transaction() as session:
        return _page(session, code, Answers({}))


@blueprint.post("/stores/<string:code>/hours/preview")
@declare(permission="stores.run")
def preview_hours(code: str) -> Any:  # noqa: ANN401 (a page)
    """Show what the coming days would be with the hours that were typed; nothing changes."""
    answers = read_form()
    with transaction() as session:
        place = get_place(session, code, current_actor())
        tried = _try(answers, place)
        return _page(session, code, answers, tried), 422 if answers.errors else 200


@blueprint.post("/stores/<string:code>/hours")
@declare(permission="stores.run")
def set_hours(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Open at these hours from now on."""
    answers, actor = read_form(), current_actor()
    with transaction() as session:
        tried = _try(answers, get_place(session, code, actor))
        if tried is None:
            return _page(session, code, answers), 422

        def act() -> str:
            stores.services.set_hours(session, code=code, opening_hours=tried.hours, actor=actor)
            return go_to("store_hours", code=code, done="hours")

        return forms.once(session, act)


@blueprint.post("/stores/<string:code>/exceptional-days")
@declare(permission="stores.run")
def except_days(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Keep other hours on some days, or close."""
    answers, actor = read_form(), current_actor()
    with transaction() as session:
        command = _exceptional(answers, get_place(session, code, actor))
        if command is None:
            return _page(session, code, answers), 422

        def act() -> str:
            stores.services.except_days(session, command, code=code, actor=actor)
            return go_to("store_hours", code=code, done="excepted")

        return forms.once(session, act)


@blueprint.post("/stores/<string:code>/exceptional-days/<uuid:exceptional_id>/withdraw")
@declare(permission="stores.run")
def withdraw_days(code: str, exceptional_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Have some days be as usual again."""
    with transaction() as session:
        stores.services.withdraw_exception(
            session, exceptional_id, code=code, actor=current_actor()
        )
    return redirect(url_for("office.store_hours", code=code, done="withdrawn"), SEE_OTHER)


def _try(answers: Answers, place: StoreFacts) -> Tried | None:
    """Return the hours that were typed; None, with every complaint said, when they are none.

    A week is typed day by day, whatever no week can say in the syntax of OpenStreetMap.
    """
    if answers.typed.get("as") == "syntax":
        hours = answers.text("hours", _("Write the hours."), longest=HOURS_MAX)
    else:
        hours = _read_days(answers)
    said = place.schedule
    schedule = Schedule(
        hours,
        place.time_zone,
        place.country,
        said.holiday_region if said else None,
        said.exceptional if said else (),
    )
    if not answers.errors:
        try:
            read_schedule(schedule)
        except UnreadableHours as refused:
            answers.errors["hours"] = _("It cannot be read from sign %(sign)s on.") % {
                "sign": refused.facts.get("sign", 1)
            }
    return None if answers.errors else Tried(hours, schedule)


def _read_days(answers: Answers) -> str:
    typed = {name: read_typed(answers.text(name)) for name in (*DAYS, HOLIDAYS)}
    for name, times in typed.items():
        if times and not _readable(times):
            answers.errors[name] = _("Write it like 9:30-12:30, 14:00-19:00.")
    if answers.errors:
        return ""
    return write(Week(tuple(typed[name] for name in DAYS), typed[HOLIDAYS]))


def _readable(times: str) -> bool:
    try:
        read_day_hours(times)
    except UnreadableHours:
        return False
    return True


def _exceptional(answers: Answers, place: StoreFacts) -> ExceptDays | None:
    today = place.asked_at.astimezone(ZoneInfo(place.time_zone)).date()
    first = read_day(answers, "first_day", _("Say which day."), today=today)
    last = first
    if answers.typed.get("last_day", "").strip():
        last = read_day(answers, "last_day", _("Say which day, or leave it empty."), today=today)
    if first and last and last < first:
        answers.errors["last_day"] = _("The last day is before the first.")
    hours = read_typed(answers.text("times"))
    if answers.typed.get("closed") == "yes":
        hours = ""
    elif not hours:
        answers.errors["times"] = _("Write the hours, or tick that it is closed.")
    elif not _readable(hours):
        answers.errors["times"] = _("Write it like 9:30-12:30, 14:00-19:00.")
    reason = answers.text("why", _("Say why: your colleagues will read it."))
    if first is None or last is None or answers.errors:
        return None
    return ExceptDays(first, last, hours or None, reason)


def _page(session: Session, code: str, answers: Answers, tried: Tried | None = None) -> str:
    place = get_place(session, code, current_actor())
    written = place.schedule.opening_hours if place.schedule else ""
    week = read_week(written) if written else Week(("",) * 7)
    special = stores.queries.list_exceptional(session, place.id, limit=PAGE)
    before = read_id(asked("before"))
    shown = (
        stores.queries.list_exceptional(session, place.id, before=before, limit=PAGE)
        if before
        else special
    )
    return show_store(
        "hours.html",
        place,
        here="store_hours",
        written=written,
        week=say_week(week) if week else [],
        days=[(name, say_weekday(number)) for number, name in enumerate(DAYS, start=1)],
        typed={**_as_kept(week, written), **answers.typed},
        errors=answers.errors,
        week_errors=[each for each in answers.errors.items() if each[0] in OF_WEEK],
        tried=tried,
        coming=coming_days(
            place, PREVIEW_DAYS, schedule=tried.schedule if tried else None, exceptional=special
        ),
        exceptional=shown,
        more=shown[-1].id if len(shown) == PAGE else None,
        today=_today(place),
        say_date=say_date,
        say_hours=say_hours,
        done=request.args.get("done", ""),
    )


def _as_kept(week: Week | None, written: str) -> Mapping[str, str]:
    """Return what the form says before anybody types."""
    if week is None:
        return {"as": "syntax", "hours": written}
    kept = zip((*DAYS, HOLIDAYS), (*week.days, week.holidays), strict=True)
    spaced = {name: times.replace(",", ", ") for name, times in kept}
    return {"as": asked("as") or "week", "hours": written, **spaced}


def _today(place: StoreFacts) -> date:
    return place.asked_at.astimezone(ZoneInfo(place.time_zone)).date()
