"""Orders of parts that each go their own way: one price, one payment, all of it or nothing."""

from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import orders.services
from app.cli.check import run_checks
from app.worker import drain
from kernel.actors import SYSTEM
from orders import jobs
from orders.commands import Method, PromotionKind, PromotionOn, SetPromotion, SetRules
from tests.conftest import Shop
from tests.orders.conftest import Counter
from tests.orders.doors import ADDRESS, delivery_body, have_ship, open_way
from tests.unmoved import nothing_moves, problem

TENT, MUG, BOOK = 8990, 1290, 455
DOOR: Final = {"method": "delivery", "address": ADDRESS, "delivery_method": "standard"}
LYON: Final = {"store": "lyon"}
PARIS: Final = {"store": "paris"}
ALONG: Final = {"method": "carry_out", "store": "lyon"}


@pytest.fixture
def doors(session: Session, shop: Shop) -> UUID:
    """Lyon alone sends orders to doors, in one way."""
    have_ship(session, shop.lyon)
    way = open_way(session)
    session.commit()
    return way


def part(way: dict[str, Any], **quantities: int) -> dict[str, Any]:
    """Return a part: so many tents, mugs and books, got in a way."""
    codes = {"tent": "TENT-2P", "mug": "MUG-BLUE", "book": "BOOK"}
    return {**way, "items": [{"sku": codes[sku], "quantity": n} for sku, n in quantities.items()]}


def place(counter: Counter, *parts: dict[str, Any], **changes: Any) -> Any:
    """Place an order of parts, in the e-shop's name or with another key."""
    key = changes.pop("key", counter.shop.integration)
    body = {"parts": list(parts), "customer": delivery_body()["customer"], **changes}
    response = counter.ask("orders", body, key=key)
    counter.order = dict(response.json)
    return response


def at_till(counter: Counter, *parts: dict[str, Any], **changes: Any) -> Any:
    """Place an order in Lyon that its till is paid for, by an associate there."""
    till = {
        "channel": "store",
        "placed_at": "lyon",
        "pay_by": "till",
        "key": counter.shop.associate,
    }
    return place(counter, *parts, **{**till, **changes})


def rows(session: Session, sql: str, **values: Any) -> list[Any]:
    return list(session.execute(text(sql), values))


def stock(session: Session, location_id: UUID) -> dict[str, tuple[int, int]]:
    sql = "SELECT sku, on_hand, reserved FROM stock_level WHERE location_id = :id"
    return {row.sku: (row.on_hand, row.reserved) for row in rows(session, sql, id=location_id)}


def parcels(counter: Counter) -> dict[tuple[str, str], str]:
    """Return the state of each parcel of the order at hand, by how and where."""
    found = rows(
        counter.session,
        "SELECT f.method, l.code, f.status FROM fulfillment f "
        "JOIN location l ON l.id = f.location_id WHERE f.order_id = :id",
        id=counter.order["id"],
    )
    return {(row.method, row.code): row.status for row in found}


def told(counter: Counter) -> list[str]:
    drain()
    sql = "SELECT template FROM message WHERE order_id = :id AND channel = 'email' ORDER BY 1"
    return [row.template for row in rows(counter.session, sql, id=counter.order["id"])]


