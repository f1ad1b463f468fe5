"""When a location is open: usual hours, public holidays, exceptional days, in its time zone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import merge
from zoneinfo import ZoneInfo

import holidays
from opening_hours import (  # type: ignore[attr-defined]  # its stub forgets the errors
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

from stores.errors import UnreadableHours
from stores.promises.days import ExceptionalHours, Times, exceptional_times, find_exception

HORIZON_DAYS = 45
DAY = timedelta(days=1)
HOLIDAY = "PH"

_SIGN = re.compile(r"--> 1:(\d+)")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a location is open: hours as written, its zone, its country and holiday region.

    `exceptional` days replace the usual ones; hours past midnight belong to the day they began.
    """

    opening_hours: str
    time_zone: str
    country: str
    holiday_region: str | None = None
    exceptional: tuple[ExceptionalHours, ...] = ()


def read_schedule(schedule: Schedule) -> None:
    """Return nothing when the hours can be read.

    Raises UnreadableHours.
    """
    _parsed(schedule.opening_hours, schedule.time_zone, schedule.country)


def opening_times(schedule: Schedule, *, start: datetime) -> Iterator[Times]:
    """Yield (opens, closes) in UTC from `start` on, in order, for the next 45 days.

    Raises UnreadableHours.
    """
    zone = ZoneInfo(schedule.time_zone)
    here = start.astimezone(zone)
    # The evening before may last past midnight, and it is its own day that says whether it is held.
    first = here.date() - DAY
    last = (here + timedelta(days=HORIZON_DAYS)).date()
    usual = _usual_times(schedule, first=first, last=last, zone=zone)
    special = exceptional_times(schedule.exceptional, first=first, last=last, zone=zone)
    end = start.astimezone(UTC) + timedelta(days=HORIZON_DAYS)
    for opens, closes in _joined(merge(usual, special)):
        if opens >= end:
            return
        if closes > start:
            yield max(opens, start.astimezone(UTC)), min(closes, end)


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
    midnight = midnight_after(last_day, zone)
    closing = ready_at + timedelta(days=hold_days)
    for opens, closes in opening_times(schedule, start=ready_at):
        if opens >= midnight:
            break
        closing = min(closes, midnight)
    return closing


def is_holiday(schedule: Schedule, day: date) -> bool:
    """Tell whether a day is a public holiday where the location is."""
    return day in holidays_of(schedule.country, schedule.holiday_region, day.year)


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day ends in a zone, in UTC."""
    return datetime.combine(day + DAY, time(), zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def _parsed(opening_hours: str, time_zone: str, country: str) -> OpeningHours:
    zone = ZoneInfo(time_zone)
    try:
        return OpeningHours(opening_hours, timezone=zone, country=country)
    except UnknownCountryError:
        return OpeningHours(opening_hours, timezone=zone)
    except ParserError as error:
        found = _SIGN.search(str(error))
        sign = int(found.group(1)) if found else 1
        raise UnreadableHours(
            f"It cannot be read from sign {sign} on: {opening_hours[sign - 1 :]!r}.",
            hours=opening_hours,
            sign=sign,
        ) from error


def _usual_times(schedule: Schedule, *, first: date, last: date, zone: ZoneInfo) -> Iterator[Times]:
    """Yield the usual hours without holidays and exceptional days.

    Hours with a remark (`"by appointment"`) are neither open nor closed, as OpenStreetMap has it:
    nothing is promised for them.
    """
    shut = _shut(schedule)
    parsed = _parsed(schedule.opening_hours, schedule.time_zone, schedule.country)
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + 2 * DAY, time(), zone)
    for begins, ends, state, remark in parsed.intervals(begin, end):
        if state == State.OPEN and not remark:
            for day, opens, closes in split_by_day(begins, ends, zone):
                if not shut(day):
                    yield opens, closes


def split_by_day(
    begins: datetime, ends: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime, datetime]]:
    """Yield each day's part of an interval; a night belongs to the evening it began."""
    here, end = begins.astimezone(UTC), ends.astimezone(UTC)
    day = begins.astimezone(zone).date()
    if end - here < DAY:
        yield day, here, end
        return
    while here < end:
        stop = min(end, midnight_after(day, zone))
        yield day, here, stop
        here, day = stop, day + DAY


def _shut(schedule: Schedule) -> Callable[[date], bool]:
    """Return which days the usual hours do not count.

    Hours that speak of public holidays are taken at their word for those of the whole country;
    the further ones of a region are closed all the same.
    """
    of_region = schedule.holiday_region
    spoken = HOLIDAY in schedule.opening_hours

    def shut(day: date) -> bool:
        if schedule.exceptional and find_exception(schedule.exceptional, day) is not None:
            return True
        if spoken and of_region is None:
            return False
        closed = day in holidays_of(schedule.country, of_region, day.year)
        if closed and spoken:
            return day not in holidays_of(schedule.country, None, day.year)
        return closed

    return shut


def _joined(times: Iterator[Times]) -> Iterator[Times]:
    """Yield times in order as one where they touch or overlap."""
    before: Times | None = None
    for opens, closes in times:
        if before is None:
            before = opens, closes
        elif opens <= before[1]:
            before = before[0], max(before[1], closes)
        else:
            yield before
            before = opens, closes
    if before is not None:
        yield before


@lru_cache(maxsize=1_024)
def holidays_of(country: str, region: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of a year; none for a country nobody knows the holidays of."""
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region, years=year))
    except NotImplementedError:
        return frozenset()
