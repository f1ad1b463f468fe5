"""Promises: when an order can be ready, and until when it is kept. Pure: no database, no clock.

Times count only while the store is open. Hours are in OpenStreetMap syntax; public holidays are
closed unless the hours say otherwise, because a promise in doubtful time is a broken one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # its stub forgets ParserError

from stores.errors import UnreadableHours

HORIZON_DAYS = 45


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a location is open: hours as written, its zone, its country and holiday region."""

    opening_hours: str
    time_zone: str
    country: str
    holiday_region: str | None = None


def read_schedule(schedule: Schedule) -> None:
    """Return nothing when the hours can be read.

    Raises UnreadableHours.
    """
    _parsed(schedule)


def opening_times(schedule: Schedule, *, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield (opens, closes) in UTC from `start` on, in order, for the next 45 days.

    Raises UnreadableHours.
    """
    zone = ZoneInfo(schedule.time_zone)
    end = start + timedelta(days=HORIZON_DAYS)
    for begins, ends, state, _ in _parsed(schedule).intervals(
        start.astimezone(zone), end.astimezone(zone)
    ):
        if state == State.OPEN:
            yield from _outside_holidays(schedule, begins, ends, zone)


def is_open(schedule: Schedule, *, at: datetime) -> bool:
    """Tell whether the location is open at an instant.

    Raises UnreadableHours.
    """
    first = next(opening_times(schedule, start=at), None)
    return first is not None and first[0] <= at < first[1]


@lru_cache(maxsize=4096)
def ready_at(schedule: Schedule, *, start: datetime, prepare_min: int) -> datetime | None:
    """Return when `prepare_min` minutes of opening time have passed since `start`, in UTC.

    None when the location does not open for that long within 45 days. Remembered, because a chain
    keeps few different hours and availability asks for all its stores at one instant.

    Raises UnreadableHours.
    """
    left = timedelta(minutes=prepare_min)
    for opens, closes in opening_times(schedule, start=start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def collect_by(schedule: Schedule, *, ready_at: datetime, hold_days: int) -> datetime:
    """Return the last closing time within `hold_days` days after `ready_at`, in UTC.

    A location that does not open again by then keeps the parcel for exactly those days.

    Raises UnreadableHours.
    """
    zone = ZoneInfo(schedule.time_zone)
    last_day = (ready_at.astimezone(zone) + timedelta(days=hold_days)).date()
    midnight = datetime.combine(last_day + timedelta(days=1), time(), zone).astimezone(UTC)
    closing = ready_at + timedelta(days=hold_days)
    for opens, closes in opening_times(schedule, start=ready_at):
        if opens >= midnight:
            break
        closing = min(closes, midnight)
    return closing


@lru_cache(maxsize=4096)
def _parsed(schedule: Schedule) -> OpeningHours:
    hours = schedule.opening_hours
    if "PH" not in hours:
        hours = f"{hours}; PH off"
    try:
        return OpeningHours(hours, timezone=ZoneInfo(schedule.time_zone), country=schedule.country)
    except ParserError as error:
        raise UnreadableHours(hours=schedule.opening_hours) from error


def _outside_holidays(
    schedule: Schedule, begins: datetime, ends: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is left of an interval without the days of regional holidays, in UTC."""
    if schedule.holiday_region is None:
        yield begins.astimezone(UTC), ends.astimezone(UTC)
        return
    here = begins
    while here < ends:
        stop = here
        while stop < ends and not _regional_holiday(schedule, stop.date()):
            stop = min(ends, _midnight_after(stop, zone))
        if stop > here:
            yield here.astimezone(UTC), stop.astimezone(UTC)
        here = stop if stop > here else min(ends, _midnight_after(here, zone))


def _midnight_after(at: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.date() + timedelta(days=1), time(), zone)


def _regional_holiday(schedule: Schedule, day: date) -> bool:
    if schedule.holiday_region is None:
        return False
    return day in _holidays(schedule.country, schedule.holiday_region, day.year)


@lru_cache(maxsize=256)
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=region, years=year))
