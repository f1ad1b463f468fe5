"""On which days goods arrive at a door: working days of the destination after they left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from stores.promises.hours import holidays_of

DAY: Final = timedelta(days=1)
SUNDAY: Final = 6
FRANCE: Final = "FR"
_REGIONS: Final[Mapping[str, str]] = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    **{each: each for each in ("971", "972", "973", "974", "976")},
}
"""Beginnings of French postcodes whose region has public holidays of its own."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goods leave on a day and arrive between two; `off` are the holidays that lie between."""

    leaves_on: date
    first: date
    last: date
    off: tuple[date, ...]


def arrive(
    leaves_on: date, *, days_min: int, days_max: int, country: str, postcode: str
) -> Arrival:
    """Return when goods that leave on a day arrive: so many working days of the destination later.

    Working days are Monday to Saturday without public holidays. What takes no day arrives on the
    day it leaves, or the next working day.
    """
    region = holiday_region(country, postcode)
    off: list[date] = []

    def works(day: date) -> bool:
        if day in holidays_of(country, region, day.year):
            off.append(day)
            return False
        return day.weekday() != SUNDAY

    day = leaves_on
    while not days_min and not works(day):
        day += DAY
    done, first = 0, day
    while done < days_max:
        day += DAY
        if works(day):
            done += 1
            first = day if done == days_min else first
    return Arrival(leaves_on, first, day, tuple(off))


def holiday_region(country: str, postcode: str) -> str | None:
    """Return the region of a postcode whose holidays are more than the country's; mostly None."""
    if country != FRANCE:
        return None
    return _REGIONS.get(postcode[:2]) or _REGIONS.get(postcode[:3])