def test_one_order_is_collected_here_and_there_and_brought_under_one_number(
    counter: Counter, session: Session, doors: UUID
) -> None:
    quick = SetPromotion(
        "three", {"fr": "3"}, PromotionKind.PERCENT, PromotionOn.SKU, "MUG-BLUE", 1000
    )
    orders.services.set_promotion(session, quick, brand_id=counter.shop.brand_id, actor=SYSTEM)
    session.commit()
    goods = TENT + 4 * MUG - round(4 * MUG * 0.1) + BOOK
    parts = (part(LYON, tent=1, mug=1), part(PARIS, mug=2), part(DOOR, mug=1, book=1))
    quoted = counter.client.post("/api/v1/quotes", json={"parts": parts})
    assert (quoted.status_code, quoted.json["total_minor"]) == (200, goods + 490), quoted.text
    assert [each["amount_minor"] for each in quoted.json["charges"]] == [490]

    response = place(counter, *parts, pay_by="card", seen_total_minor=quoted.json["total_minor"])

    assert response.status_code == 201, response.text
    assert response.json["total_minor"] == goods + 490
    shown = [
        (each["part"], each["method"], each["store"], each["quantities"])
        for each in sorted(response.json["parcels"], key=lambda each: each["part"])
    ]
    assert shown == [
        (0, "pickup", "lyon", {"TENT-2P": 1, "MUG-BLUE": 1}),
        (1, "pickup", "paris", {"MUG-BLUE": 2}),
        (2, "delivery", "lyon", {"MUG-BLUE": 1, "BOOK": 1}),
    ]
    assert set(parcels(counter).values()) == {"pending"}
    assert stock(session, counter.shop.lyon)["MUG-BLUE"] == (10, 2)
    assert stock(session, counter.shop.paris)["MUG-BLUE"] == (10, 2)
    lines = rows(
        session,
        "SELECT l.quantity, l.discount_minor, sum(f.quantity) AS parts, "
        "sum(f.discount_minor) AS shares FROM order_line l "
        "JOIN fulfillment p ON p.order_id = l.order_id "
        "JOIN fulfillment_line f ON f.fulfillment_id = p.id AND f.sku = l.sku "
        "WHERE l.order_id = :id AND l.sku = 'MUG-BLUE' GROUP BY 1, 2",
        id=counter.order["id"],
    )
    assert [tuple(line) for line in lines] == [(4, 516, 4, 516)]
    shares = rows(
        session,
        "SELECT sum((facts->>'total_minor')::int) AS total, "
        "count(*) FILTER (WHERE (facts->>'tells')::bool) AS tells, count(*) AS parcels "
        "FROM event WHERE name = 'order.started.v1' AND aggregate_id = :id",
        id=counter.order["id"],
    )
    assert tuple(shares[0]) == (goods + 490, 1, 3)
    assert rows(session, "SELECT amount_minor FROM obligation") == [(goods + 490,)]
    assert run_checks() == []


def test_what_parts_are_short_of_is_told_at_once_and_nothing_moves(
    counter: Counter, connection: Connection, doors: UUID
) -> None:
    with nothing_moves(connection):
        response = place(counter, part(LYON, tent=7), part(LYON, tent=7))

    assert problem(response) == (409, "out-of-stock")
    assert response.json["shortages"] == {"TENT-2P": 3}
    assert [(each["part"], each["store"]) for each in response.json["parts"]] == [(1, "lyon")]

    with nothing_moves(connection):
        response = place(
            counter, part(LYON, tent=7), part(PARIS, mug=11), part(DOOR, tent=4), pay_by="card"
        )

    assert problem(response) == (409, "not-deliverable")
    assert response.json["missing"] == {"TENT-2P": 4}  # Lyon has 3 left beside its other part
    assert response.json["parts"] == [
        {"part": 2, "missing": {"TENT-2P": 4}},
        {"part": 1, "store": "paris", "shortages": {"MUG-BLUE": 10}},
    ]


@pytest.fixture
def brings(session: Session, shop: Shop) -> None:
    """What a store lacks of what is collected there the other one brings."""
    have_ship(session, shop.lyon, shop.paris)
    open_way(session)
    limits = {"after_partial": "transfer", "after_none": "transfer"}
    said = SetRules("Bring", Method.PICKUP, [{"rank": "distance"}], limits)
    orders.services.set_rules(session, said, actor=SYSTEM)
    session.commit()


