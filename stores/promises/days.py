"""Exceptional days: other hours than usual from a first to a last day, or none."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from stores.errors import UnreadableHours

DAY_MIN: Final = 1_440
HOUR_MIN: Final = 60

_SPAN = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")

Times = tuple[datetime, datetime]


class ExceptionalHours(NamedTuple):
    """What replaces the usual hours of the days from first to last; without hours: closed."""

    first_day: date
    last_day: date
    hours: str | None


@lru_cache(maxsize=1_024)
def read_day_hours(hours: str) -> tuple[tuple[int, int], ...]:
    """Return (opens, closes) in minutes after midnight, in order; closes may be after 24:00.

    Hours are written `09:30-12:00,14:00-19:00`; `22:00-06:00` ends the next morning.

    Raises UnreadableHours, naming the part that cannot be meant.
    """
    spans = []
    for part in hours.split(","):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise UnreadableHours(f"{part.strip()!r} is not like 09:30-19:00.", hours=hours)
        opens, closes = _minutes(part, *found.groups()[:2]), _minutes(part, *found.groups()[2:])
        if opens >= DAY_MIN:
            raise UnreadableHours(f"{part.strip()!r} begins after midnight.", hours=hours)
        spans.append((opens, closes if closes > opens else closes + DAY_MIN))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise UnreadableHours(f"{hours!r} has hours that overlap.", hours=hours)
    return tuple(spans)


def find_exception(exceptional: Sequence[ExceptionalHours], day: date) -> ExceptionalHours | None:
    """Return what replaces the usual hours of a day; of several the last one said."""
    for each in reversed(exceptional):
        if each.first_day <= day <= each.last_day:
            return each
    return None


def exceptional_times(
    exceptional: Sequence[ExceptionalHours], *, first: date, last: date, zone: ZoneInfo
) -> Iterator[Times]:
    """Yield (opens, closes) in UTC of the exceptional days between two days, in order."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        found = find_exception(exceptional, day)
        if found is not None and found.hours is not None:
            for opens, closes in read_day_hours(found.hours):
                begins, ends = _instant(day, opens, zone), _instant(day, closes, zone)
                if ends > begins:  # an hour that a DST night leaves out is no time at all
                    yield begins, ends


def _minutes(part: str, hours: str, minutes: str) -> int:
    total = int(hours) * HOUR_MIN + int(minutes)
    if int(minutes) >= HOUR_MIN or total > DAY_MIN:
        raise UnreadableHours(f"{part.strip()!r} is no time of day.")
    return total


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minutes, DAY_MIN)
    wall = time(*divmod(rest, HOUR_MIN))
    return datetime.combine(day + timedelta(days=days), wall, zone).astimezone(UTC)
