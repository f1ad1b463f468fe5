"""The usual week and the days that deviate from it, as they are told to the world."""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from stores.promises import ExceptionalHours, Schedule, coming_days, is_holiday, usual_week

PARIS: Final = ZoneInfo("Europe/Paris")
SHOP: Final = Schedule(
    "Mo-Fr 09:30-12:00,14:00-19:00; Sa 10:00-18:00; PH off", "Europe/Paris", "FR"
)
NIGHT: Final = Schedule("Fr,Sa 20:00-04:00", "Europe/Paris", "FR")
ALWAYS: Final = Schedule("24/7", "Europe/Paris", "FR")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def test_the_usual_week_knows_neither_holidays_nor_exceptional_days() -> None:
    closed = ExceptionalHours(date(2026, 12, 21), date(2026, 12, 26), None)
    schedule = Schedule(SHOP.opening_hours, "Europe/Paris", "FR", "6AE", (closed,))
    split = ((time(9, 30), time(12)), (time(14), time(19)))
    assert usual_week(schedule, start=at("2026-12-23 15:00")) == {
        0: split, 1: split, 2: split, 3: split, 4: split, 5: ((time(10), time(18)),), 6: (),
    }  # fmt: skip


def test_only_days_with_other_hours_are_not_usual() -> None:
    late = ExceptionalHours(date(2026, 12, 23), date(2026, 12, 23), "09:30-21:00")
    schedule = Schedule(SHOP.opening_hours, "Europe/Paris", "FR", None, (late,))
    days = coming_days(schedule, start=at("2026-12-20 15:00"))
    assert (days[0].day, days[0].wall_times, days[0].usual) == (date(2026, 12, 20), (), True)
    assert [(each.day, each.wall_times) for each in days if not each.usual] == [
        (date(2026, 12, 23), ((time(9, 30), time(21)),)),
        (date(2026, 12, 25), ()),
        (date(2027, 1, 1), ()),
    ]
    assert is_holiday(schedule, date(2026, 12, 25))
    assert not is_holiday(schedule, date(2026, 12, 26))


@pytest.mark.parametrize("start", ["2026-10-23 23:00", "2026-10-24 01:00", "2027-03-15 12:00"])
def test_a_night_belongs_to_the_evening_it_began_whatever_the_clocks_do(start: str) -> None:
    days = coming_days(NIGHT, start=at(start))
    night = ((time(20), time(4)),)
    assert {each.day.weekday() for each in days if each.wall_times == night} == {4, 5}
    assert [each for each in days if each.wall_times not in {(), night}] == []
    assert [each for each in days if not each.usual] == []
    assert days[0].day == at(start).astimezone(PARIS).date()


def test_day_and_night_is_from_midnight_to_midnight_every_day() -> None:
    days = coming_days(ALWAYS, start=at("2026-09-01 02:00"))
    assert {each.wall_times for each in days} == {((time(), time()),)}
    assert len(days) == 43
    assert all(each.usual for each in days)
