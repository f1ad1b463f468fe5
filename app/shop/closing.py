"""Days on which a store keeps other hours than usual, as shoppers read them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app import formats
from app.i18n import current
from app.i18n import gettext as _
from stores.promises import ExceptionalHours, read_day_hours
from stores.queries import StoreFacts

AHEAD: Final = timedelta(days=45)
SOON: Final = timedelta(days=7)
HOUR_MIN: Final = 60
DAY_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class ExceptionalDay:
    """A day, or several in a row, with its hours or that the store is closed."""

    days: str
    hours: str
    closed: bool
    first: date


def list_exceptional_days(store: StoreFacts, *, ahead: timedelta = AHEAD) -> list[ExceptionalDay]:
    """Return what differs from the usual hours in the days ahead, in order."""
    if store.schedule is None:
        return []
    today = store.asked_at.astimezone(ZoneInfo(store.time_zone)).date()
    found = [
        _day(each, store)
        for each in store.schedule.exceptional
        if each.last_day >= today and each.first_day <= today + ahead
    ]
    return sorted(found, key=lambda each: each.first)


def say_closed_soon(store: StoreFacts) -> str | None:
    """Return on which of the next days a store is closed against its habit; None usually."""
    for each in list_exceptional_days(store, ahead=SOON):
        if each.closed:
            return _("Exceptionally closed: %(days)s.") % {"days": each.days}
    return None


def _day(each: ExceptionalHours, store: StoreFacts) -> ExceptionalDay:
    days = _named(each.first_day, store)
    if each.last_day > each.first_day:
        words = {"first": days, "last": _named(each.last_day, store)}
        days = _("%(first)s to %(last)s") % words
    hours = _("Closed") if each.hours is None else _hours(each.hours, each.first_day, store)
    return ExceptionalDay(days, hours, each.hours is None, each.first_day)


def _named(day: date, store: StoreFacts) -> str:
    noon = datetime.combine(day, time(12), ZoneInfo(store.time_zone))
    return formats.day(noon, store.time_zone, language=current())


def _hours(hours: str, day: date, store: StoreFacts) -> str:
    zone = ZoneInfo(store.time_zone)

    def clock(minutes: int) -> str:
        hour, minute = divmod(minutes, HOUR_MIN)
        at = datetime.combine(day, time(hour % DAY_HOURS, minute), zone)
        return formats.hour(at, store.time_zone, language=current())

    return ", ".join(f"{clock(opens)} – {clock(closes)}" for opens, closes in read_day_hours(hours))
