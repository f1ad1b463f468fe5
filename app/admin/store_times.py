"""Hours in words: a week, single times of day, and the days to come as a store truly opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final

from babel.dates import format_date

import stores.promises
from app import formats
from app.i18n import current
from app.i18n import gettext as _
from stores.promises import Schedule, Week, group_days, read_day_hours
from stores.queries import ExceptionalFacts, StoreFacts

MONDAY: Final = date(2024, 1, 1)
DAY: Final = timedelta(days=1)
DAY_MIN: Final = 1_440
HOUR_MIN: Final = 60


@dataclass(frozen=True, slots=True)
class ComingDay:
    """One day to come in words; `why` is for exceptional ones, `before` says what changes."""

    day: str
    times: str
    is_open: bool
    why: str = ""
    before: str = ""


def say_weekday(number: int) -> str:
    """Return the name of a weekday, 1 being Monday."""
    day = MONDAY + (number - 1) * DAY
    return format_date(day, "EEEE", locale=formats.LOCALES[current()])


def say_clock(at: time) -> str:
    """Return a time of day: « 16 h 30 », "4.30 pm"."""
    return formats.hour(datetime.combine(MONDAY, at, UTC), "UTC", language=current())


def say_date(day: date) -> str:
    """Return a day as it is said: « samedi 12 décembre »."""
    return formats.day(datetime.combine(day, time(12), UTC), "UTC", language=current())


def say_hours(times: str | None) -> str:
    """Return the hours of a day in words; what cannot be read stays as it is."""
    if not times:
        return _("closed")
    spans = [
        f"{_minutes(opens)}\N{EN DASH}{_minutes(closes)}" for opens, closes in read_day_hours(times)
    ]
    return ", ".join(spans)


def say_week(week: Week) -> list[tuple[str, str]]:
    """Return a week as few lines: days, then their hours; public holidays last."""
    lines = [(_span(days), say_hours(times)) for days, times in group_days(week)]
    return [*lines, (_("public holidays"), say_hours(week.holidays))]


def coming_days(
    place: StoreFacts,
    days: int,
    *,
    schedule: Schedule | None = None,
    exceptional: Sequence[ExceptionalFacts] = (),
) -> list[ComingDay]:
    """Return the days to come, today first, as the store will truly open.

    With a `schedule` that is only planned, each day says what it would replace.

    Raises UnreadableHours.
    """
    if place.schedule is None and schedule is None:
        return []
    now = place.schedule and dict(_opened(place, place.schedule, days))
    planned = _opened(place, schedule, days) if schedule else (now or {}).items()
    return [
        ComingDay(
            say_date(day),
            times or _("closed"),
            is_open=bool(times),
            why=next((each.reason for each in exceptional if _covers(each, day)), ""),
            before=_before((now or {}).get(day, ""), times) if schedule else "",
        )
        for day, times in planned
    ]


def _opened(place: StoreFacts, schedule: Schedule, days: int) -> Iterator[tuple[date, str]]:
    for each in islice(stores.promises.coming_days(schedule, start=place.asked_at), days):
        yield each.day, ", ".join(_between(*times) for times in each.times)


def _between(opens: datetime, closes: datetime) -> str:
    if opens.time() == closes.time() == time():
        return _("all day")
    zone = str(opens.tzinfo)
    ends = (formats.hour(each, zone, language=current()) for each in (opens, closes))
    return "\N{EN DASH}".join(ends)


def _before(was: str, times: str) -> str:
    return "" if was == times else was or _("closed")


def _covers(each: ExceptionalFacts, day: date) -> bool:
    return each.first_day <= day <= each.last_day


def _span(days: tuple[int, ...]) -> str:
    if len(days) == 1:
        return say_weekday(days[0])
    between = {"first": say_weekday(days[0]), "last": say_weekday(days[-1])}
    return _("%(first)s to %(last)s") % between


def _minutes(after_midnight: int) -> str:
    if after_midnight == DAY_MIN:
        return _("midnight")
    return say_clock(time(*divmod(after_midnight % DAY_MIN, HOUR_MIN)))
