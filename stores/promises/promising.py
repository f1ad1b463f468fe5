"""The promise itself: from hours, cut-off, backlog, full days and a chosen slot to one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from stores.promises.days import Times
from stores.promises.hours import Schedule, midnight_after, opening_times, ready_at
from stores.settings import TradeRules

HOUR_MIN: Final = 60
MINUTE: Final = timedelta(minutes=1)
WINDOWS_MAX: Final = 8
"""Opening times kept with a promise: enough to explain it, few enough to keep."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a location has to do already: parcels that wait to be prepared, days that are full."""

    waiting: int = 0
    full_days: tuple[date, ...] = ()


NO_LOAD: Final = Load()


@dataclass(frozen=True, slots=True)
class SlotTimes:
    """The slot a customer chose."""

    id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """A time told to the customer, with everything it was computed from.

    `ready_at` is when the parcel can lie in its bin, `at` what is said: the same, or the beginning
    of the chosen slot. `day` is the day of the location it counts for.
    """

    at: datetime
    ready_at: datetime
    day: date
    asked_at: datetime
    counted_from: datetime
    minutes: int
    backlog_min: int
    cut_off_passed: bool
    skipped_days: tuple[date, ...]
    schedule: Schedule
    rules: TradeRules
    load: Load
    slot: SlotTimes | None = None

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Return what is stored with the promise: JSON that `explain` reads."""
        slot = self.slot
        return {
            "asked_at": self.asked_at.isoformat(),
            "opening_hours": self.schedule.opening_hours,
            "time_zone": self.schedule.time_zone,
            "country": self.schedule.country,
            "holiday_region": self.schedule.holiday_region,
            "prepare_min": self.rules.prepare_min,
            "cut_off": self.rules.cut_off.strftime("%H:%M") if self.rules.cut_off else None,
            "cut_off_passed": self.cut_off_passed,
            "orders_per_hour": self.rules.orders_per_hour,
            "orders_per_day": self.rules.orders_per_day,
            "waiting": self.load.waiting,
            "backlog_min": self.backlog_min,
            "counted_from": self.counted_from.isoformat(),
            "minutes": self.minutes,
            "full_days": [day.isoformat() for day in self.skipped_days],
            "open": [[each.isoformat() for each in times] for times in self._windows()],
            "ready_at": self.ready_at.isoformat(),
            "slot": slot
            and {
                "id": slot.id,
                "starts_at": slot.starts_at.isoformat(),
                "ends_at": slot.ends_at.isoformat(),
            },
        }

    def _windows(self) -> list[Times]:
        """Return the opening times that were counted."""
        found: list[Times] = []
        for opens, closes in opening_times(self.schedule, start=self.counted_from):
            if opens >= self.ready_at or len(found) == WINDOWS_MAX:
                break
            found.append((opens, min(closes, self.ready_at)))
        return found


@lru_cache(maxsize=4096)
def promise(
    schedule: Schedule,
    rules: TradeRules,
    load: Load,
    start: datetime,
    slot: SlotTimes | None = None,
) -> Promise | None:
    """Return when an order placed at `start` is ready; None when never within 45 days.

    It takes `prepare_min` of opening time, longer when what waits takes longer at
    `orders_per_hour`. After the cut-off counting begins the next day, and so it does after a day
    that is full. A slot is the caller's to check against `ready_at`.

    Raises UnreadableHours.
    """
    zone = ZoneInfo(schedule.time_zone)
    counted_from, passed = _after_cut_off(rules, start, zone)
    backlog = _backlog_min(rules, load)
    minutes = max(rules.prepare_min, backlog)
    ready = ready_at(schedule, start=counted_from, prepare_min=minutes)
    skipped: list[date] = []
    while ready is not None and slot is None and (day := _day(ready, zone)) in load.full_days:
        skipped.append(day)
        counted_from, minutes = midnight_after(day, zone), rules.prepare_min
        ready = ready_at(schedule, start=counted_from, prepare_min=minutes)
    if ready is None:
        return None
    at = slot.starts_at if slot else ready
    return Promise(
        at=at,
        ready_at=ready,
        day=_day(at, zone),
        asked_at=start,
        counted_from=counted_from,
        minutes=minutes,
        backlog_min=backlog,
        cut_off_passed=passed,
        skipped_days=tuple(skipped),
        schedule=schedule,
        rules=rules,
        load=load,
        slot=slot,
    )


@lru_cache(maxsize=4096)
def cut_off(made: Promise) -> datetime:
    """Return the last instant at which an order is still promised for the same day, in UTC.

    As things stand: what others order meanwhile is not foreseen. Where a full day was left out,
    the same day may hold a little longer than is said.

    Raises UnreadableHours.
    """
    zone = ZoneInfo(made.schedule.time_zone)
    begin, _ = _after_cut_off(made.rules, made.asked_at, zone)
    day = made.skipped_days[0] if made.skipped_days else _day(made.ready_at, zone)
    minutes = max(made.rules.prepare_min, made.backlog_min)
    latest = max(begin, _latest(made.schedule, begin, midnight_after(day, zone), minutes))
    if made.rules.cut_off is None:
        return latest
    daily = datetime.combine(latest.astimezone(zone), made.rules.cut_off, zone).astimezone(UTC)
    return max(min(latest, daily), made.asked_at)


def _latest(schedule: Schedule, begin: datetime, end: datetime, minutes: int) -> datetime:
    """Return the last instant from which so much opening time is left before `end`."""
    times: list[Times] = []
    for opens, closes in opening_times(schedule, start=begin):
        if opens >= end:
            break
        times.append((opens, min(closes, end)))
    left = timedelta(minutes=minutes)
    if not left or (times and times[-1][1] == end):
        left += MINUTE  # the end of opening or of a day is too late already
    for opens, closes in reversed(times):
        if closes - opens >= left:
            return closes - left
        left -= closes - opens
    return begin


def _after_cut_off(rules: TradeRules, start: datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    here = start.astimezone(zone)
    if rules.cut_off is None or here.time() <= rules.cut_off:
        return start, False
    return midnight_after(here.date(), zone), True


def _backlog_min(rules: TradeRules, load: Load) -> int:
    """Return how long what waits and this order take, at the pace of the location."""
    if rules.orders_per_hour is None:
        return 0
    return ceil((load.waiting + 1) * HOUR_MIN / rules.orders_per_hour)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