@pytest.mark.usefixtures("brings")
def test_what_a_store_lacks_of_its_part_is_brought_there_and_the_other_parts_are_not_later(
    counter: Counter, session: Session
) -> None:
    shop = counter.shop
    response = place(counter, part(LYON, tent=12, book=1), part(PARIS, mug=3))

    assert response.status_code == 201, response.text
    late, soon = sorted(response.json["parcels"], key=lambda each: each["part"])
    assert response.json["follows"] == "transfer"
    assert late["promised_at"] > soon["promised_at"]
    assert parcels(counter) == {("pickup", "lyon"): "in_transfer", ("pickup", "paris"): "new"}
    assert stock(session, shop.lyon) == {"TENT-2P": (10, 10), "BOOK": (10, 1), "MUG-BLUE": (10, 0)}
    assert stock(session, shop.paris)["TENT-2P"] == (10, 2)
    assert stock(session, shop.paris)["MUG-BLUE"] == (10, 3)
    assert rows(session, "SELECT count(*) FROM transfer WHERE status = 'draft'") == [(1,)]
    assert run_checks() == []


@pytest.mark.usefixtures("brings")
def test_what_is_taken_along_is_had_before_what_others_can_bring(
    counter: Counter, session: Session
) -> None:
    mine = (part(LYON, book=3), part(ALONG, book=9))
    response = at_till(counter, *mine, ticket_number="T-3")

    assert response.status_code == 201, response.text
    assert parcels(counter) == {
        ("pickup", "lyon"): "in_transfer",
        ("carry_out", "lyon"): "handed_over",
    }
    assert stock(session, counter.shop.lyon)["BOOK"] == (1, 1)
    assert stock(session, counter.shop.paris)["BOOK"] == (10, 2)
    assert run_checks() == []


@pytest.mark.usefixtures("brings")
def test_parts_that_wait_for_their_money_begin_to_gather_once_it_is_there(
    counter: Counter, session: Session
) -> None:
    goods = (part(LYON, tent=12), part(PARIS, mug=12), part(DOOR, book=1))
    assert at_till(counter, *goods).status_code == 201
    assert set(parcels(counter).values()) == {"pending"}
    assert rows(session, "SELECT count(*) FROM transfer") == [(0,)]
    assert stock(session, counter.shop.paris)["TENT-2P"] == (10, 2)
    assert run_checks() == []

    till = {"store": "lyon", "ticket_number": "T-1"}
    assert counter.ask(f"orders/{counter.order['id']}/till-payment", till).status_code == 200

    found = parcels(counter)
    assert (found["pickup", "lyon"], found["pickup", "paris"]) == ("in_transfer", "in_transfer")
    assert rows(session, "SELECT count(*) FROM transfer WHERE status = 'draft'") == [(2,)]
    assert run_checks() == []
    cancelled = counter.ask(f"orders/{counter.order['id']}/cancel", {"reason": "duplicate"})
    assert cancelled.status_code == 200, cancelled.text
    assert {each[1] for each in stock(session, counter.shop.paris).values()} == {0}
    assert {each[1] for each in stock(session, counter.shop.lyon).values()} == {0}
    assert run_checks() == []


@pytest.mark.usefixtures("brings")
def test_what_another_part_takes_is_brought_to_nobody(
    counter: Counter, connection: Connection
) -> None:
    with nothing_moves(connection):
        response = place(counter, part(LYON, tent=12, book=11), part(PARIS, tent=9))
    assert problem(response) == (409, "out-of-stock")
    assert response.json["shortages"] == {"TENT-2P": 10, "BOOK": 10}
    assert [(each["part"], each["store"]) for each in response.json["parts"]] == [(0, "lyon")]
    with nothing_moves(connection):
        response = at_till(counter, part(LYON, tent=12), part(ALONG, book=11))
    assert response.json["parts"] == [
        {"part": 0, "store": "lyon", "shortages": {"TENT-2P": 10}},
        {"part": 1, "store": "lyon", "shortages": {"BOOK": 10}},
    ]


def test_what_leaves_is_paid_before_it_does(
    counter: Counter, connection: Connection, doors: UUID
) -> None:
    with nothing_moves(connection):
        brought = place(counter, part(LYON, tent=1), part(DOOR, book=1))
        taken = place(
            counter,
            part(ALONG, book=1),
            part(PARIS, tent=1),
            channel="store",
            key=counter.shop.associate,
        )

    assert problem(brought) == (422, "paid-beforehand")
    assert brought.json["methods"] == ["delivery"]
    assert problem(taken) == (422, "paid-beforehand")
    assert taken.json["methods"] == ["carry_out"]


