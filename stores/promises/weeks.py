"""Opening hours day by day, as they are told: the usual week, and which days deviate from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from stores.promises.hours import HORIZON_DAYS, Schedule, opening_times, split_by_day

DAY: Final = timedelta(days=1)
WEEK_DAYS: Final = 7
DAYS_MAX: Final = HORIZON_DAYS - 2
"""Days whose hours are known to their end, which may lie in the night after them."""

WallTimes = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day of a location: (opens, closes) in its own time zone, and whether that is as usual.

    Hours past midnight belong to the day they began.
    """

    day: date
    times: tuple[tuple[datetime, datetime], ...]
    usual: bool

    @property
    def wall_times(self) -> WallTimes:
        """Return (opens, closes) as a clock on the wall says them."""
        return tuple((opens.time(), closes.time()) for opens, closes in self.times)


def usual_week(schedule: Schedule, *, start: datetime) -> Mapping[int, WallTimes]:
    """Return the hours of each weekday (0 is Monday), without holidays and exceptional days.

    Hours that change with the season are those of the week from `start` on.

    Raises UnreadableHours.
    """
    nowhere = replace(schedule, country="", holiday_region=None, exceptional=())
    zone = ZoneInfo(schedule.time_zone)
    found = _times_by_day(nowhere, _midnight(start, zone))
    return {day.weekday(): _wall(times) for day, times in islice(sorted(found.items()), WEEK_DAYS)}


def coming_days(schedule: Schedule, *, start: datetime) -> tuple[OpenDay, ...]:
    """Return the coming 43 days, the one of `start` first, open or not.

    Raises UnreadableHours.
    """
    week = usual_week(schedule, start=start)
    found = _times_by_day(schedule, _midnight(start, ZoneInfo(schedule.time_zone)))
    return tuple(
        OpenDay(day, times, _wall(times) == week[day.weekday()])
        for day, times in sorted(found.items())
    )


def _times_by_day(
    schedule: Schedule, midnight: datetime
) -> dict[date, tuple[tuple[datetime, datetime], ...]]:
    zone = ZoneInfo(schedule.time_zone)
    found: dict[date, list[tuple[datetime, datetime]]] = {
        midnight.date() + number * DAY: [] for number in range(DAYS_MAX)
    }
    # From the day before on: what began then and lasts past midnight is that day's.
    for begins, ends in opening_times(schedule, start=midnight - DAY):
        for day, opens, closes in split_by_day(begins.astimezone(zone), ends, zone):
            if day in found:
                found[day].append((opens.astimezone(zone), closes.astimezone(zone)))
    return {day: tuple(times) for day, times in found.items()}


def _midnight(start: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(start.astimezone(zone).date(), time(), zone)


def _wall(times: tuple[tuple[datetime, datetime], ...]) -> WallTimes:
    return tuple((opens.time(), closes.time()) for opens, closes in times)
