"""Where a basket is to be had: now, later, not at all, and why; judged by one statement."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from inventory.services import reserve
from kernel.ids import new_id
from orders.availability import find_offers
from orders.routes.availability import write_answer
from orders.schemas import AvailabilitySchema
from stores.queries import Near, Where
from tests.conftest import Shop, today
from tests.unmoved import problem

LYON: Final = {"latitude": 45.76, "longitude": 4.83}
PARIS_KM: Final = 390.75
"""From there to the store in Paris, by the haversine on a sphere of 6,371 km."""
TENT: Final = [{"sku": "TENT-2P", "quantity": 2}]
BOTH: Final = [{"sku": "TENT-2P", "quantity": 2}, {"sku": "MUG-BLUE", "quantity": 3}]
Asking = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def ask(client: Any, shop: Shop) -> Asking:
    """Ask as anybody may; the answer by store."""

    def posted(items: list[dict[str, Any]] = BOTH, **more: Any) -> dict[str, dict[str, Any]]:
        answer = client.post("/api/v1/availability", json={"items": items, **more})
        assert answer.status_code == 200, answer.text
        return {each["store"]: each for each in answer.json["stores"]}

    return posted


@pytest.fixture
def change(session: Session, shop: Shop) -> Callable[..., None]:
    """Have something in the database be so, in Lyon."""

    def changed(statement: str, **values: Any) -> None:
        session.execute(text(statement), {"lyon": shop.lyon, **values})
        session.commit()

    return changed


def stock(change: Callable[..., None], sku: str, **figures: int) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in figures)
    change(
        f"UPDATE stock_level SET {sets} WHERE location_id = :lyon AND sku = :sku",  # noqa: S608 (our names)
        sku=sku,
        **figures,
    )


def expect(
    change: Callable[..., None], sku: str, quantity: int, on: date, *, received: int = 0
) -> None:
    change(
        "INSERT INTO incoming (id, location_id, sku, quantity, received, expected_on) "
        "VALUES (:id, :lyon, :sku, :quantity, :received, :on)",
        id=uuid4(),
        sku=sku,
        quantity=quantity,
        received=received,
        on=on,
    )


def days_ahead(days: int) -> date:
    return today() + timedelta(days=days)


def told(offer: dict[str, Any]) -> tuple[str, str, dict[str, int]]:
    return offer["coverage"], offer["reason"], offer["available"]


def test_a_store_with_everything_says_when_it_is_ready_and_until_when_it_is_kept(
    ask: Asking,
) -> None:
    offer = ask()["lyon"]
    assert told(offer) == ("full", "available", {"TENT-2P": 2, "MUG-BLUE": 3})
    ready, cut_off, kept = (
        datetime.fromisoformat(offer[name]) for name in ("ready_at", "cut_off", "hold_until")
    )
    assert (ready.second, ready.microsecond) == (0, 0)
    waits = ready - datetime.now(UTC)
    assert timedelta(minutes=119) < waits <= timedelta(minutes=121)
    assert kept - ready > timedelta(days=6)
    assert datetime.now(UTC) - timedelta(minutes=1) <= cut_off < kept
    assert (offer["later"], offer["slots"], offer["distance_km"]) == (None, [], None)


def test_a_store_gives_the_part_it_has_and_names_the_day_of_the_rest(
    ask: Asking, change: Callable[..., None]
) -> None:
    stock(change, "MUG-BLUE", on_hand=1)
    expect(change, "MUG-BLUE", 1, days_ahead(2))
    expect(change, "MUG-BLUE", 5, days_ahead(4))
    expect(change, "MUG-BLUE", 5, days_ahead(6))
    offer = ask()["lyon"]
    assert told(offer) == ("part", "short", {"TENT-2P": 2, "MUG-BLUE": 1})
    assert offer["ready_at"] is not None
    assert offer["later"] == {
        "on": days_ahead(4).isoformat(),
        "available": {"TENT-2P": 2, "MUG-BLUE": 3},
        "full": True,
    }


def test_a_store_with_nothing_that_expects_some_is_later_and_else_does_not_stock_it(
    ask: Asking, change: Callable[..., None]
) -> None:
    stock(change, "TENT-2P", on_hand=0)
    assert told(ask(TENT)["lyon"]) == ("none", "not-stocked", {"TENT-2P": 0})
    expect(change, "TENT-2P", 1, days_ahead(3))
    offer = ask(TENT)["lyon"]
    assert told(offer) == ("later", "later", {"TENT-2P": 0})
    assert (offer["ready_at"], offer["cut_off"], offer["hold_until"]) == (None, None, None)
    later = {"on": days_ahead(3).isoformat(), "available": {"TENT-2P": 1}, "full": False}
    assert offer["later"] == later


def test_what_comes_first_fills_what_is_promised_already(
    ask: Asking, change: Callable[..., None]
) -> None:
    stock(change, "TENT-2P", on_hand=1, reserved=4)
    expect(change, "TENT-2P", 3, days_ahead(1))
    expect(change, "TENT-2P", 2, days_ahead(2))
    later = ask(TENT)["lyon"]["later"]
    assert later == {"on": days_ahead(2).isoformat(), "available": {"TENT-2P": 2}, "full": True}


def test_overdue_received_and_closed_deliveries_promise_nothing(
    ask: Asking, change: Callable[..., None]
) -> None:
    stock(change, "TENT-2P", on_hand=0)
    expect(change, "TENT-2P", 5, days_ahead(-2))
    expect(change, "TENT-2P", 5, days_ahead(2), received=5)
    expect(change, "TENT-2P", 5, days_ahead(3))
    change("UPDATE incoming SET closed_at = now() WHERE expected_on = :on", on=days_ahead(3))
    offer = ask(TENT)["lyon"]
    assert (offer["coverage"], offer["later"]) == ("none", None)


def test_safety_stock_and_quarantine_are_kept_back(
    ask: Asking, change: Callable[..., None]
) -> None:
    stock(change, "TENT-2P", on_hand=5, quarantined=2, safety_stock=2)
    assert told(ask(TENT)["lyon"]) == ("part", "short", {"TENT-2P": 1})


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE location SET paused_until = now() + interval '1 h' WHERE id = :lyon", "paused"),
        ("UPDATE location SET collects = false WHERE id = :lyon", "not-offered"),
        ("UPDATE location SET opening_hours = NULL WHERE id = :lyon", "not-offered"),
        ("UPDATE location SET opening_hours = 'off' WHERE id = :lyon", "closed"),
        ("UPDATE location SET opened_at = NULL WHERE id = :lyon", "not-open-yet"),
    ],
)
def test_a_store_that_takes_no_order_says_why_and_promises_nothing(
    ask: Asking, change: Callable[..., None], statement: str, reason: str
) -> None:
    change(statement)
    stock(change, "MUG-BLUE", on_hand=0)
    expect(change, "MUG-BLUE", 5, days_ahead(1))
    offer = ask()["lyon"]
    assert (offer["coverage"], offer["reason"]) == ("none", reason)
    assert (offer["ready_at"], offer["later"], offer["slots"]) == (None, None, [])


def test_a_way_that_a_store_does_not_offer_is_no_reason_against_another(
    ask: Asking, change: Callable[..., None]
) -> None:
    change("INSERT INTO location_method VALUES (:lyon, 'drive', true)")
    by_method = {
        method: {code: each["reason"] for code, each in ask(method=method).items()}
        for method in ("pickup", "drive")
    }
    assert by_method == {
        "pickup": {"lyon": "available", "paris": "available"},
        "drive": {"lyon": "available", "paris": "not-offered"},
    }


def test_an_expired_hold_is_nobodys_and_an_own_one_is_no_obstacle_to_its_owner(
    ask: Asking, change: Callable[..., None], session: Session, shop: Shop
) -> None:
    mine = new_id()
    reserve(session, fulfillment_id=mine, location_id=shop.lyon, quantities={"TENT-2P": 9})
    session.commit()
    assert ask(TENT)["lyon"]["available"] == {"TENT-2P": 1}

    def seen_by(fulfillment_id: Any) -> int:
        offers = find_offers(session, quantities={"TENT-2P": 20}, leaving_out=fulfillment_id)
        return {each.store.code: each.available["TENT-2P"] for each in offers}["lyon"]

    assert (seen_by(mine), seen_by(new_id()), seen_by(None)) == (10, 1, 1)
    change(
        "UPDATE reservation SET held_until = now() - interval '1 s', held_max = now() "
        "WHERE fulfillment_id = :mine",
        mine=mine,
    )
    assert (seen_by(mine), seen_by(new_id()), seen_by(None)) == (10, 10, 10)
    change(
        "UPDATE reservation SET held_until = now() + interval '1 h', "
        "held_max = now() + interval '1 h' WHERE fulfillment_id = :mine",
        mine=mine,
    )
    assert (seen_by(mine), seen_by(None)) == (10, 1)


def test_the_next_three_free_slots_begin_when_it_is_ready(
    ask: Asking, change: Callable[..., None]
) -> None:
    change('UPDATE location SET rules = \'{"slotted": ["pickup"]}\' WHERE id = :lyon')
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for ahead, booked in ((1, 0), (4, 0), (5, 2), (6, 1), (7, 0), (8, 0)):
        change(
            "INSERT INTO slot (id, location_id, method, starts_at, ends_at, capacity, booked) "
            "VALUES (:id, :lyon, 'pickup', :begin, :end, 2, :booked)",
            id=uuid4(),
            begin=hour + timedelta(hours=ahead),
            end=hour + timedelta(hours=ahead + 1),
            booked=booked,
        )
    slots = ask()["lyon"]["slots"]
    begin = [datetime.fromisoformat(slot["starts_at"]) - hour for slot in slots]
    assert begin == [timedelta(hours=hours) for hours in (4, 6, 7)]
    assert [slot["left"] for slot in slots] == [2, 1, 2]


@pytest.mark.parametrize(("radius_km", "reached"), [(390.0, 1), (391.0, 2)])
def test_the_radius_is_kept_to_the_kilometre(ask: Asking, radius_km: float, reached: int) -> None:
    found = ask(near=LYON, radius_km=radius_km)
    assert len(found) == reached
    assert found["lyon"]["distance_km"] == 1.6
    if reached > 1:
        assert found["paris"]["distance_km"] == pytest.approx(PARIS_KM, abs=0.06)


def test_stores_are_asked_by_code_by_brand_and_around_a_town(ask: Asking) -> None:
    assert list(ask(stores=["paris"])) == ["paris"]
    assert list(ask(brand="aubepin")) == ["lyon", "paris"]
    assert ask(brand="other") == {}
    assert list(ask(place="lyon 4ème")) == ["lyon"]
    assert list(ask(place="75 011")) == ["paris"]
    assert list(ask(place="75011", stores=["lyon"], radius_km=500)) == ["lyon"]


def test_stores_nobody_knows_are_named(client: Any, shop: Shop) -> None:
    for asked in (
        client.post(
            "/api/v1/availability",
            json={
                "items": [{"sku": "BOOK", "quantity": 1}],
                "stores": ["paris", "nowhere", "x"],
            },
        ),
        client.get("/api/v1/availability?sku=BOOK&stores=nowhere&stores=x&stores=paris"),
    ):
        assert problem(asked) == (422, "unknown-stores")
        assert asked.json["stores"] == ["nowhere", "x"]


def test_the_best_store_comes_first_whole_then_part_then_later_then_none(
    ask: Asking, change: Callable[..., None]
) -> None:
    order = []
    near_paris = {"latitude": 48.85, "longitude": 2.36}
    order.append(list(ask(TENT, near=near_paris, radius_km=1000)))
    change("UPDATE location SET prepare_min = 60 WHERE id = :lyon")
    order.append(list(ask(TENT, near=near_paris, radius_km=1000)))
    stock(change, "TENT-2P", on_hand=1)
    order.append(list(ask(TENT, near=LYON, radius_km=1000)))
    assert order == [["paris", "lyon"], ["lyon", "paris"], ["paris", "lyon"]]


def test_a_link_asks_the_same_as_a_body(client: Any, ask: Asking) -> None:
    link = "/api/v1/availability?sku=TENT-2P&quantity=2&sku=MUG-BLUE&quantity=3&place=Lyon"
    answer = client.get(link)
    assert answer.status_code == 200, answer.text
    (offer,) = answer.json["stores"]
    assert told(offer) == told(ask(place="Lyon")["lyon"])
    assert offer["distance_km"] == ask(place="Lyon")["lyon"]["distance_km"]
    one = client.get("/api/v1/availability?sku=BOOK&latitude=45.76&longitude=4.83")
    assert [each["available"] for each in one.json["stores"]] == [{"BOOK": 1}]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"place": "Xyzzyville"}, "unknown-place"),
        ({"place": "99999"}, "unknown-place"),
        ({"place": "Lyon", "near": LYON}, "validation"),
        ({"items": [{"sku": "GHOST", "quantity": 1}]}, "unknown-sku"),
        ({"method": "teleport"}, "validation"),
        ({"radius_km": 0}, "validation"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    client: Any, shop: Shop, body: dict[str, Any], code: str
) -> None:
    answer = client.post("/api/v1/availability", json={"items": TENT, **body})
    assert problem(answer) == (422, code)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sku=TENT-2P&latitude=45",
        "sku=TENT-2P&latitude=nan&longitude=4",
        "sku=TENT-2P&latitude=4e1&longitude=4",
        "sku=TENT-2P&quantity=1&quantity=2",
        "sku=TENT-2P&quantity=0",
        "sku=TENT-2P&place=Lyon&latitude=45&longitude=4",
    ],
)
def test_a_link_that_cannot_be_meant_is_refused(client: Any, shop: Shop, query: str) -> None:
    assert problem(client.get(f"/api/v1/availability?{query}")) == (422, "validation")


def test_the_answer_is_what_its_schema_writes(
    app: Flask, session: Session, change: Callable[..., None]
) -> None:
    stock(change, "MUG-BLUE", on_hand=0)
    expect(change, "MUG-BLUE", 5, days_ahead(1))
    change('UPDATE location SET rules = \'{"slotted": ["pickup"]}\' WHERE id = :lyon')
    change(
        "INSERT INTO slot (id, location_id, method, starts_at, ends_at, capacity) "
        "VALUES (:id, :lyon, 'pickup', now() + interval '9 h', now() + interval '10 h', 2)",
        id=uuid4(),
    )
    offers = find_offers(
        session,
        quantities={"TENT-2P": 1, "MUG-BLUE": 1},
        where=Where(near=Near(45.76, 4.83, 1000.0)),
    )
    assert [(bool(each.later), len(each.slots)) for each in offers] == [(False, 0), (True, 1)]
    with app.test_request_context():
        written = write_answer(offers).get_json()
    assert written == AvailabilitySchema().dump({"stores": offers, "deliveries": []})


def test_alternatives_name_what_to_do_instead(
    client: Any, shop: Shop, change: Callable[..., None], connection: Connection
) -> None:
    stock(change, "TENT-2P", on_hand=1)
    expect(change, "TENT-2P", 5, days_ahead(2))
    connection.execute(
        text("UPDATE stock_level SET on_hand = 1 WHERE location_id = :paris AND sku = 'MUG-BLUE'"),
        {"paris": shop.paris},
    )
    answer = client.post(
        "/api/v1/availability/alternatives",
        json={"items": BOTH, "near": LYON, "radius_km": 1000},
    )
    assert answer.status_code == 200, answer.text
    ways = [
        (way["kind"], [(part["store"], part["quantities"]) for part in way["parts"]])
        for way in answer.json["ways"]
    ]
    assert ways == [
        (
            "rest-later",
            [("lyon", {"TENT-2P": 1, "MUG-BLUE": 3}), ("lyon", {"TENT-2P": 1})],
        ),
        ("split", [("lyon", {"TENT-2P": 1, "MUG-BLUE": 3}), ("paris", {"TENT-2P": 1})]),
        ("part", [("lyon", {"TENT-2P": 1, "MUG-BLUE": 3})]),
    ]
    assert [way["missing"] for way in answer.json["ways"]] == [{}, {}, {"TENT-2P": 1}]
