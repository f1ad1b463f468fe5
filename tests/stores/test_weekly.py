"""Weekly hours in plain terms, and back into the syntax they are kept in."""

import json
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from stores.errors import UnreadableHours
from stores.promises import (
    Schedule,
    Week,
    group_days,
    opening_times,
    read_typed,
    read_week,
    write_week,
)

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "stores"
START, DAYS = datetime(2026, 4, 20, tzinfo=UTC), timedelta(days=28)
"""From before Labour Day to after Ascension: holidays count."""
SPLIT = "10:00-12:30,14:00-19:00"


@pytest.mark.parametrize(
    ("written", "days", "holidays"),
    [
        ("Mo-Sa 09:30-19:00; PH off", ("09:30-19:00",) * 6 + ("",), ""),
        ("Mo-Fr 08:00-12:00; Fr 08:00-11:00", ("08:00-12:00",) * 4 + ("08:00-11:00", "", ""), ""),
        (f"Tu,Th {SPLIT}; Su,PH off", ("", SPLIT, "", SPLIT, "", "", ""), ""),
        ("Sa-Mo 10:00-18:00", ("10:00-18:00",) + ("",) * 4 + ("10:00-18:00",) * 2, ""),
        ("09:00-19:00; PH 10:00-12:00", ("09:00-19:00",) * 7, "10:00-12:00"),
        ("24/7", ("00:00-24:00",) * 7, ""),
    ],
)
def test_hours_that_say_the_same_every_week_are_read(
    written: str, days: tuple[str, ...], holidays: str
) -> None:
    assert read_week(written) == Week(days, holidays)


@pytest.mark.parametrize(
    "written",
    [
        "Apr-Sep Mo-Sa 09:30-19:00",
        "PH off; Mo-Sa 09:30-19:00",
        "Fr 22:00-06:00",
        "Mo-Sa 09:30+",
        "Mo-Sa sunrise-sunset",
        "SH 10:00-12:00",
        "",
    ],
)
def test_hours_that_no_week_can_say_are_left_as_they_are(written: str) -> None:
    assert read_week(written) is None


def test_neighbouring_days_are_written_together() -> None:
    week = Week((SPLIT, SPLIT, "", SPLIT, "09:00-12:00", "", ""), "10:00-12:00")
    assert write_week(week) == f"Mo-Tu {SPLIT}; Th {SPLIT}; Fr 09:00-12:00; PH 10:00-12:00"
    assert group_days(week) == [
        ((1, 2), SPLIT),
        ((3,), ""),
        ((4,), SPLIT),
        ((5,), "09:00-12:00"),
        ((6, 7), ""),
    ]
    assert write_week(Week(("",) * 7)) == "Mo-Su off; PH off"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9h30 - 12h, 14h–19h", "09:30-12:00,14:00-19:00"),
        ("9.30-19", "09:30-19:00"),
        ("10:00 à 12:30 et 14:00 à 19:00", "10:00-12:30,14:00-19:00"),
        ("10 to 18", "10:00-18:00"),
        (" Fermé ", ""),
        ("", ""),
    ],
)
def test_hours_are_understood_as_people_type_them(typed: str, kept: str) -> None:
    assert read_typed(typed) == kept


@pytest.mark.parametrize("typed", ["soon", "9h30", "12h-9h-8h", "9h70-12h", "25-26", "9-12,11-14"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableHours):
        write_week(Week((read_typed(typed), *("",) * 6)))


def real_hours() -> list[str]:
    if not REAL.exists():
        pytest.skip("the real stores are not here")
    found: set[str] = set()
    for path in sorted(REAL.glob("*.geojson")):
        for feature in json.loads(path.read_text())["features"]:
            hours = feature["properties"].get("opening_hours")
            found |= {hours} if hours else set()
    return sorted(found)


def times_of(hours: str) -> list[tuple[datetime, datetime]]:
    found = opening_times(Schedule(hours, "Europe/Paris", "FR"), start=START)
    return list(takewhile(lambda each: each[0] < START + DAYS, found))


def test_a_week_of_a_real_store_written_back_opens_at_the_same_times() -> None:
    hours = real_hours()
    weeks = {each: week for each in hours if (week := read_week(each)) is not None}
    assert len(weeks) > len(hours) * 0.8
    moved = [each for each, week in weeks.items() if times_of(each) != times_of(write_week(week))]
    assert moved == []