def test_with_the_tills_ticket_the_customer_leaves_with_one_part_and_the_rest_is_prepared(
    counter: Counter, session: Session, doors: UUID
) -> None:
    session.execute(text("UPDATE stock_level SET safety_stock = 10 WHERE sku = 'BOOK'"))
    session.commit()
    response = at_till(
        counter, part(ALONG, book=2), part(PARIS, tent=1), part(DOOR, mug=1), ticket_number="T-9"
    )

    assert response.status_code == 201, response.text
    assert parcels(counter) == {
        ("carry_out", "lyon"): "handed_over",
        ("pickup", "paris"): "new",
        ("delivery", "lyon"): "new",
    }
    assert stock(session, counter.shop.lyon) == {
        "BOOK": (8, 0),
        "TENT-2P": (10, 0),
        "MUG-BLUE": (10, 1),
    }
    total = 2 * BOOK + TENT + MUG + 490
    assert rows(session, "SELECT ticket_number, amount_minor FROM till_payment") == [("T-9", total)]
    (order,) = rows(
        session,
        "SELECT o.formation, l.code, s.name FROM sales_order o JOIN location l "
        "ON l.id = o.placed_at_id JOIN staff s ON s.id = o.seller_id WHERE o.id = :id",
        id=counter.order["id"],
    )
    assert tuple(order) == ("in_store", "lyon", "Inès")
    (given,) = rows(session, "SELECT quantities, staff_name FROM hand_over")
    assert tuple(given) == ({"BOOK": 2}, "Inès")
    assert told(counter) == ["confirmation", "receipt"]
    assert run_checks() == []

    again = at_till(counter, part(ALONG, book=1), ticket_number="T-9")
    assert again.status_code == 201, again.text  # another order on the same ticket is no fraud


def test_a_till_is_paid_later_and_what_is_taken_along_leaves_then(
    counter: Counter, session: Session, doors: UUID
) -> None:
    assert at_till(counter, part(ALONG, book=1), part(PARIS, tent=1)).status_code == 201
    assert set(parcels(counter).values()) == {"pending"}
    assert stock(session, counter.shop.lyon)["BOOK"] == (10, 1)

    paid = counter.ask(
        f"orders/{counter.order['id']}/till-payment", {"store": "lyon", "ticket_number": "T-1"}
    )

    assert (paid.status_code, paid.json["due_minor"]) == (200, 0)
    assert parcels(counter) == {("carry_out", "lyon"): "handed_over", ("pickup", "paris"): "new"}
    assert stock(session, counter.shop.lyon)["BOOK"] == (9, 0)
    assert run_checks() == []

    assert at_till(counter, part(ALONG, book=1)).status_code == 201
    session.execute(
        text(
            "UPDATE fulfillment SET pending_until = now() - interval '1 minute' "
            "WHERE status = 'pending'"
        )
    )
    session.commit()
    jobs.end_unpaid()
    assert parcels(counter) == {("carry_out", "lyon"): "expired"}
    assert stock(session, counter.shop.lyon)["BOOK"] == (9, 0)


def test_nobody_carries_anything_out_of_a_store_they_do_not_stand_in(
    counter: Counter, connection: Connection
) -> None:
    along = part({"method": "carry_out", "store": "paris"}, book=1)
    with nothing_moves(connection):
        elsewhere = at_till(counter, along, ticket_number="T-1")
        online = place(counter, part(ALONG, book=1), pay_by="card")
        not_mine = at_till(counter, part(LYON, book=1), placed_at="paris")

    assert problem(elsewhere) == (409, "method-not-offered")
    assert problem(online) == (409, "method-not-offered")
    assert problem(not_mine) == (404, "unknown-location")


