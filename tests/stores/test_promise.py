"""The promise: cut-off, backlog, full days, a chosen slot, and why it is this time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stores.promises import (
    NO_LOAD,
    ExceptionalHours,
    Load,
    Promise,
    Schedule,
    SlotTimes,
    cut_off,
    explain,
    opening_times,
    promise,
    ready_at,
)
from stores.settings import TradeRules

PARIS: Final = ZoneInfo("Europe/Paris")
SHOP: Final = Schedule("Mo-Sa 09:30-19:00; Su,PH off", "Europe/Paris", "FR")
SCHEDULES: Final = (
    SHOP,
    Schedule("Mo-Sa 09:30-12:00,14:00-19:00", "Europe/Paris", "FR", "6AE"),
    Schedule("Mo-Su 22:00-06:00", "Europe/Paris", "FR"),
    Schedule("24/7", "Europe/Paris", "FR"),
    Schedule("Mo-Fr 08:00-12:00; Sa 10:00-02:00", "America/Guadeloupe", "FR", "971"),
    Schedule("Tu-Su 10:00-18:00; PH 10:00-12:00", "Indian/Reunion", "FR", "974"),
)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def wall(instant: datetime, zone: ZoneInfo = PARIS) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def made(asked: str, rules: TradeRules = TradeRules(), load: Load = NO_LOAD) -> Promise:  # noqa: B008 (frozen)
    found = promise(SHOP, rules, load, at(asked))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked", "ready", "passed"),
    [
        ("2026-11-20 15:00", "2026-11-20 17:00", False),
        ("2026-11-20 16:00", "2026-11-20 18:00", False),
        ("2026-11-20 16:01", "2026-11-21 11:30", True),
        ("2026-11-21 16:01", "2026-11-23 11:30", True),  # over Sunday
        ("2026-11-20 23:00", "2026-11-21 11:30", True),
        ("2026-11-21 03:00", "2026-11-21 11:30", False),
    ],
)
def test_after_the_cut_off_counting_begins_the_next_day(
    asked: str, ready: str, *, passed: bool
) -> None:
    found = made(asked, TradeRules(cut_off=time(16)))
    assert (wall(found.at), found.cut_off_passed) == (ready, passed)


@pytest.mark.parametrize(
    ("waiting", "ready"),
    [
        (0, "2026-11-20 12:00"),
        (11, "2026-11-20 12:00"),
        (12, "2026-11-20 12:10"),
        (59, "2026-11-21 10:30"),
    ],
)
def test_what_waits_already_makes_it_later_at_the_pace_of_the_store(
    waiting: int, ready: str
) -> None:
    found = made("2026-11-20 10:00", TradeRules(orders_per_hour=6), Load(waiting))
    assert wall(found.at) == ready


def test_without_a_pace_nobody_waits_for_others() -> None:
    assert wall(made("2026-11-20 10:00", load=Load(500)).at) == "2026-11-20 12:00"


def test_days_that_are_full_are_left_out_and_named() -> None:
    full = (date(2026, 11, 20), date(2026, 11, 21))
    found = made("2026-11-20 10:00", load=Load(0, full))
    assert (wall(found.at), found.day) == ("2026-11-23 11:30", date(2026, 11, 23))
    assert found.skipped_days == full


def test_a_slot_is_said_as_it_begins() -> None:
    slot = SlotTimes("s", at("2026-11-21 15:00"), at("2026-11-21 15:30"))
    found = promise(
        SHOP, TradeRules(), Load(0, (date(2026, 11, 20),)), at("2026-11-20 10:00"), slot
    )
    assert found is not None
    assert (wall(found.at), wall(found.ready_at)) == ("2026-11-21 15:00", "2026-11-20 12:00")
    assert found.day == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("asked", "last", "rules"),
    [
        ("2026-11-20 10:00", "2026-11-20 17:00", TradeRules()),
        ("2026-11-20 10:00", "2026-11-20 16:40", TradeRules(cut_off=time(16, 40))),
        ("2026-11-20 18:50", "2026-11-21 17:00", TradeRules()),
        ("2026-11-21 18:50", "2026-11-23 17:00", TradeRules()),
        ("2026-11-20 17:10", "2026-11-21 16:40", TradeRules(cut_off=time(16, 40))),
        ("2026-11-20 10:00", "2026-11-20 16:30", TradeRules(prepare_min=720)),
        ("2026-11-20 10:00", "2026-11-20 12:00", TradeRules(prepare_min=420, cut_off=time(18))),
    ],
)
def test_the_cut_off_is_until_when_the_same_day_still_holds(
    asked: str, last: str, rules: TradeRules
) -> None:
    assert wall(cut_off(made(asked, rules))) == last


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)
CLOCKS = st.none() | st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0))
RULES = st.builds(
    TradeRules,
    prepare_min=st.integers(0, 1_500),
    cut_off=CLOCKS,
    orders_per_hour=st.none() | st.integers(1, 30),
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Schedule, TradeRules, Load, datetime]:
    start, usual = draw(MOMENTS), draw(st.sampled_from(SCHEDULES))
    today = start.date()
    days = st.integers(0, 8).map(lambda ahead: today + timedelta(days=ahead))
    odd = draw(
        st.lists(
            st.builds(
                lambda first, length, hours: ExceptionalHours(
                    first, first + timedelta(days=length), hours
                ),
                days,
                st.integers(0, 3),
                st.sampled_from([None, "08:00-12:30", "21:00-03:00", "10:00-11:00,15:00-24:00"]),
            ),
            max_size=3,
        )
    )
    schedule = Schedule(
        usual.opening_hours, usual.time_zone, usual.country, usual.holiday_region, tuple(odd)
    )
    full = tuple(draw(st.lists(days, max_size=3, unique=True)))
    return schedule, draw(RULES), Load(draw(st.integers(0, 40)), full), start


@settings(deadline=None, max_examples=300)
@given(questions())
def test_a_promise_never_falls_in_closed_time_nor_on_a_full_day(
    question: tuple[Schedule, TradeRules, Load, datetime],
) -> None:
    schedule, rules, load, start = question
    found = promise(schedule, rules, load, start)
    assert found is not None
    windows = [each for each in opening_times(schedule, start=start) if each[0] <= found.at]
    assert windows[-1][0] <= found.at <= windows[-1][1]
    assert found.day not in load.full_days
    assert found.at >= start
    plain = ready_at(schedule, start=start, prepare_min=rules.prepare_min)
    assert plain is not None
    assert found.at >= plain
    assert explain(found.inputs)[0].facts == {"at": start}


@settings(deadline=None, max_examples=300)
@given(questions())
def test_the_day_holds_until_the_cut_off_and_not_a_minute_longer(
    question: tuple[Schedule, TradeRules, Load, datetime],
) -> None:
    schedule, rules, load, start = question
    found = promise(schedule, rules, load, start)
    assert found is not None
    last = cut_off(found)
    assert last >= start
    held = promise(schedule, rules, load, last)
    later = promise(schedule, rules, load, last + timedelta(minutes=1))
    assert held is not None
    assert held.day == found.day
    assert found.skipped_days or later is None or later.day > found.day


def steps(found: Promise) -> list[tuple[str, dict[str, object]]]:
    return [(each.code, dict(each.facts)) for each in explain(found.inputs)]


def test_a_plain_promise_says_when_it_was_asked_how_long_it_takes_and_when_it_is_ready() -> None:
    assert steps(made("2026-11-20 10:00")) == [
        ("asked", {"at": at("2026-11-20 10:00")}),
        ("prepare", {"minutes": 120}),
        ("ready", {"at": at("2026-11-20 12:00")}),
    ]


def test_ten_to_seven_on_a_saturday_is_explained_by_both_days() -> None:
    assert steps(made("2026-11-21 18:50")) == [
        ("asked", {"at": at("2026-11-21 18:50")}),
        ("prepare", {"minutes": 120}),
        ("open", {"opens_at": at("2026-11-21 18:50"), "closes_at": at("2026-11-21 19:00")}),
        ("open", {"opens_at": at("2026-11-23 09:30"), "closes_at": at("2026-11-23 11:20")}),
        ("ready", {"at": at("2026-11-23 11:20")}),
    ]


def test_everything_that_can_make_it_later_is_said() -> None:
    rules = TradeRules(cut_off=time(16), orders_per_hour=6, orders_per_day=20)
    slot = SlotTimes("s", at("2026-11-21 18:00"), at("2026-11-21 18:30"))
    found = promise(SHOP, rules, Load(23), at("2026-11-20 17:00"), slot)
    assert found is not None
    assert steps(found) == [
        ("asked", {"at": at("2026-11-20 17:00")}),
        ("cut-off", {"cut_off": "16:00", "counted_from": at("2026-11-21 00:00")}),
        ("backlog", {"waiting": 23, "orders_per_hour": 6, "minutes": 240}),
        ("ready", {"at": at("2026-11-21 13:30")}),
        ("slot", {"starts_at": at("2026-11-21 18:00"), "ends_at": at("2026-11-21 18:30")}),
    ]
    full = made("2026-11-20 10:00", load=Load(0, (date(2026, 11, 20),)))
    assert ("full", {"day": date(2026, 11, 20)}) in steps(full)
    night = made("2026-11-20 03:00")
    assert steps(night)[1] == ("closed", {"opens_at": at("2026-11-20 09:30")})


def test_a_promise_from_before_is_explained_by_what_was_kept() -> None:
    inputs = {
        "asked_at": at("2026-11-20 10:00").isoformat(),
        "opening_hours": SHOP.opening_hours,
        "time_zone": "Europe/Paris",
        "prepare_min": 90,
    }
    assert [(each.code, dict(each.facts)) for each in explain(inputs)] == [
        ("asked", {"at": at("2026-11-20 10:00")}),
        ("prepare", {"minutes": 90}),
    ]
