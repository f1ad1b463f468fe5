"""Hours: real ones, exceptional days, overnight, overseas, and what nobody can read."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.check import run_checks
from stores import queries
from stores.errors import UnreadableHours
from stores.imports import read_feature
from stores.promises import (
    ExceptionalHours,
    Schedule,
    is_open,
    opening_times,
    read_day_hours,
    read_schedule,
    ready_at,
)
from tests.conftest import ROOT
from tests.stores.conftest import Ask
from tests.unmoved import nothing_moves, problem

REAL: Final = ROOT.parent / "shared/data/stores/gifi.geojson"
PARIS: Final = ZoneInfo("Europe/Paris")
REUNION: Final = ZoneInfo("Indian/Reunion")
GUADELOUPE: Final = ZoneInfo("America/Guadeloupe")
TWO_HOURS: Final = 120


def at(said: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=zone).astimezone(UTC)


def week(schedule: Schedule, start: str, zone: ZoneInfo = PARIS, days: int = 3) -> list[str]:
    """Return when it opens and closes in the days from `start` on, as a wall clock says."""
    end = at(start, zone) + timedelta(days=days)
    return [
        f"{opens.astimezone(zone):%d %H:%M}-{closes.astimezone(zone):%d %H:%M}"
        for opens, closes in opening_times(schedule, start=at(start, zone))
        if opens < end
    ]


def test_every_real_stores_hours_are_read_or_reported_with_the_store() -> None:
    if not REAL.exists():
        pytest.skip("the real stores are not here")
    features = json.loads(REAL.read_text())["features"]
    open_sunday = readable = 0
    reported = []
    for feature in features:
        read = read_feature(feature, brand_id=uuid4(), country="FR")
        place = read.command
        if place.opening_hours is None:
            reported += [(place.code, why) for why in read.warnings if "opening hours" in why]
            continue
        readable += 1
        schedule = Schedule(
            place.opening_hours, place.time_zone, place.country, place.holiday_region
        )
        asked = datetime(2026, 7, 13, 16, 50, tzinfo=UTC)
        ready = ready_at(schedule, start=asked, prepare_min=TWO_HOURS)
        assert ready is not None, place.code
        windows = opening_times(schedule, start=asked)
        assert any(opens <= ready <= closes for opens, closes in windows), place.code
        open_sunday += is_open(schedule, at=at("2026-11-22 11:00"))
    assert readable + len(reported) == len(features)
    assert readable > len(features) * 0.9
    assert open_sunday > 0
    assert all("are not known" in why or "cannot be read" in why for _, why in reported)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (
            [ExceptionalHours(date(2026, 12, 24), date(2026, 12, 24), "09:30-16:00")],
            ["23 09:30-23 19:00", "24 09:30-24 16:00", "26 09:30-26 19:00"],
        ),
        (
            [ExceptionalHours(date(2026, 12, 24), date(2026, 12, 26), None)],
            ["23 09:30-23 19:00"],
        ),
        (  # a holiday may be worked after all, and what is said last wins
            [
                ExceptionalHours(date(2026, 12, 23), date(2026, 12, 27), None),
                ExceptionalHours(date(2026, 12, 25), date(2026, 12, 25), "10:00-12:00,14:00-15:00"),
            ],
            ["25 10:00-25 12:00", "25 14:00-25 15:00"],
        ),
        (  # overnight, into a day on which it opens as usual
            [ExceptionalHours(date(2026, 12, 23), date(2026, 12, 23), "20:00-10:00")],
            ["23 20:00-24 19:00", "26 09:30-26 19:00"],
        ),
    ],
)
def test_exceptional_days_replace_the_usual_ones(
    days: list[ExceptionalHours], expected: list[str]
) -> None:
    shop = Schedule("Mo-Sa 09:30-19:00; Su off", "Europe/Paris", "FR", None, tuple(days))
    assert week(shop, "2026-12-23 00:00", days=4) == expected


def test_a_night_belongs_to_the_evening_it_began() -> None:
    night = Schedule("Mo-Su 22:00-06:00", "Europe/Paris", "FR")
    assert week(night, "2026-07-13 12:00", days=3) == [
        "13 22:00-14 06:00",  # the evening of the 14th is a holiday
        "15 22:00-16 06:00",
    ]
    closed = (ExceptionalHours(date(2026, 11, 24), date(2026, 11, 24), None),)
    shut = Schedule("Mo-Su 22:00-06:00", "Europe/Paris", "FR", None, closed)
    assert week(shut, "2026-11-24 03:00", days=2) == ["24 03:00-24 06:00", "25 22:00-26 06:00"]


def test_a_store_that_never_sleeps_sleeps_on_its_exceptional_day() -> None:
    closed = (ExceptionalHours(date(2026, 11, 24), date(2026, 11, 24), None),)
    always = Schedule("24/7", "Europe/Paris", "FR", None, closed)
    assert week(always, "2026-11-23 12:00", days=1)[0] == "23 12:00-24 00:00"
    assert not is_open(always, at=at("2026-11-24 23:59"))
    assert is_open(always, at=at("2026-11-25 00:00"))


@pytest.mark.parametrize(
    ("day", "hours", "expected"),
    [
        ("2026-03-29", "01:00-04:00", timedelta(hours=2)),
        ("2026-10-25", "01:00-04:00", timedelta(hours=4)),
        ("2026-03-28", "22:00-06:00", timedelta(hours=7)),
        ("2026-10-24", "22:00-06:00", timedelta(hours=9)),
    ],
)
def test_exceptional_hours_in_the_odd_nights_are_as_long_as_they_really_are(
    day: str, hours: str, expected: timedelta
) -> None:
    exact = date.fromisoformat(day)
    shop = Schedule("off", "Europe/Paris", "FR", None, (ExceptionalHours(exact, exact, hours),))
    ((opens, closes),) = opening_times(shop, start=at(f"{day} 00:00"))
    assert closes - opens == expected


@pytest.mark.parametrize(
    ("schedule", "zone", "asked", "ready"),
    [
        # 20 December is a holiday on Réunion only, 27 May on Guadeloupe only.
        (
            Schedule("Mo-Sa 09:00-19:00", "Indian/Reunion", "FR", "974"),
            REUNION,
            "2027-12-18 18:50",
            "2027-12-21 10:50",
        ),
        (
            Schedule("Mo-Sa 08:00-18:00; PH off", "America/Guadeloupe", "FR", "971"),
            GUADELOUPE,
            "2026-05-26 17:50",
            "2026-05-28 09:50",
        ),
        (
            Schedule("Mo-Sa 09:00-19:00; PH 10:00-12:00", "Europe/Paris", "FR", "6AE"),
            PARIS,
            "2026-07-13 18:50",
            "2026-07-14 11:50",
        ),
        (
            Schedule("Mo-Sa 09:00-19:00; PH 10:00-12:00", "Europe/Paris", "FR", "6AE"),
            PARIS,
            "2026-12-25 11:00",
            "2026-12-28 10:00",
        ),
    ],
)
def test_ten_to_seven_before_a_holiday_of_the_place(
    schedule: Schedule, zone: ZoneInfo, asked: str, ready: str
) -> None:
    found = ready_at(schedule, start=at(asked, zone), prepare_min=TWO_HOURS)
    assert found is not None
    assert found.astimezone(zone).strftime("%Y-%m-%d %H:%M") == ready


@pytest.mark.parametrize(
    "hours",
    [
        "",
        "9:00-12:00",
        "09:00",
        "09:00-25:00",
        "09:60-10:00",
        "24:00-25:00",
        "closed",
        "09:00-12:00,11:00-13:00",
        "09:00-12:00;14:00-15:00",
        "09:00 - 12:00",
    ],
)
def test_exceptional_hours_nobody_can_read_are_refused(hours: str) -> None:
    with pytest.raises(UnreadableHours):
        read_day_hours(hours)


def test_it_is_said_where_hours_cannot_be_read() -> None:
    with pytest.raises(UnreadableHours) as refused:
        read_schedule(Schedule("Mo 09:00-19:00; Tu 9h", "Europe/Paris", "FR"))
    assert (refused.value.facts["sign"], refused.value.detail) == (
        20,
        "It cannot be read from sign 20 on: '9h'.",
    )


def days_of(see: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = see("stores/lyon/exceptional-days").json["days"]
    return found


def test_a_closure_moves_the_promise_and_the_slots_until_it_is_withdrawn(
    ask: Ask, see: Ask, order: Ask, session: Session
) -> None:
    today = datetime.now(PARIS).date()
    pattern = {"method": "pickup", "weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "00:00"}
    ask("stores/lyon/slot-patterns", {**pattern, "until": "23:00", "minutes": 60, "capacity": 1})
    body = {
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=2)).isoformat(),
        "hours": None,
        "reason": "works",
    }
    closed = ask("stores/lyon/exceptional-days", body)
    assert closed.status_code == 201, closed.text
    (told,) = days_of(see)
    assert (told["reason"], told["author_name"], told["hours"]) == ("works", "Nadia", None)
    placed = order().json
    promised = datetime.fromisoformat(placed["promised_at"]).astimezone(PARIS)
    assert (promised.date(), promised.hour) == (today + timedelta(days=3), 2)
    free = see("stores/lyon/slots").json["slots"]
    assert datetime.fromisoformat(free[0]["starts_at"]) >= promised
    assert see("stores/lyon").json["open_now"] is False

    path = f"stores/lyon/exceptional-days/{told['id']}/withdraw"
    assert ask(path).status_code == 200
    assert days_of(see) == []
    soon = datetime.fromisoformat(order().json["promised_at"])
    assert soon < datetime.now(UTC) + timedelta(hours=2, minutes=1)
    sooner = see("stores/lyon/slots").json["slots"][0]
    assert datetime.fromisoformat(sooner["starts_at"]) < soon + timedelta(hours=3)
    assert problem(ask(path)) == (404, "unknown-exceptional-days")
    assert run_checks() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hours": "9h-12h"}, "unreadable-hours"),
        ({"hours": "09:00-12:00,10:00-13:00"}, "unreadable-hours"),
        ({"last_day": "2026-01-01"}, "validation"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "validation"),
    ],
)
def test_exceptional_days_that_cannot_be_meant_are_refused(
    ask: Ask, connection: Connection, changes: dict[str, Any], code: str
) -> None:
    tomorrow = (datetime.now(PARIS) + timedelta(days=1)).date().isoformat()
    body = {"first_day": tomorrow, "last_day": tomorrow, "hours": None, "reason": "x"}
    with nothing_moves(connection):
        refused = ask("stores/lyon/exceptional-days", {**body, **changes})
        assert problem(refused) == (422, code)
        foreign = ask("stores/paris/exceptional-days", body)
        assert problem(foreign) == (404, "unknown-location")


def test_a_manager_changes_the_weekly_hours_of_their_own_store(
    ask: Ask, connection: Connection, session: Session
) -> None:
    changed = ask("stores/lyon/hours", {"opening_hours": "Mo-Fr 10:00-18:00"})
    assert changed.json["opening_hours"] == "Mo-Fr 10:00-18:00"
    schedule = queries.get_store(session, "lyon").schedule
    assert schedule is not None
    assert not is_open(schedule, at=at("2026-11-21 12:00"))
    with nothing_moves(connection):
        refused = ask("stores/lyon/hours", {"opening_hours": "Mo-Fr 10:00-18:00; Sa 9h"})
        assert problem(refused) == (422, "unreadable-hours")
        assert refused.json["sign"] == 23
        foreign = ask("stores/paris/hours", {"opening_hours": "24/7"})
        assert problem(foreign) == (404, "unknown-location")


def test_the_command_line_names_the_stores_of_a_file_without_hours(tmp_path: Path) -> None:
    def feature(name: str, hours: str) -> dict[str, Any]:
        tags = {"name": name, "addr:city": "Lyon", "addr:postcode": "69001", "opening_hours": hours}
        point = {"type": "Point", "coordinates": [4.8, 45.7]}
        return {"type": "Feature", "properties": tags, "geometry": point}

    file = tmp_path / "stores.geojson"
    features = [feature("Good", "Mo-Sa 09:00-19:00"), feature("Odd", "9h"), feature("Empty", "")]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    run = CliRunner().invoke(main, ["stores", "hours", str(file)])
    assert run.exit_code == 1
    assert run.output.splitlines() == [
        "odd-lyon: opening hours '9h' cannot be read: no collection until they can",
        "empty-lyon: the opening hours are not known: no collection until they are",
        "3 stores looked at, 2 without hours to promise by.",
    ]
    features[1:] = []
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert CliRunner().invoke(main, ["stores", "hours", str(file)]).exit_code == 0


def test_withdrawn_and_past_days_are_not_read_with_the_store(session: Session, ask: Ask) -> None:
    day = (datetime.now(PARIS) + timedelta(days=4)).date().isoformat()
    body = {"first_day": day, "last_day": day, "hours": "10:00-11:00", "reason": "fair"}
    ask("stores/lyon/exceptional-days", body)
    schedule = queries.get_store(session, "lyon").schedule
    assert schedule is not None
    assert [each.hours for each in schedule.exceptional] == ["10:00-11:00"]
    session.execute(
        text("UPDATE exceptional_days SET first_day = '2026-01-01', last_day = '2026-01-01'")
    )
    session.commit()
    ask("stores/lyon/exceptional-days", {**body, "hours": None})
    schedule = queries.get_store(session, "lyon").schedule
    assert schedule is not None
    assert [each.hours for each in schedule.exceptional] == [None]
