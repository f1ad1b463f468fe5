"""Slots and limited days: made ahead, booked under their guards, given back once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from stores.commands import AddPattern, StoreMethod
from stores.jobs import make_slots
from stores.promises import Schedule, plan_slots
from tests.conftest import Shop, as_key
from tests.orders.conftest import Counter
from tests.stores.conftest import Ask
from tests.unmoved import nothing_moves, problem

PARIS: Final = ZoneInfo("Europe/Paris")
ALL_DAY: Final = {
    "method": "pickup",
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "from": "00:00",
    "until": "23:00",
    "minutes": 60,
    "capacity": 2,
}
Slots = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def slots(see: Ask, ask: Ask) -> Slots:
    """The free slots of Lyon, which offers one each hour for two."""
    added = ask("stores/lyon/slot-patterns", ALL_DAY)
    assert added.status_code == 201, added.text

    def free(query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = see(f"stores/lyon/slots?limit=100{query}").json["slots"]
        return found

    return free


def sound() -> bool:
    return run_checks() == []


def test_slots_are_made_two_weeks_ahead_in_the_time_of_the_store(slots: Slots) -> None:
    found = slots()
    begin = [datetime.fromisoformat(each["starts_at"]) for each in found]
    assert begin == sorted(begin)
    assert begin[0] > datetime.now(UTC) + timedelta(hours=2)
    assert {each.astimezone(PARIS).minute for each in begin} == {0}
    assert 23 not in {each.astimezone(PARIS).hour for each in begin}
    assert {each["left"] for each in found} == {2}
    day = (datetime.now(PARIS) + timedelta(days=13)).date()
    assert len(slots(f"&day={day}")) == 23
    assert slots(f"&day={day + timedelta(days=1)}") == []


def test_a_booked_slot_is_promised_and_the_third_of_two_is_told_what_is_free(
    slots: Slots, order: Ask, see: Ask, connection: Connection
) -> None:
    wanted, *others = slots()
    for left in (1, 0):
        placed = order(slot_id=wanted["id"])
        assert placed.status_code == 201, placed.text
        assert placed.json["promised_at"] == wanted["starts_at"]
        free = {each["id"]: each["left"] for each in slots()}
        assert free.get(wanted["id"], 0) == left
    parcel = see(f"fulfillments/{placed.json['fulfillment_id']}").json
    assert (parcel["slot_starts_at"], parcel["slot_ends_at"]) == (
        wanted["starts_at"],
        wanted["ends_at"],
    )
    assert parcel["promise_inputs"]["slot"]["id"] == wanted["id"]
    with nothing_moves(connection):
        refused = order(slot_id=wanted["id"])
        assert problem(refused) == (409, "slot-unavailable")
    assert [each["slot_id"] for each in refused.json["next"]] == [each["id"] for each in others[:3]]
    assert sound()


def test_a_slot_too_soon_or_of_another_store_or_unknown_is_refused(
    slots: Slots, order: Ask, session: Session, connection: Connection
) -> None:
    first = slots()[0]
    soon = session.execute(
        text(
            "INSERT INTO slot (id, location_id, method, starts_at, ends_at, capacity) "
            "SELECT gen_random_uuid(), location_id, method, now() + interval '1 hour', "
            "now() + interval '2 hours', 5 FROM slot WHERE id = :id RETURNING id"
        ),
        {"id": first["id"]},
    ).scalar_one()
    session.commit()
    with nothing_moves(connection):
        for slot_id, store in ((soon, "lyon"), (first["id"], "paris"), (uuid4(), "lyon")):
            refused = order(slot_id=str(slot_id), store=store)
            assert problem(refused) == (409, "slot-unavailable")


def test_cancelling_gives_the_slot_back_once(
    slots: Slots, order: Ask, client: Any, shop: Shop, session: Session
) -> None:
    wanted = slots()[0]
    placed = order(slot_id=wanted["id"]).json
    path = f"/api/v1/orders/{placed['id']}/cancel"
    assert client.post(path, json={}, headers=as_key(shop.agent)).status_code == 200
    assert slots()[0] == wanted
    stores.services.release_booking(session, type(shop.lyon)(placed["fulfillment_id"]))
    assert slots()[0] == wanted
    assert sound()


def test_drive_needs_a_slot_where_there_are_any(
    order: Ask, ask: Ask, see: Ask, connection: Connection
) -> None:
    with nothing_moves(connection):
        assert problem(order(method="drive")) == (409, "method-not-offered")
        assert problem(order(method="delivery")) == (422, "validation")
    ask("stores/lyon/methods/drive", {"offered": True})
    assert order(method="drive").status_code == 201
    ask("stores/lyon/slot-patterns", {**ALL_DAY, "method": "drive"})
    with nothing_moves(connection):
        refused = order(method="drive")
        assert problem(refused) == (409, "slot-required")
    free = see("stores/lyon/slots?method=drive").json["slots"]
    assert [each["slot_id"] for each in refused.json["next"]] == [each["id"] for each in free[:3]]
    with nothing_moves(connection):
        assert problem(order(slot_id=free[0]["id"])) == (409, "slot-unavailable")
    placed = order(method="drive", slot_id=free[0]["id"]).json
    parcel = see(f"fulfillments/{placed['fulfillment_id']}").json
    assert (parcel["method"], parcel["promised_at"]) == ("drive", free[0]["starts_at"])
    assert order().status_code == 201  # pickup has no slots here
    assert sound()


def test_a_full_day_promises_the_next_one_and_is_freed_by_a_cancellation(
    order: Ask, ask: Ask, see: Ask, client: Any, shop: Shop
) -> None:
    ask("settings", {"scope": "store", "code": "lyon", "key": "orders_per_day", "value": 2})

    def day_of(placed: Any) -> date:
        assert placed.status_code == 201, placed.text
        return datetime.fromisoformat(placed.json["promised_at"]).astimezone(PARIS).date()

    first, second, third = order(), order(), order()
    assert day_of(first) == day_of(second)
    assert day_of(third) == day_of(first) + timedelta(days=1)
    inputs = see(f"fulfillments/{third.json['fulfillment_id']}").json["promise_inputs"]
    assert inputs["full_days"] == [day_of(first).isoformat()]
    assert inputs["booked_day"] == day_of(third).isoformat()
    path = f"/api/v1/orders/{first.json['id']}/cancel"
    client.post(path, json={}, headers=as_key(shop.agent))
    assert day_of(order()) == day_of(second)
    assert sound()


def test_a_slot_of_a_full_day_is_refused(
    slots: Slots, order: Ask, ask: Ask, connection: Connection
) -> None:
    ask("settings", {"scope": "store", "code": "lyon", "key": "orders_per_day", "value": 1})
    day = (datetime.now(PARIS) + timedelta(days=5)).date()
    one, other = slots(f"&day={day}")[:2]
    assert order(slot_id=one["id"]).status_code == 201
    assert slots(f"&day={day}") == []
    with nothing_moves(connection):
        refused = order(slot_id=other["id"])
        assert problem(refused) == (409, "day-full")
    assert refused.json["day"] == day.isoformat()
    assert sound()


def test_a_parcel_collected_early_frees_its_slot_and_one_of_today_was_used(
    counter: Counter, slots: Slots, ask: Ask, session: Session
) -> None:
    wanted = slots(f"&day={(datetime.now(PARIS) + timedelta(days=3)).date()}")[0]
    counter.place(slot_id=wanted["id"])
    for command in ("accept", "start-picking"):
        assert counter.do(command).status_code == 200
    items = [{"sku": "TENT-2P", "quantity": 1}, {"sku": "MUG-BLUE", "quantity": 2}]
    counter.do("pick", {"items": items})
    counter.do("ready")
    assert counter.do("hand-over").status_code == 201
    day = datetime.fromisoformat(wanted["starts_at"]).astimezone(PARIS).date()
    assert slots(f"&day={day}")[0] == wanted

    ask("settings", {"scope": "store", "code": "lyon", "key": "orders_per_day", "value": 9})
    counter.bring_to("ready")
    session.execute(
        text("UPDATE capacity_booking SET day = :day WHERE released_at IS NULL"),
        {"day": datetime.now(PARIS).date()},
    )
    session.execute(text("UPDATE day_load SET day = :day"), {"day": datetime.now(PARIS).date()})
    session.commit()
    assert counter.do("hand-over").status_code == 201
    assert session.execute(text("SELECT booked FROM day_load")).scalars().all() == [1]
    assert sound()


def test_an_order_nobody_collected_gives_back_what_it_took(counter: Counter, ask: Ask) -> None:
    ask("settings", {"scope": "store", "code": "lyon", "key": "orders_per_day", "value": 9})
    counter.bring_to("expired")
    booked = counter.session.execute(text("SELECT booked FROM day_load")).scalars().all()
    assert booked == [0]
    assert sound()


def test_the_clocks_job_is_safe_to_repeat_and_what_is_booked_stays_booked(
    slots: Slots, order: Ask, ask: Ask, see: Ask, session: Session
) -> None:
    assert make_slots() == 0
    wanted = slots()[0]
    order(slot_id=wanted["id"])
    (pattern,) = see("stores/lyon/slot-patterns").json["patterns"]
    ask("stores/lyon/slot-patterns", {**ALL_DAY, "capacity": 3})
    assert slots()[0]["left"] == 4
    ended = ask(f"stores/lyon/slot-patterns/{pattern['id']}/end").json["patterns"]
    assert [each["capacity"] for each in ended] == [3]
    assert slots()[0]["left"] == 2
    session.execute(text("UPDATE location SET opening_hours = 'off' WHERE code = 'lyon'"))
    session.commit()
    assert make_slots() > 100
    assert session.execute(text("SELECT max(capacity), sum(booked) FROM slot")).one() == (0, 1)
    assert make_slots() == 0
    session.execute(text("UPDATE location SET opening_hours = '24/7' WHERE code = 'lyon'"))
    session.commit()
    make_slots()
    assert slots()[0] == {**wanted, "left": 2}
    assert sound()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"until": "00:59"}, 422, "unreadable-pattern"),
        ({"from": "12:00", "until": "11:00"}, 422, "unreadable-pattern"),
        ({"weekdays": [0]}, 422, "validation"),
        ({"weekdays": []}, 422, "validation"),
        ({"minutes": 4}, 422, "validation"),
        ({"capacity": 0}, 422, "validation"),
        ({"method": "balloon"}, 422, "validation"),
    ],
)
def test_a_pattern_that_makes_no_slot_is_refused(
    ask: Ask, connection: Connection, changes: dict[str, Any], status: int, code: str
) -> None:
    with nothing_moves(connection):
        refused = ask("stores/lyon/slot-patterns", {**ALL_DAY, **changes})
        assert problem(refused) == (status, code)


def test_nobody_gives_another_store_slots_or_ends_them(
    ask: Ask, slots: Slots, see: Ask, admin: str, connection: Connection
) -> None:
    added = ask("stores/paris/slot-patterns", ALL_DAY, key=admin).json["patterns"][0]["id"]
    with nothing_moves(connection):
        refused = ask("stores/paris/slot-patterns", ALL_DAY)
        assert problem(refused) == (404, "unknown-location")
        ended = ask(f"stores/lyon/slot-patterns/{added}/end")
        assert problem(ended) == (404, "unknown-pattern")


PATTERN: Final = AddPattern(StoreMethod.PICKUP, (6, 7), time(1), time(5), 30, 4)


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        # 29 March 2026: 02:00 to 03:00 does not exist; 25 October 2026: it comes twice.
        ("2026-03-28T12:00+01:00", ["01:00", "01:30", "03:00", "03:30", "04:00", "04:30"]),
        ("2026-10-24T12:00+02:00", ["01:00", "01:30", "02:00", "03:00", "03:30", "04:00", "04:30"]),
    ],
)
def test_slots_of_a_night_that_is_not_as_long_as_others_keep_their_length(
    now: str, begin: list[str]
) -> None:
    always = Schedule("24/7", "Europe/Paris", "FR")
    planned = plan_slots(always, [PATTERN], now=datetime.fromisoformat(now), days=2)
    starts = [starts_at for _, starts_at in planned]
    assert [each.astimezone(PARIS).strftime("%H:%M") for each in starts] == begin
    assert {ends - starts for (_, starts), (ends, _) in planned.items()} == {timedelta(minutes=30)}
    assert {capacity for _, capacity in planned.values()} == {4}
    assert all(b - a >= timedelta(minutes=30) for a, b in pairwise(starts))


def test_slots_keep_inside_opening_times_and_out_of_holidays() -> None:
    shop = Schedule("Mo-Su 09:30-12:00,14:00-18:15", "Europe/Paris", "FR")
    daily = AddPattern(StoreMethod.DRIVE, (1, 2, 3, 4, 5, 6, 7), time(9), time(19), 60, 1)
    now = datetime(2026, 7, 13, 6, tzinfo=UTC)
    planned = plan_slots(shop, [daily], now=now, days=3)
    said = [starts_at.astimezone(PARIS).strftime("%d %H") for _, starts_at in planned]
    assert said == [
        f"{day} {hour}" for day in (13, 15) for hour in ("10", "11", "14", "15", "16", "17")
    ]
