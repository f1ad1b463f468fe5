"""Orders that are brought to a door: what they cost, who sends them, how they are paid."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from app.worker import drain
from kernel.actors import SYSTEM
from orders import jobs, services
from orders.commands import (
    Method,
    PricedBy,
    PromotionKind,
    PromotionOn,
    SetDeliveryZone,
    SetPromotion,
    SetRules,
)
from tests.conftest import Shop, as_key, order_body
from tests.orders.conftest import Counter
from tests.orders.doors import ADDRESS, delivery_body, have_ship, open_way
from tests.unmoved import nothing_moves, problem

GOODS = 8990 + 2 * 1290
LYON = {"latitude": 45.76, "longitude": 4.83}


@pytest.fixture
def doors(session: Session, shop: Shop) -> UUID:
    """Lyon and Paris send orders to doors in one way."""
    have_ship(session, shop.lyon, shop.paris)
    way = open_way(session)
    session.commit()
    return way


def place(counter: Counter, quantities: Mapping[str, int] | None = None, **changes: Any) -> Any:
    """Place an order to a door, in the e-shop's name or with another key."""
    key = changes.pop("key", counter.shop.integration)
    response = counter.ask("orders/deliveries", delivery_body(quantities, **changes), key=key)
    counter.order = dict(response.json)
    return response


def at_till(counter: Counter, quantities: Mapping[str, int] | None = None, **changes: Any) -> Any:
    """Place an order in Lyon that its till is to be paid for."""
    till = {"channel": "store", "store": "lyon", "pay_by": "till", "key": counter.shop.associate}
    return place(counter, quantities, **{**till, **changes})


def paid(counter: Counter, number: str = "T-1") -> Any:
    path = f"orders/{counter.order['id']}/till-payment"
    return counter.ask(path, {"store": "lyon", "ticket_number": number})


def stock(session: Session, location_id: UUID) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        text("SELECT sku, on_hand, reserved FROM stock_level WHERE location_id = :id"),
        {"id": location_id},
    )
    return {row.sku: (row.on_hand, row.reserved) for row in rows}


def parcels(session: Session, order: Mapping[str, Any]) -> list[Any]:
    return list(
        session.execute(
            text("SELECT * FROM fulfillment WHERE order_id = :id ORDER BY location_id"),
            {"id": order["id"]},
        )
    )


def told(session: Session, order: Mapping[str, Any]) -> list[str]:
    drain()
    rows = session.execute(
        text("SELECT template FROM message WHERE order_id = :id AND channel = 'email' ORDER BY 1"),
        {"id": order["id"]},
    )
    return list(rows.scalars())


def test_what_it_costs_to_bring_a_basket_is_told_with_its_days(
    counter: Counter, doors: UUID
) -> None:
    response = counter.client.post(
        "/api/v1/delivery-options",
        json={"items": [{"sku": "TENT-2P", "quantity": 1}], "postcode": "33 000"},
    )

    assert response.status_code == 200, response.text
    (option,) = response.json["options"]
    assert response.json["goods_minor"] == 8990
    assert option["price_minor"] == 490
    assert option["to_free_minor"] == 15_000 - 8990
    assert option["total_minor"] == 9480
    assert [each["gross_minor"] for each in option["vat"]] == [9480]
    (parcel,) = option["parcels"]
    assert (parcel["store"], parcel["quantities"]) == ("lyon", {"TENT-2P": 1})
    leaves = date.fromisoformat(parcel["leaves_at"][:10])
    assert leaves < date.fromisoformat(option["arrives_from"])
    asked = "/api/v1/delivery-options?postcode=33000&sku=TENT-2P"
    assert counter.client.get(asked).json["options"][0]["price_minor"] == 490


