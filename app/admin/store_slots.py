"""Slots of a store: those it offers each week, and how full the coming days are."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import get_place
from app.admin.store_frame import show_store
from app.admin.store_reading import read_clock, read_number
from app.admin.store_times import say_clock, say_date, say_weekday
from app.admin.store_words import WAYS
from app.i18n import gettext as _
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.commands import AddPattern, StoreMethod
from stores.promises import slots_of_a_day
from stores.queries import PatternFacts, SlotFacts, StoreFacts

SHOWN_DAYS: Final = 7
AHEAD_DAYS: Final = 60
MINUTES_MIN, MINUTES_MAX = 5, 720
CAPACITY_MAX: Final = 1_000
EVERY_DAY: Final = range(1, 8)
SLOTTED: Final = (StoreMethod.DRIVE, StoreMethod.PICKUP)
"""Ways in which a customer comes at a time."""


@blueprint.get("/stores/<string:code>/slots")
@declare(permission="stores.run")
def store_slots(code: str) -> str:
    """Show the slots of a store."""
    with transaction() as session:
        return _page(session, code, Answers({}), [])


@blueprint.post("/stores/<string:code>/slots")
@declare(permission="stores.run")
def add_slots(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Offer slots each week."""
    answers, actor = read_form(), current_actor()
    weekdays = [day for day in EVERY_DAY if str(day) in request.form.getlist("weekdays")]
    with transaction() as session:
        get_place(session, code, actor)
        command = _command(answers, weekdays)
        if command is None:
            return _page(session, code, answers, weekdays), 422

        def act() -> str:
            stores.services.add_pattern(session, command, code=code, actor=actor)
            return go_to("store_slots", code=code, done="added")

        return forms.once(session, act)


@blueprint.post("/stores/<string:code>/slots/<uuid:pattern_id>/end")
@declare(permission="stores.run")
def end_slots(code: str, pattern_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Offer these slots no longer; what is booked stays booked."""
    with transaction() as session:
        stores.services.end_pattern(session, pattern_id, code=code, actor=current_actor())
    return redirect(url_for("office.store_slots", code=code, done="ended"), SEE_OTHER)


def _command(answers: Answers, weekdays: Sequence[int]) -> AddPattern | None:
    method = answers.choice("way", StoreMethod, _("Choose what the slots are for."))
    if not weekdays:
        answers.errors["weekdays"] = _("Choose at least one day.")
    begins = read_clock(answers, "from", _("Say from when."))
    ends = read_clock(answers, "until", _("Say until when."))
    if begins and ends and ends <= begins:
        answers.errors["until"] = _("The end is not after the beginning.")
    minutes = read_number(answers, "minutes", least=MINUTES_MIN, most=MINUTES_MAX)
    capacity = read_number(answers, "capacity", least=1, most=CAPACITY_MAX)
    if answers.errors or not (method and begins and ends and minutes and capacity):
        return None
    command = AddPattern(method, tuple(weekdays), begins, ends, minutes, capacity)
    if not any(slots_of_a_day(command)):
        answers.errors["until"] = _("Not one slot fits between these times.")
        return None
    return command


def _page(session: Session, code: str, answers: Answers, weekdays: Sequence[int]) -> str:
    place = get_place(session, code, current_actor())
    said = asked("from")
    week = min(int(said[:3]), AHEAD_DAYS // SHOWN_DAYS) if said.isascii() and said.isdigit() else 0
    slots = _slots(session, place, week)
    ways = [each for each in stores.queries.list_methods(session, place.id) if each.slotted]
    return show_store(
        "slots.html",
        place,
        here="store_slots",
        patterns=[_say_pattern(each) for each in stores.queries.list_patterns(session, place.id)],
        idle=[WAYS[each.method] for each in ways if not each.offered],
        days=slots,
        week=week,
        last_week=(place.rules.slot_days - 1) // SHOWN_DAYS,
        slot_days=place.rules.slot_days,
        weekdays=[(day, say_weekday(day)) for day in EVERY_DAY],
        chosen=weekdays,
        ways=[(each.value, _(WAYS[each]), None) for each in SLOTTED],
        typed=answers.typed,
        errors=answers.errors,
        done=request.args.get("done", ""),
    )


def _slots(session: Session, place: StoreFacts, week: int) -> list[dict[str, Any]]:
    """Return the slots of seven days by day, with how full each day and each slot is."""
    zone = ZoneInfo(place.time_zone)
    today = datetime.combine(place.asked_at.astimezone(zone).date(), time(), zone)
    first = today + timedelta(days=SHOWN_DAYS * week)
    found = stores.queries.list_slots(
        session,
        location_id=place.id,
        after=first,
        until=first + timedelta(days=SHOWN_DAYS),
    )
    return [
        _day(say_date(day), list(slots))
        for day, slots in groupby(found, key=lambda each: each.starts_at.astimezone(zone).date())
    ]


def _day(said: str, slots: Sequence[SlotFacts]) -> dict[str, Any]:
    booked, capacity = sum(each.booked for each in slots), sum(each.capacity for each in slots)
    return {
        "day": said,
        "slots": [
            {"facts": each, "way": WAYS[each.method], "share": _share(each.booked, each.capacity)}
            for each in slots
        ],
        "booked": booked,
        "capacity": capacity,
        "share": _share(booked, capacity),
    }


def _share(booked: int, capacity: int) -> int:
    """Return how full a slot is, in hundredths; one that was withdrawn is full."""
    return min(booked * 100 // capacity, 100) if capacity else 100


def _say_pattern(each: PatternFacts) -> Mapping[str, Any]:
    pattern = each.pattern
    return {
        "id": each.id,
        "way": WAYS[pattern.method],
        "days": ", ".join(say_weekday(day) for day in pattern.weekdays)
        if len(pattern.weekdays) < len(EVERY_DAY)
        else _("every day"),
        "times": f"{say_clock(pattern.from_time)}\N{EN DASH}{say_clock(pattern.until_time)}",
        "minutes": pattern.minutes,
        "capacity": pattern.capacity,
    }
