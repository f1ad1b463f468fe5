"""Promises count opening time only: over nights, holidays and the two odd days of the year."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stores.errors import UnreadableHours
from stores.promises import Schedule, collect_by, is_open, opening_times, read_schedule, ready_at

PARIS: Final = ZoneInfo("Europe/Paris")
SHOP: Final = Schedule("Mo-Sa 09:30-19:00; Su,PH off", "Europe/Paris", "FR")
STRASBOURG: Final = Schedule("Mo-Sa 09:30-19:00; Su,PH off", "Europe/Paris", "FR", "6AE")
NIGHT: Final = Schedule("Mo-Su 22:00-06:00", "Europe/Paris", "FR")
ALWAYS: Final = Schedule("24/7", "Europe/Paris", "FR")


def at(text: str) -> datetime:
    """Return an instant from the wall clock of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def wall(instant: datetime | None) -> str:
    assert instant is not None
    return instant.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("asked", "ready"),
    [
        ("2026-11-20 10:00", "2026-11-20 12:00"),
        ("2026-11-20 17:00", "2026-11-20 19:00"),  # a Friday, to the minute of closing
        ("2026-11-20 18:50", "2026-11-21 11:20"),
        ("2026-11-21 18:50", "2026-11-23 11:20"),  # a Saturday: Sunday is closed
        ("2026-11-20 03:00", "2026-11-20 11:30"),
        ("2026-11-20 19:00", "2026-11-21 11:30"),
        ("2026-12-24 18:50", "2026-12-26 11:20"),  # Christmas is closed
        ("2026-12-31 18:00", "2027-01-02 10:30"),
        ("2027-03-27 18:50", "2027-03-30 11:20"),  # Sunday loses an hour; Easter Monday follows
        ("2026-10-24 18:50", "2026-10-26 11:20"),  # Sunday gains an hour
        ("2026-07-13 18:50", "2026-07-15 11:20"),
    ],
)
def test_two_hours_are_two_hours_of_an_open_store(asked: str, ready: str) -> None:
    assert wall(ready_at(SHOP, start=at(asked), prepare_min=120)) == ready


@pytest.mark.parametrize(
    ("asked", "ready"),
    [
        ("2026-12-24 18:50", "2026-12-28 11:20"),  # 25 and 26 are holidays, 27 a Sunday
        ("2026-04-02 18:50", "2026-04-04 11:20"),  # Good Friday
        ("2026-12-26 10:00", "2026-12-28 11:30"),
    ],
)
def test_alsace_keeps_its_two_holidays_more(asked: str, ready: str) -> None:
    assert wall(ready_at(STRASBOURG, start=at(asked), prepare_min=120)) == ready


def test_a_store_that_never_sleeps_still_keeps_the_holidays_of_its_region() -> None:
    always = Schedule("24/7", "Europe/Paris", "FR", "6AE")
    assert wall(ready_at(always, start=at("2026-12-26 12:00"), prepare_min=60)) == (
        "2026-12-27 01:00"
    )
    assert wall(ready_at(always, start=at("2026-04-02 23:30"), prepare_min=60)) == (
        "2026-04-04 00:30"
    )
    assert not is_open(always, at=at("2026-04-03 12:00"))
    assert is_open(ALWAYS, at=at("2026-04-03 12:00"))


@pytest.mark.parametrize(
    ("evening", "hours"),
    [("2026-11-17", 8), ("2027-03-27", 7), ("2026-10-24", 9)],
    ids=["a night", "the short night", "the long night"],
)
def test_a_night_is_as_long_as_it_really_is(evening: str, hours: int) -> None:
    opens, closes = next(opening_times(NIGHT, start=at(f"{evening} 21:00")))
    assert closes - opens == timedelta(hours=hours)
    morning = ready_at(NIGHT, start=at(f"{evening} 21:00"), prepare_min=hours * 60)
    assert morning == closes
    assert morning is not None
    assert morning.astimezone(PARIS).time() == time(6)


def test_hours_past_midnight_belong_to_the_evening_they_began() -> None:
    assert is_open(NIGHT, at=at("2026-11-18 03:00"))
    assert not is_open(NIGHT, at=at("2026-11-18 12:00"))
    assert wall(ready_at(NIGHT, start=at("2026-11-18 05:30"), prepare_min=60)) == (
        "2026-11-18 22:30"
    )