def test_a_typed_ticket_pays_several_orders_of_one_customer_and_of_nobody_else(
    counter: Counter, doors: UUID
) -> None:
    for _ in range(2):
        at_till(counter, customer={"last_name": "Petit", "email": "a@example.org"})
        assert paid(counter, "T-8").status_code == 200
    at_till(counter, customer={"last_name": "Petit", "email": "b@example.org"})
    with nothing_moves(counter.session):
        assert problem(paid(counter, "T-8")) == (409, "ticket-used")
    assert paid(counter, "T-9").status_code == 200


def test_a_basket_that_costs_enough_is_brought_for_nothing(counter: Counter, doors: UUID) -> None:
    asked = "/api/v1/delivery-options?postcode=33000&sku=TENT-2P&quantity=2"

    (option,) = counter.client.get(asked).json["options"]

    assert (option["price_minor"], option["to_free_minor"]) == (0, None)


def test_being_brought_stands_among_the_ranked_ways_with_its_price_and_day(
    counter: Counter, doors: UUID
) -> None:
    session = counter.session
    open_way(session, code="express", price_minor=990, days_min=1, days_max=1)
    open_way(session, code="slow", price_minor=690, days_min=3, days_max=4)
    session.execute(
        text("UPDATE stock_level SET on_hand = 2 WHERE location_id = :id AND sku = 'TENT-2P'"),
        {"id": counter.shop.lyon},
    )
    session.execute(
        text("UPDATE stock_level SET on_hand = 0 WHERE location_id = :id AND sku = 'MUG-BLUE'"),
        {"id": counter.shop.lyon},
    )
    session.commit()
    basket = {"items": [{"sku": "TENT-2P", "quantity": 1}, {"sku": "MUG-BLUE", "quantity": 1}]}

    def ask(**where: str) -> Any:
        body = {**basket, "near": LYON, "radius_km": 1000, **where}
        answer = counter.client.post("/api/v1/availability/alternatives", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json

    told = ask(postcode="33000")
    assert told["delivery_from_minor"] is None
    ranked = [
        (each["kind"], each["price_minor"], [part["store"] for part in each["parts"]])
        for each in told["ranked"]
    ]
    assert ranked[-1] == ("part", 0, ["lyon"])
    assert ("brought", 690, []) not in ranked, "as late and dearer than the first"
    whole = [each for each in told["ranked"] if not each["missing"]]
    assert [(each["day"], each["price_minor"]) for each in whole] == sorted(
        (each["day"], each["price_minor"]) for each in whole
    )
    brought = [each for each in whole if each["kind"] == "brought"]
    assert [each["delivery"]["delivery_method"] for each in brought] == ["express", "standard"]
    assert [each["day"] for each in brought] == [each["delivery"]["arrives_by"] for each in brought]
    unknown = ask()
    assert (unknown["deliveries"], unknown["delivery_from_minor"]) == ([], 490)
    assert "brought" not in [each["kind"] for each in unknown["ranked"]]
    named = counter.client.get("/api/v1/availability?sku=TENT-2P&postcode=33000").json
    assert {each["delivery_method"] for each in named["deliveries"]} == {
        "express",
        "standard",
        "slow",
    }


def test_the_longest_beginning_of_a_postcode_decides(
    counter: Counter, session: Session, doors: UUID
) -> None:
    open_way(session, code="express", price_minor=990)
    near = SetDeliveryZone(doors, "Bordeaux", "FR", ["330"], 1, 1, [(None, 290)])
    services.set_delivery_zone(session, near, actor=SYSTEM)
    session.commit()

    asked = "/api/v1/delivery-options?sku=BOOK&postcode="
    there = counter.client.get(f"{asked}33000").json["options"]
    beside = counter.client.get(f"{asked}33400").json["options"]

    assert [each["price_minor"] for each in there] == [990, 290]
    assert [each["price_minor"] for each in beside] == [990, 490]


def test_what_nobody_knows_the_weight_of_counts_as_the_way_says_or_is_not_brought_by_weight(
    counter: Counter, session: Session, shop: Shop
) -> None:
    have_ship(session, shop.lyon)
    open_way(session, priced_by=PricedBy.WEIGHT, bands=[(1_000, 300), (5_000, 700)])
    session.execute(text("UPDATE sku SET weight_g = 400 WHERE code = 'MUG-BLUE'"))
    session.commit()
    asked = "/api/v1/delivery-options?postcode=33000&sku="

    light = counter.client.get(f"{asked}MUG-BLUE&quantity=2").json["options"]
    heavy = counter.client.get(f"{asked}MUG-BLUE&quantity=3").json["options"]
    too_heavy = counter.client.get(f"{asked}MUG-BLUE&quantity=13").json["options"]
    unknown = counter.client.get(f"{asked}BOOK").json["options"]
    session.execute(text("UPDATE delivery_method SET unknown_weight_g = 2000"))
    session.commit()
    guessed = counter.client.get(f"{asked}BOOK").json["options"]

    assert [each["price_minor"] for each in light] == [300]
    assert [each["price_minor"] for each in heavy] == [700]
    assert (too_heavy, unknown) == ([], [])
    assert [each["price_minor"] for each in guessed] == [700]


def test_an_order_to_a_door_waits_for_its_money_and_holds_its_stock(
    counter: Counter, session: Session, shop: Shop, doors: UUID
) -> None:
    response = place(counter)

    assert response.status_code == 201, response.text
    assert response.json["total_minor"] == GOODS + 490
    (parcel,) = response.json["parcels"]
    assert (parcel["store"], parcel["quantities"]) == ("lyon", {"TENT-2P": 1, "MUG-BLUE": 2})
    assert counter.status() == "pending"
    assert stock(session, shop.lyon)["TENT-2P"] == (10, 1)
    (row,) = parcels(session, response.json)
    assert row.arrives_from > row.promised_at.date()
    assert row.promise_inputs["arrival"]["zone"] == "France"
    assert "33000" not in str(row.promise_inputs)
    order = counter.client.get(
        f"/api/v1/orders/{response.json['id']}", headers=as_key(shop.agent)
    ).json
    assert [charge["amount_minor"] for charge in order["charges"]] == [490]
    assert order["total_minor"] == GOODS + 490
    assert told(session, response.json) == []
    assert run_checks() == []


def test_a_till_takes_the_money_and_all_parcels_are_prepared(
    counter: Counter, session: Session, shop: Shop, doors: UUID
) -> None:
    response = at_till(counter)
    assert response.status_code == 201, response.text

    answer = paid(counter)

    assert answer.status_code == 200, answer.text
    assert answer.json["status"] == "new"
    assert told(session, response.json) == ["confirmation"]
    again = paid(counter, "T-2")
    assert problem(again) == (409, "nothing-due")
    taken = session.execute(text("SELECT ticket_number, amount_minor FROM till_payment")).all()
    assert taken == [("T-1", GOODS + 490)]
    assert run_checks() == []


def send(counter: Counter, parcel: str, items: Mapping[str, int]) -> None:
    listed = [{"sku": sku, "quantity": units} for sku, units in items.items()]
    for command, body in (
        ("accept", None),
        ("pick", {"items": listed}),
        ("pack", {"packages": [{"items": listed}]}),
        ("ship", {}),
    ):
        response = counter.ask(f"fulfillments/{parcel}/{command}", body)
        assert response.status_code == 200, response.text


def test_what_was_paid_leaves_and_what_comes_back_is_given_back_with_its_delivery(
    counter: Counter, session: Session, shop: Shop, doors: UUID
) -> None:
    at_till(counter)
    paid(counter)
    send(counter, counter.parcel, {"TENT-2P": 1, "MUG-BLUE": 2})
    assert stock(session, shop.lyon)["TENT-2P"] == (9, 0)

    failed = counter.ask(f"fulfillments/{counter.parcel}/delivery-failed", {"reason": "absent"})
    back = counter.ask(f"fulfillments/{counter.parcel}/returned", {"disposition": "restock"})

    assert (failed.status_code, back.status_code) == (200, 200), back.text
    assert stock(session, shop.lyon)["TENT-2P"] == (10, 0)
    order = counter.client.get(
        f"/api/v1/orders/{counter.order['id']}", headers=as_key(shop.agent)
    ).json
    assert (order["total_minor"], order["charges"]) == (0, [])
    case = session.execute(
        text("SELECT facts FROM case_file WHERE kind = 'money' AND closed_at IS NULL")
    ).scalar_one()
    assert case["amount_minor"] == GOODS + 490
    assert run_checks() == []


def test_nothing_is_placed_that_cannot_be_brought(
    counter: Counter, session: Session, connection: Connection, shop: Shop, doors: UUID
) -> None:
    with nothing_moves(connection):
        unknown = place(counter, delivery_method="drone")
        abroad = place(counter, address={**ADDRESS, "country": "BE", "postcode": "1000"})
        odd = place(counter, address={**ADDRESS, "postcode": "3300"})
        dearer = place(counter, seen_total_minor=GOODS)
        too_many = place(counter, {"TENT-2P": 11})
        unpaid = place(counter, pay_by="pickup")
        nowhere = place(counter, pay_by="till")

    assert problem(unknown) == (422, "unknown-delivery-method")
    assert unknown.json["known"] == ["standard"]
    assert problem(abroad) == (409, "not-brought-there")
    assert problem(odd) == (422, "unreadable-postcode")
    assert problem(dearer) == (409, "price-changed")
    assert (dearer.json["seen_minor"], dearer.json["total_minor"]) == (GOODS, GOODS + 490)
    assert dearer.json["charges"] == {"Livraison à domicile": 490}
    assert problem(too_many) == (409, "not-deliverable")
    assert too_many.json["missing"] == {"TENT-2P": 11}
    assert {each["store"] for each in too_many.json["stores"]} == {"lyon", "paris"}
    assert (unpaid.status_code, nowhere.status_code) == (422, 422)


def test_what_nobody_paid_in_time_is_free_again(
    counter: Counter, session: Session, shop: Shop, doors: UUID
) -> None:
    at_till(counter)
    session.execute(text("UPDATE fulfillment SET pending_until = now() - interval '1 minute'"))
    session.commit()
    jobs.end_unpaid()

    assert counter.status() == "expired"
    assert stock(session, shop.lyon)["TENT-2P"] == (10, 0)
    assert problem(paid(counter)) == (409, "nothing-due")
    assert run_checks() == []


def test_the_paper_of_an_order_agrees_however_much_of_it_is_given_up(
    counter: Counter, session: Session, shop: Shop, doors: UUID
) -> None:
    """What is short costs nothing; having the rest brought does."""
    at_till(counter)
    paid(counter)
    counter.do("accept")
    counter.do("start-picking")
    counter.do("short", {"sku": "MUG-BLUE", "quantity": 2, "reason": "damaged"})
    counter.do("pick")
    tent = {"packages": [{"items": [{"sku": "TENT-2P", "quantity": 1}]}]}
    assert counter.do("pack", tent).status_code == 200
    left = counter.client.get(
        f"/api/v1/orders/{counter.order['id']}", headers=as_key(shop.agent)
    ).json
    case = session.execute(
        text("SELECT facts FROM case_file WHERE kind = 'money' AND closed_at IS NULL")
    ).scalar_one()
    cancelled = counter.do("cancel")

    assert left["total_minor"] == 8990 + 490
    assert case["amount_minor"] == 2 * 1290
    assert cancelled.json["total_minor"] == 0
    grown = session.execute(
        text("SELECT facts FROM case_file WHERE kind = 'money' AND closed_at IS NULL")
    ).scalar_one()
    assert grown["amount_minor"] == GOODS + 490
    assert run_checks() == []


@pytest.fixture
def two_places(session: Session, doors: UUID) -> dict[str, int]:
    """More tents than any one place has: Lyon and Paris together, if two parcels are allowed."""
    split = SetRules("Deux colis", Method.DELIVERY, [{"rank": "distance"}], {"max_splits": 1})
    services.set_rules(session, split, actor=SYSTEM)
    session.commit()
    return {"TENT-2P": 12}


def test_two_places_send_a_basket_that_is_paid_once_and_each_tells_of_its_own_parcel(
    counter: Counter, session: Session, shop: Shop, two_places: dict[str, int]
) -> None:
    asked = {
        "items": [{"sku": sku, "quantity": units} for sku, units in two_places.items()],
        "postcode": "33000",
    }
    (option,) = counter.client.post("/api/v1/delivery-options", json=asked).json["options"]
    response = at_till(counter, two_places)
    assert response.status_code == 201, response.text
    assert len(option["parcels"]) == len(response.json["parcels"]) == 2
    assert option["total_minor"] == response.json["total_minor"] == 12 * 8990
    assert {row.status for row in parcels(session, response.json)} == {"pending"}
    assert told(session, response.json) == []

    assert paid(counter).json["status"] == "new"

    rows = parcels(session, response.json)
    assert {row.status for row in rows} == {"new"}
    assert told(session, response.json) == ["confirmation"]
    here = next(row for row in rows if row.location_id == shop.lyon)
    sent = {each["store"]: each["quantities"] for each in response.json["parcels"]}
    assert sorted(each["TENT-2P"] for each in sent.values()) == [2, 10]
    send(counter, str(here.id), sent["lyon"])
    assert told(session, response.json) == ["confirmation", "shipped"]
    late = counter.ask(f"orders/{response.json['id']}/cancel", {}, key=shop.agent)
    assert problem(late) == (409, "order-not-cancellable")
    assert run_checks() == []


def test_what_nobody_paid_frees_every_parcel_at_once(
    counter: Counter, session: Session, shop: Shop, two_places: dict[str, int]
) -> None:
    response = place(counter, two_places)
    held = [stock(session, each)["TENT-2P"][1] for each in (shop.lyon, shop.paris)]
    assert sorted(held) == [2, 10]
    session.execute(text("UPDATE fulfillment SET pending_until = now() - interval '1 minute'"))
    session.commit()

    jobs.end_unpaid()

    assert {row.status for row in parcels(session, response.json)} == {"expired"}
    assert stock(session, shop.lyon)["TENT-2P"] == stock(session, shop.paris)["TENT-2P"] == (10, 0)
    assert run_checks() == []


def test_what_costs_nothing_owes_nothing_and_is_prepared_at_once(
    counter: Counter, session: Session, doors: UUID
) -> None:
    free = SetPromotion(
        "gift", {"fr": "Offert", "en": "A gift"}, PromotionKind.PERCENT, PromotionOn.EVERYTHING,
        amount=10_000,
    )  # fmt: skip
    services.set_promotion(session, free, brand_id=counter.shop.brand_id, actor=SYSTEM)
    zone = SetDeliveryZone(doors, "France", "FR", ["33"], 2, 3, [(None, 0)], None)
    services.set_delivery_zone(session, zone, actor=SYSTEM)
    session.commit()
    brought = place(counter)
    assert (brought.status_code, brought.json["total_minor"]) == (201, 0), brought.text
    delivery = brought.json
    collected = counter.ask(
        "orders", {**order_body(), "pay_by": "card"}, key=counter.shop.integration
    )
    assert collected.status_code == 201, collected.text
    for order in (delivery, collected.json):
        assert [each.status for each in parcels(session, order)] == ["new"]
        assert told(session, order) == ["confirmation"]
        owed = text("SELECT count(*) FROM obligation WHERE reference_id = :id")
        assert session.execute(owed, {"id": order["id"]}).scalar_one() == 0
    assert run_checks() == []