def test_having_it_brought_is_paid_once_a_way_by_what_goes_that_way(
    counter: Counter, session: Session, doors: UUID
) -> None:
    open_way(session, code="express", price_minor=990, free_from_minor=None)
    session.commit()
    other = {**ADDRESS, "postcode": "29200", "city": "Brest"}
    response = place(
        counter,
        part(LYON, tent=2),  # dear enough to make it free, but not brought
        part(DOOR, book=1),
        part({**DOOR, "address": other}, mug=1),
        part({**DOOR, "delivery_method": "express"}, mug=1),
        pay_by="card",
    )

    assert response.status_code == 201, response.text
    assert response.json["total_minor"] == 2 * TENT + BOOK + 2 * MUG + 490 + 990
    charges = rows(session, "SELECT amount_minor FROM order_charge ORDER BY 1")
    assert charges == [(490,), (990,)]
    doors_kept = rows(session, "SELECT postcode FROM address ORDER BY 1")
    assert doors_kept == [("29200",), ("33000",)]  # one address, one row


def test_an_agent_credits_a_store_and_a_seller_and_nobody_unknown(
    counter: Counter, session: Session, connection: Connection
) -> None:
    (seller,) = rows(session, "SELECT id FROM staff WHERE name = 'Marc'")
    agent = {"channel": "phone", "key": counter.shop.agent, "placed_at": "paris"}
    assert place(counter, part(LYON, book=1), **agent).status_code == 201
    assert place(counter, part(LYON, book=1), seller_id=str(seller.id), **agent).status_code == 201
    credited = rows(
        session,
        "SELECT s.name, l.code, o.formation FROM sales_order o JOIN staff s ON s.id = o.seller_id "
        "JOIN location l ON l.id = o.placed_at_id ORDER BY o.placed_at",
    )
    assert [tuple(each) for each in credited] == [
        ("Luc", "paris", "distance"),
        ("Marc", "paris", "distance"),
    ]
    with nothing_moves(connection):
        unknown = place(counter, part(LYON, book=1), seller_id=str(counter.shop.lyon), **agent)
    assert problem(unknown) == (404, "unknown-staff")
    body = {"parts": [part(LYON, book=1)], "customer": delivery_body()["customer"]}
    somebody, nobody = str(seller.id), str(counter.shop.lyon)
    with nothing_moves(connection):  # nobody else does, or is told who is of the staff
        for credit in ({"seller_id": somebody}, {"seller_id": nobody}, {"placed_at": "paris"}):
            headers = {"Idempotency-Key": str(uuid4())}
            guest = counter.client.post("/api/v1/orders", json={**body, **credit}, headers=headers)
            assert problem(guest) == (403, "forbidden"), credit
        till = {"channel": "phone", "key": counter.shop.associate}
        foreign = place(counter, part(LYON, book=1), **till, placed_at="paris")
        assert problem(foreign) == (404, "unknown-location")
        unseen = place(counter, part(LYON, book=1), **till, seller_id=nobody)
        assert problem(unseen) == (404, "unknown-staff")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"parts": []}, "parts"),
        ({"parts": [part(LYON, book=1)], "store": "lyon"}, "store"),
        ({}, "items"),
        ({"parts": [{**part(DOOR, book=1), "store": "lyon"}]}, "parts"),
        ({"parts": [{"items": [{"sku": "BOOK", "quantity": 1}]}]}, "parts"),
        ({"parts": [{**part(ALONG, book=1), "slot_id": str(UUID(int=1))}]}, "parts"),
        ({"parts": [part(LYON, book=1)], "pay_by": "till"}, "placed_at"),
        ({"parts": [part(LYON, book=1)], "ticket_number": "T-1"}, "ticket_number"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused_beside_its_field(
    counter: Counter, connection: Connection, body: dict[str, Any], field: str
) -> None:
    asked = {"customer": delivery_body()["customer"], **body}
    with nothing_moves(connection):
        response = counter.ask("orders", asked, key=counter.shop.integration)

    assert response.status_code == 422, response.text
    assert field in {each["pointer"].split("/")[1] for each in response.json["errors"]}