def test_a_store_that_never_opens_promises_nothing() -> None:
    closed = Schedule("Mo-Su off", "Europe/Paris", "FR")
    assert ready_at(closed, start=at("2026-11-20 10:00"), prepare_min=1) is None
    assert ready_at(SHOP, start=at("2026-11-20 10:00"), prepare_min=10**6) is None


@pytest.mark.parametrize(
    "hours",
    ['"by appointment"', 'Mo-Su 09:00-19:00 "sur rendez-vous"', "Mo-Su 09:00-19:00 unknown"],
)
def test_nothing_is_promised_for_hours_that_are_not_sure(hours: str) -> None:
    unsure = Schedule(hours, "Europe/Paris", "FR")
    assert ready_at(unsure, start=at("2026-11-20 10:00"), prepare_min=1) is None
    mixed = Schedule('Mo-Fr 09:00-18:00; Sa "sur rendez-vous"', "Europe/Paris", "FR")
    assert ready_at(mixed, start=at("2026-11-20 17:00"), prepare_min=120) == at("2026-11-23 10:00")


@pytest.mark.parametrize("hours", ["Mo-Xx 09:00-19:00", "", "9h-19h", "Mo 25:00-26:00"])
def test_hours_that_cannot_be_read_are_refused(hours: str) -> None:
    with pytest.raises(UnreadableHours):
        read_schedule(Schedule(hours, "Europe/Paris", "FR"))


def windows(region: str | None, first: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield when the shop is open, worked out another way, for 45 days."""
    closed = holidays.country_holidays("FR", subdiv=region)
    for day in (first + timedelta(days=n) for n in range(46)):
        if day.weekday() < 6 and day not in closed:
            yield (
                datetime.combine(day, time(9, 30), PARIS).astimezone(UTC),
                datetime.combine(day, time(19), PARIS).astimezone(UTC),
            )


def open_time(region: str | None, start: datetime, end: datetime) -> timedelta:
    """Return for how long the shop is open between two instants."""
    first = (start - timedelta(days=1)).date()
    spans = (
        min(end, closes) - max(start, opens)
        for opens, closes in windows(region, first)
        if opens < end and closes > start
    )
    return sum(spans, timedelta())


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 2_400), st.sampled_from([None, "6AE", "57"]))
def test_a_promise_is_exactly_so_much_opening_time_later_and_never_in_closed_time(
    start: datetime, prepare_min: int, region: str | None
) -> None:
    schedule = Schedule(SHOP.opening_hours, "Europe/Paris", "FR", region)
    ready = ready_at(schedule, start=start, prepare_min=prepare_min)
    assert ready is not None
    assert open_time(region, start, ready) == timedelta(minutes=prepare_min)
    first = (ready - timedelta(days=1)).date()
    assert any(opens < ready <= closes for opens, closes in windows(region, first))


@settings(deadline=None)
@given(MOMENTS, st.sampled_from([None, "6AE"]))
def test_open_now_is_what_the_calendar_says(moment: datetime, region: str | None) -> None:
    schedule = Schedule(SHOP.opening_hours, "Europe/Paris", "FR", region)
    first = (moment - timedelta(days=1)).date()
    expected = any(opens <= moment < closes for opens, closes in windows(region, first))
    assert is_open(schedule, at=moment) == expected


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 30))
def test_a_parcel_is_kept_until_the_last_closing_within_its_days(
    ready: datetime, hold_days: int
) -> None:
    until = collect_by(SHOP, ready_at=ready, hold_days=hold_days)
    last_day = ready.astimezone(PARIS).date() + timedelta(days=hold_days)
    closings = [
        closes
        for opens, closes in windows(None, (ready - timedelta(days=1)).date())
        if closes > ready and opens.astimezone(PARIS).date() <= last_day
    ]
    assume(closings)
    assert until == closings[-1]


def test_a_parcel_of_a_store_that_stays_shut_is_kept_for_its_days() -> None:
    ready = at("2026-12-24 18:00")
    shut = Schedule("2020 Jan 01 09:00-10:00", "Europe/Paris", "FR")
    assert collect_by(shut, ready_at=ready, hold_days=7) == ready + timedelta(days=7)
