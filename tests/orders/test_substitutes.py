"""Substitutes: nothing without consent, never dearer, over at the end of their time."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

import orders.jobs
from app.cli.check import run_checks
from kernel.links import order_token
from tests.orders.delivering import fetch
from tests.unmoved import nothing_moves, problem

MUG_FOR_BOOK = {
    "sku": "MUG-BLUE",
    "substitute_sku": "BOOK",
    "quantity": 1,
    "reason": "damaged",
}
BOOK_FOR_MUG = {**MUG_FOR_BOOK, "sku": "BOOK", "substitute_sku": "MUG-BLUE"}


def level(counter: Any, sku: str) -> tuple[int, int, int]:
    """Return on hand, reserved and quarantined of a SKU in Lyon."""
    row = counter.session.execute(
        text(
            "SELECT on_hand, reserved, quarantined FROM stock_level"
            " WHERE location_id = :lyon AND sku = :sku"
        ),
        {"lyon": counter.shop.lyon, "sku": sku},
    ).one()
    return row.on_hand, row.reserved, row.quarantined


def offer(counter: Any, **changes: Any) -> Any:
    path = f"fulfillments/{counter.parcel}/substitutes"
    return counter.ask(path, {**MUG_FOR_BOOK, **changes})


def lines(counter: Any) -> dict[str, tuple[int, int, int, int]]:
    parcel = counter.client.get(
        f"/api/v1/fulfillments/{counter.parcel}",
        headers={"Authorization": f"Bearer {counter.shop.associate}"},
    ).json
    return {
        line["sku"]: (line["quantity"], line["picked"], line["cancelled"], line["unit_price_minor"])
        for line in parcel["lines"]
    }


def test_the_customer_takes_another_article_and_pays_no_more(counter: Any) -> None:
    counter.bring_to("accepted")
    offered = offer(counter)
    assert offered.status_code == 201, offered.text
    assert (offered.json["status"], offered.json["amount_minor"]) == ("proposed", 455)
    assert (counter.status(), level(counter, "BOOK")) == ("picking", (10, 1, 0))
    assert run_checks() == []

    token = order_token(type(counter.shop.lyon)(counter.order["id"]))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "yes-please"}
    path = f"/api/v1/substitutes/{offered.json['id']}/accept"
    taken = counter.client.post(path, json={}, headers=headers)
    assert (taken.status_code, taken.json["status"]) == (200, "accepted"), taken.text
    assert lines(counter) == {
        "TENT-2P": (1, 0, 0, 8990),
        "MUG-BLUE": (2, 0, 1, 1290),
        "BOOK": (1, 0, 0, 455),
    }
    assert level(counter, "BOOK") == (10, 1, 0)
    assert level(counter, "MUG-BLUE") == (10, 1, 1)
    assert run_checks() == []
    counter.do("pick", {"items": [{"sku": sku, "quantity": 1} for sku in lines(counter)]})
    assert counter.do("ready").status_code == 200
    assert run_checks() == []


def test_a_dearer_article_costs_what_it_replaces(counter: Any) -> None:
    counter.place(items=[{"sku": "BOOK", "quantity": 2}])
    counter.do("accept")
    offered = offer(counter, **{**BOOK_FOR_MUG, "quantity": 2})
    assert offered.json["amount_minor"] == 910
    assert counter.ask(f"substitutes/{offered.json['id']}/accept").status_code == 200
    assert lines(counter) == {"BOOK": (2, 0, 2, 455), "MUG-BLUE": (2, 0, 0, 455)}
    assert run_checks() == []


@pytest.mark.parametrize(("how", "status"), [("decline", "declined"), ("lapse", "lapsed")])
def test_without_consent_what_is_missing_is_short_and_nothing_else_changes(
    counter: Any, how: str, status: str
) -> None:
    counter.bring_to("picking")
    offered = offer(counter).json["id"]
    if how == "decline":
        assert counter.ask(f"substitutes/{offered}/decline").json["status"] == status
    else:
        assert orders.jobs.lapse_substitutes() == 0
        counter.session.execute(text("UPDATE substitution SET answer_by = now()"))
        counter.session.commit()
        assert orders.jobs.lapse_substitutes() == 1
        assert orders.jobs.lapse_substitutes() == 0
    assert lines(counter) == {"TENT-2P": (1, 0, 0, 8990), "MUG-BLUE": (2, 0, 1, 1290)}
    assert (level(counter, "BOOK"), level(counter, "MUG-BLUE")) == ((10, 0, 0), (10, 1, 1))
    assert run_checks() == []


def test_a_question_can_be_withdrawn_and_the_article_picked_after_all(
    counter: Any, connection: Connection
) -> None:
    counter.bring_to("picking")
    offered = offer(counter).json["id"]
    mugs = {"items": [{"sku": "MUG-BLUE", "quantity": 2}]}
    with nothing_moves(connection):
        assert problem(counter.do("pick", mugs)) == (422, "not-ordered")
    assert counter.ask(f"substitutes/{offered}/withdraw").json["status"] == "withdrawn"
    assert counter.do("pick", mugs).status_code == 200
    assert level(counter, "BOOK") == (10, 0, 0)
    assert run_checks() == []


def test_a_parcel_that_waits_for_an_answer_is_not_ready_and_says_why(
    counter: Any, connection: Connection
) -> None:
    counter.bring_to("picking")
    offer(counter)
    counter.do("pick", {"items": [{"sku": sku, "quantity": 1} for sku in lines(counter)]})
    with nothing_moves(connection):
        refused = counter.do("ready")
    assert problem(refused) == (409, "lines-undecided")
    assert (refused.json["undecided"], refused.json["asked"]) == (
        {"MUG-BLUE": 1},
        {"MUG-BLUE": "BOOK"},
    )


def test_a_cancelled_order_asks_nobody_any_more(counter: Any, connection: Connection) -> None:
    counter.bring_to("picking")
    offered = offer(counter).json["id"]
    assert counter.do("cancel").status_code == 200
    assert level(counter, "BOOK") == (10, 0, 0)
    assert run_checks() == []
    with nothing_moves(connection):
        late = counter.ask(f"substitutes/{offered}/accept")
    assert problem(late) == (409, "substitute-answered")
    assert late.json["answer"] == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"substitute_sku": "MUG-BLUE"}, (422, "not-a-substitute")),
        ({"substitute_sku": "TENT-2P"}, (409, "substitute-on-order")),
        ({"substitute_sku": "NOTHING"}, (422, "unknown-sku")),
        ({"quantity": 3}, (422, "not-ordered")),
        ({"reason": "whim"}, (422, "unknown-reason")),
        ({"quantity": 2, "sku": "TENT-2P"}, (422, "not-ordered")),
    ],
)
def test_what_cannot_replace_anything_is_refused(
    counter: Any, connection: Connection, changes: dict[str, Any], refusal: tuple[int, str]
) -> None:
    counter.bring_to("picking")
    with nothing_moves(connection):
        assert problem(offer(counter, **changes)) == refusal


def test_what_is_asked_already_or_sold_out_is_refused(counter: Any, connection: Connection) -> None:
    counter.bring_to("picking")
    counter.session.execute(text("UPDATE stock_level SET safety_stock = 10 WHERE sku = 'BOOK'"))
    counter.session.commit()
    with nothing_moves(connection):
        assert problem(offer(counter)) == (409, "out-of-stock")
    counter.session.execute(text("UPDATE stock_level SET safety_stock = 0 WHERE sku = 'BOOK'"))
    counter.session.commit()
    assert offer(counter).status_code == 201
    with nothing_moves(connection):
        assert problem(offer(counter)) == (409, "substitute-asked")
        again = offer(counter, sku="TENT-2P")
        assert problem(again) == (409, "substitute-on-order")
        stranger = counter.ask(
            f"fulfillments/{counter.parcel}/substitutes",
            MUG_FOR_BOOK,
            key=counter.shop.paris_associate,
        )
        assert problem(stranger) == (404, "unknown-fulfillment")


def test_nobody_answers_for_another_order(counter: Any, connection: Connection) -> None:
    counter.bring_to("picking")
    offered = offer(counter).json["id"]
    counter.place()
    token = order_token(type(counter.shop.lyon)(counter.order["id"]))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "not-mine"}
    with nothing_moves(connection):
        path = f"/api/v1/substitutes/{offered}/accept"
        stranger = counter.client.post(path, json={}, headers=headers)
    assert problem(stranger) == (404, "unknown-substitute")


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_who_is_asked_may_answer_while_something_else_comes_from_another_store(
    counter: Any, connection: Connection, answer: str
) -> None:
    counter.bring_to("picking")
    offered = offer(counter).json["id"]
    with nothing_moves(connection):
        both = fetch(counter, [{"sku": "MUG-BLUE", "quantity": 2}])
        assert problem(both) == (422, "not-ordered")
    assert fetch(counter, [{"sku": "TENT-2P", "quantity": 1}]).status_code == 201
    assert (counter.status(), run_checks()) == ("in_transfer", [])

    said = counter.ask(f"substitutes/{offered}/{answer}", key=counter.shop.agent)
    assert said.status_code == 200, said.text
    assert lines(counter)["MUG-BLUE"] == (2, 0, 1, 1290)
    assert ("BOOK" in lines(counter)) is (answer == "accept")
    assert (counter.status(), run_checks()) == ("in_transfer", [])


def test_who_is_asked_is_asked_still_when_the_parcel_is_split(counter: Any) -> None:
    counter.bring_to("picking")
    offered = offer(counter).json["id"]
    fetch(counter, [{"sku": "TENT-2P", "quantity": 1}])
    assert counter.ask(f"fulfillments/{counter.parcel}/split").status_code == 200
    assert (counter.status(), run_checks()) == ("accepted", [])
    said = counter.ask(f"substitutes/{offered}/accept", key=counter.shop.agent)
    assert said.status_code == 200, said.text
    assert (lines(counter)["BOOK"], run_checks()) == ((1, 0, 0, 455), [])
