"""Which slots there should be: weekly patterns inside opening times, over DST nights."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from stores.commands import AddPattern
from stores.promises.hours import Schedule, opening_times

PlannedSlots = dict[tuple[str, datetime], tuple[datetime, int]]
"""By way and beginning: the end of a slot, and how many can have it."""


def plan_slots(
    schedule: Schedule, patterns: Sequence[AddPattern], *, now: datetime, days: int
) -> PlannedSlots:
    """Return the slots of the days ahead, today included, in order; equal ones add up.

    A slot that does not lie within opening times is left out.

    Raises UnreadableHours.
    """
    zone = ZoneInfo(schedule.time_zone)
    today = now.astimezone(zone).date()
    open_times = list(opening_times(schedule, start=now))
    found: PlannedSlots = {}
    for pattern in patterns:
        for starts_at, ends_at in _slots(pattern, today, days, zone):
            inside = any(opens <= starts_at and ends_at <= closes for opens, closes in open_times)
            if starts_at > now and inside:
                key = (pattern.method.value, starts_at)
                before = found.get(key, (ends_at, 0))
                found[key] = max(before[0], ends_at), before[1] + pattern.capacity
    return dict(sorted(found.items(), key=lambda each: each[0][1]))


def slots_of_a_day(pattern: AddPattern) -> Iterator[tuple[timedelta, timedelta]]:
    """Yield when the slots of a day begin and end, as time since midnight."""
    first, last = (
        timedelta(hours=each.hour, minutes=each.minute)
        for each in (pattern.from_time, pattern.until_time)
    )
    size = timedelta(minutes=pattern.minutes)
    while first + size <= last:
        yield first, first + size
        first += size


def _slots(
    pattern: AddPattern, first: date, days: int, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the slots of a pattern in UTC; one that a DST night stretches or cuts is left out."""
    for number in range(days):
        day = first + timedelta(days=number)
        if day.isoweekday() not in pattern.weekdays:
            continue
        midnight = datetime.combine(day, datetime.min.time())
        for begins, ends in slots_of_a_day(pattern):
            starts_at = (midnight + begins).replace(tzinfo=zone).astimezone(UTC)
            ends_at = (midnight + ends).replace(tzinfo=zone).astimezone(UTC)
            exists = starts_at.astimezone(zone).replace(tzinfo=None) == midnight + begins
            if exists and ends_at - starts_at == ends - begins:
                yield starts_at, ends_at
