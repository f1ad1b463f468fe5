"""A till takes the money of what is brought to its customer: no goods cross its counter."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from tests.conftest import Shop, as_key
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.pos_adapter.conftest import Books
from tests.support.till import Till

DUE = 8990 + 2 * 1290 + 490


@pytest.fixture
def order(client: FlaskClient, session: Session, shop: Shop) -> dict[str, Any]:
    """A delivery that waits for Lyon's till."""
    have_ship(session, shop.lyon)
    open_way(session)
    session.commit()
    body = delivery_body(channel="store", store="lyon", pay_by="till")
    placed = client.post("/api/v1/orders/deliveries", json=body, headers=as_key(shop.associate))
    assert placed.status_code == 201, placed.text
    return dict(placed.json)


def payment(order: dict[str, Any], minor: int) -> dict[str, Any]:
    return {"order_number": order["number"], "quantity": 1, "amount_minor": minor}


def statuses(books: Books) -> list[str]:
    return [row["status"] for row in books.rows("SELECT status FROM fulfillment ORDER BY id")]


def test_the_till_is_told_what_is_due_and_its_receipt_sets_the_order_going(
    till: Till, books: Books, order: dict[str, Any]
) -> None:
    found = till.post("/look-ups", {"order_number": order["number"]}).json["parcels"]
    before = books.level("TENT-2P")
    rung = till.ring_up(payment(order, DUE))

    assert [(each["due_minor"], each["obstacle"]) for each in found] == [(DUE, "not-ready")]
    assert rung.status_code == 201, rung.text
    assert [each["outcome"] for each in rung.json["hand_overs"]] == ["paid"]
    assert rung.json["order_number"] is None
    assert statuses(books) == ["new"]
    assert books.level("TENT-2P") == before == (10, 1, 0)
    assert books.rows("SELECT amount_minor FROM till_payment") == [{"amount_minor": DUE}]
    assert books.cases() == []
    assert run_checks() == []


def test_a_till_that_rings_up_the_goods_takes_their_money_and_moves_none(
    till: Till, books: Books, order: dict[str, Any]
) -> None:
    number = {"order_number": order["number"]}
    rung = till.ring_up(
        {"sku": "TENT-2P", "quantity": 1, "amount_minor": 8990, **number},
        {"sku": "MUG-BLUE", "quantity": 2, "amount_minor": 2580, **number},
        payment(order, 490),
    )

    assert [each["outcome"] for each in rung.json["hand_overs"]] == ["paid"]
    assert statuses(books) == ["new"]
    assert books.level("TENT-2P") == (10, 1, 0)
    assert run_checks() == []


def test_what_was_paid_too_little_waits_and_what_was_paid_for_nothing_asks_a_person(
    till: Till, books: Books, order: dict[str, Any]
) -> None:
    till.ring_up(payment(order, DUE - 90))
    assert statuses(books) == ["pending"]
    till.ring_up(payment(order, 90))
    assert statuses(books) == ["new"]
    late = till.ring_up(payment(order, DUE))

    assert [each["refusal"] for each in late.json["hand_overs"]] == ["nothing-due"]
    kinds = books.rows("SELECT kind, facts ->> 'due_minor' AS due FROM case_file ORDER BY id")
    assert kinds == [{"kind": "till", "due": "90"}, {"kind": "conflict", "due": None}]
    assert run_checks() == []
