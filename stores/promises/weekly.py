"""Weekly hours in plain terms: read out of OpenStreetMap syntax, and written back into it. Pure.

Only hours that say the same every week can be read; seasons, months and nights that run into
another day's hours stay as they are written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from stores.errors import UnreadableHours
from stores.promises.days import DAY_MIN, read_day_hours

WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAYS: Final = "PH"
CLOSED: Final = ""

_RULE = re.compile(r"(?:([A-Z][A-Za-z, -]*?)\s+)?(off|closed|\d\d:\d\d[-\d:, ]*)")
_CLOCK = r"(\d{1,2})\s*(?:[:h.]\s*(\d{2})?)?"
_TYPED = re.compile(rf"{_CLOCK}\s*-\s*{_CLOCK}")
_DASHES = re.compile(r"\s*(?:[–—]|\bà\b|\bto\b)\s*")
_BETWEEN = re.compile(r"[,;/]|\bet\b|\band\b")


@dataclass(frozen=True, slots=True)
class Week:
    """Hours of Monday to Sunday and of public holidays, like `09:30-12:00,14:00-19:00`.

    Empty is closed.
    """

    days: tuple[str, ...]
    holidays: str = CLOSED


def read_week(opening_hours: str) -> Week | None:
    """Return hours in OpenStreetMap syntax as a week; None when a week cannot say them."""
    if opening_hours.strip() == "24/7":
        return Week(("00:00-24:00",) * len(WEEKDAYS))
    said: dict[str, str] = {}
    for rule in opening_hours.strip().rstrip(";").split(";"):
        found = _RULE.fullmatch(rule.strip())
        days = _days(found[1]) if found else None
        times = _times(found[2]) if found else None
        if days is None or times is None or (HOLIDAYS in said and days != [HOLIDAYS]):
            return None  # what comes after the holidays would hold on them too
        said.update(dict.fromkeys(days, times))
    return Week(tuple(said.get(day, CLOSED) for day in WEEKDAYS), said.get(HOLIDAYS, CLOSED))


def write_week(week: Week) -> str:
    """Return a week in OpenStreetMap syntax.

    Raises UnreadableHours, naming the part that cannot be meant.
    """
    rules = [f"{_span(days)} {times}" for days, times in group_days(week) if times]
    for times in (*week.days, week.holidays):
        if times:
            read_day_hours(times)
    return "; ".join([*(rules or ["Mo-Su off"]), f"{HOLIDAYS} {week.holidays or 'off'}"])


def group_days(week: Week) -> list[tuple[tuple[int, ...], str]]:
    """Return neighbouring weekdays (1 is Monday) that keep the same hours, with those hours."""
    numbered = enumerate(week.days, start=1)
    return [
        (tuple(number for number, _ in days), times)
        for times, days in groupby(numbered, key=lambda each: each[1])
    ]


def read_typed(typed: str) -> str:
    """Return hours as people type them, `9h30 - 12h, 14h-19h`, the way they are kept.

    What is no time stays as it was typed, for its reader to refuse.
    """
    plain = _DASHES.sub("-", typed.strip().lower())
    if plain in {"", "-", "off", "closed", "fermé", "ferme"}:
        return CLOSED
    return ",".join(map(_typed_span, _BETWEEN.split(plain)))


def _typed_span(part: str) -> str:
    found = _TYPED.fullmatch(part.strip())
    if found is None:
        return part.strip()
    opens, until, closes, last = found.groups()
    return f"{int(opens):02}:{until or '00'}-{int(closes):02}:{last or '00'}"


def _days(words: str | None) -> list[str] | None:
    """Return the weekdays, and holidays, that a rule names; None when it names others."""
    if words is None:
        return list(WEEKDAYS)
    found: list[str] = []
    for word in words.split(","):
        named = list(_named(word.strip()))
        if not named:
            return None
        found += named
    return found


def _named(word: str) -> Iterator[str]:
    first, dash, last = (part.strip() for part in word.partition("-"))
    if word == HOLIDAYS or (first in WEEKDAYS and not dash):
        yield word
    elif first in WEEKDAYS and last in WEEKDAYS:
        start, stop = WEEKDAYS.index(first), WEEKDAYS.index(last)
        stop += len(WEEKDAYS) if stop < start else 0
        yield from (WEEKDAYS[number % len(WEEKDAYS)] for number in range(start, stop + 1))


def _times(words: str) -> str | None:
    """Return the hours of a rule; None for nights: whose day they end in is another rule's."""
    if words in {"off", "closed"}:
        return CLOSED
    times = ",".join(part.strip() for part in words.split(","))
    try:
        spans = read_day_hours(times)
    except UnreadableHours:
        return None
    return times if all(closes <= DAY_MIN for _, closes in spans) else None


def _span(days: Sequence[int]) -> str:
    first, last = WEEKDAYS[days[0] - 1], WEEKDAYS[days[-1] - 1]
    return first if first == last else f"{first}-{last}"
