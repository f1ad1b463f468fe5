"""Orders another shop brings: its number, its prices, its payment; our stock, our parcels."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from app.worker import seal_events
from kernel.actors import SYSTEM
from kernel.links import order_token
from tests.conftest import Shop, as_key, order_body
from tests.orders.bringing import MUGS, SCOPES, TENT, TOTAL, brought_body, trust
from tests.orders.conftest import Counter
from tests.orders.doors import ADDRESS, have_ship, open_way
from tests.unmoved import nothing_moves, problem


@pytest.fixture
def key(session: Session, shop: Shop) -> str:
    """The key of an e-shop that is trusted to bring orders."""
    return trust(session, "eshop")


def bring(client: Any, key: str, number: str = "WEB-1001", **changes: Any) -> Any:
    body = brought_body(number, **changes)
    return client.post("/api/v1/orders/brought", json=body, headers=as_key(key))


def read(client: Any, key: str, number: str = "WEB-1001") -> Any:
    return client.get(f"/api/v1/orders/brought?number={number}", headers=as_key(key))


def without_notes(brought: dict[str, Any]) -> dict[str, Any]:
    """Return a brought order as answers are stored: without what its customer says."""
    for each in (brought["order"], *brought["order"]["fulfillments"]):
        assert each.pop("note") is None
    return brought


def start(client: Any, key: str) -> str:
    return str(client.get("/api/v1/orders/changes/start", headers=as_key(key)).json["next"])


def changes(client: Any, key: str, after: str) -> list[dict[str, Any]]:
    seal_events()
    found = client.get(f"/api/v1/orders/changes?after={after}", headers=as_key(key))
    return list(found.json["changes"])


def held(session: Session, shop: Shop) -> dict[str, int]:
    rows = session.execute(
        text("SELECT sku, reserved FROM stock_level WHERE location_id = :lyon AND reserved > 0"),
        {"lyon": shop.lyon},
    )
    return {row.sku: row.reserved for row in rows}


def test_an_order_of_another_shop_is_one_of_ours_at_its_prices_however_often_it_is_brought(
    client: Any, session: Session, connection: Connection, shop: Shop, key: str
) -> None:
    first = bring(client, key)
    assert first.status_code == 201, first.text
    said = first.json
    assert (said["external_number"], said["order"]["channel"]) == ("WEB-1001", "external")
    assert (said["stated_minor"], said["paid_minor"], said["back_minor"]) == (TOTAL, TOTAL, 0)
    assert said["order"]["total_minor"] == TOTAL
    lines = {each["sku"]: each for each in said["order"]["fulfillments"][0]["lines"]}
    assert {sku: each["unit_price_minor"] for sku, each in lines.items()} == {
        "TENT-2P": 8000,
        "MUG-BLUE": 1000,
    }
    assert lines["TENT-2P"]["discount_minor"] == 500
    assert held(session, shop) == {"TENT-2P": 1, "MUG-BLUE": 2}
    with nothing_moves(connection):
        other = bring(client, key, total_minor=9_501)
        assert problem(other) == (409, "brought-otherwise")
        assert other.json["order_number"] == said["order"]["number"]
    again = bring(client, key)
    assert (again.status_code, again.json) == (200, said)
    assert without_notes(read(client, key).json) == said
    assert held(session, shop) == {"TENT-2P": 1, "MUG-BLUE": 2}
    theirs = trust(session, "market")  # numbers are each shop's own
    other = bring(client, theirs)
    assert (other.status_code, other.json["order"]["id"] != said["order"]["id"]) == (201, True)
    assert run_checks() == []


def test_what_does_not_add_up_is_refused_with_what_it_comes_to(
    client: Any, connection: Connection, shop: Shop, key: str
) -> None:
    with nothing_moves(connection):
        wrong = bring(client, key, total_minor=9_501)
        assert problem(wrong) == (422, "stated-total-differs")
        assert (wrong.json["stated_minor"], wrong.json["lines_minor"]) == (9_501, TOTAL)
        assert wrong.json["lines"] == {"TENT-2P": 7_500, "MUG-BLUE": 2_000}
        more = bring(client, key, lines=[{**TENT, "quantity": 11}], total_minor=87_500)
        assert (problem(more), more.json["shortages"]) == ((409, "out-of-stock"), {"TENT-2P": 10})
        alien = {**MUGS, "sku": "THEIRS-1"}
        assert problem(bring(client, key, lines=[TENT, alien]))[1] == "unknown-sku"
        assert problem(bring(client, key, store="nowhere")) == (404, "unknown-location")
        for bad in (
            {"lines": [TENT, TENT, MUGS]},
            {"payment": {"reference": "p", "amount_minor": TOTAL + 1}},
            {"charges": [{"delivery_method": "standard", "amount_minor": 1}]},
            {"parts": [{"store": "lyon", "items": [{"sku": "MUG-BLUE", "quantity": 2}]}]},
            {"store": None},
            {"number": ""},
            {"lines": [{**TENT, "unit_price_minor": 80.0}]},
        ):
            assert problem(bring(client, key, **bad)) == (422, "validation"), bad


def test_only_a_trusted_key_brings_no_more_than_it_may_and_sees_no_other_orders(
    client: Any, session: Session, connection: Connection, shop: Shop, key: str
) -> None:
    nobody = stores.services.issue_key(session, name="?", scopes=SCOPES, actor=SYSTEM)[1]
    small = trust(session, "small", order_max_minor=TOTAL, day_max_minor=15_000)
    session.commit()
    begun = start(client, key)
    ours = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration)).json
    brought = bring(client, key).json["order"]
    with nothing_moves(connection):
        assert problem(bring(client, nobody)) == (403, "untrusted-key")
        assert problem(bring(client, shop.integration)) == (403, "forbidden")
        dear = [{**TENT, "unit_price_minor": 8_001}, MUGS]
        assert problem(bring(client, small, lines=dear, total_minor=TOTAL + 1)) == (
            403,
            "order-above-limit",
        )
        for path in (f"orders/{ours['id']}", "orders/brought?number=WEB-9"):
            answer = client.get(f"/api/v1/{path}", headers=as_key(key))
            assert problem(answer) == (404, "unknown-order")
        assert problem(read(client, small)) == (404, "unknown-order")
        cancel = f"/api/v1/orders/{brought['id']}/cancel"
        assert problem(client.post(cancel, json={}, headers=as_key(small))) == (
            404,
            "unknown-order",
        )
    assert bring(client, small, "S-1").status_code == 201
    with nothing_moves(connection):
        late = bring(client, small, "S-2")
        assert (problem(late), late.json["brought_minor"]) == ((409, "day-limit-reached"), TOTAL)
    session.execute(text("UPDATE external_order SET brought_at = now() - interval '25 hours'"))
    session.commit()
    assert bring(client, small, "S-2").status_code == 201
    told = changes(client, key, begun)
    assert [(each["type"], each["external_number"]) for each in told] == [
        ("order.placed.v1", "WEB-1001")
    ]


def test_what_was_paid_elsewhere_counts_and_what_is_not_owed_any_more_is_told_to_go_back(
    client: Any, session: Session, shop: Shop, key: str, counter: Counter
) -> None:
    begun = start(client, key)
    bring(client, key)
    bring(client, key, "WEB-1002")
    counter.order = _at_hand(read(client, key).json)
    for command in ("accept", "start-picking"):
        assert counter.do(command).status_code == 200
    assert counter.do("pick", {"items": [{"sku": "TENT-2P", "quantity": 1}]}).status_code == 200
    missing = {"sku": "MUG-BLUE", "quantity": 2, "reason": "damaged"}
    assert counter.do("short", missing).status_code == 200
    assert counter.do("ready").status_code == 200
    given = counter.ask("hand-overs", {"store": "lyon", "qr": counter.qr()})
    assert given.status_code == 201, given.text  # nothing is due: no ticket
    cancelled = read(client, key, "WEB-1002").json["order"]
    off = f"/api/v1/orders/{cancelled['id']}/cancel"
    assert client.post(off, json={}, headers=as_key(key)).status_code == 200
    back = [
        (each["external_number"], each["facts"])
        for each in changes(client, key, begun)
        if each["type"] == "order.money_back.v1"
    ]
    assert back == [
        ("WEB-1001", {"amount_minor": 2_000, "back_minor": 2_000, "currency": "EUR"}),
        ("WEB-1002", {"amount_minor": TOTAL, "back_minor": TOTAL, "currency": "EUR"}),
    ]
    assert read(client, key).json["back_minor"] == 2_000
    assert read(client, key).json["order"]["total_minor"] == 7_500
    assert session.execute(text("SELECT count(*) FROM obligation")).scalar_one() == 0
    assert held(session, shop) == {}
    assert run_checks() == []


def test_an_order_that_is_not_paid_is_paid_when_it_is_collected(
    client: Any, shop: Shop, key: str, counter: Counter
) -> None:
    bring(client, key, payment={"reference": "deposit-1", "amount_minor": 1_000})
    counter.order = _at_hand(read(client, key).json)
    for command in ("accept", "start-picking"):
        counter.do(command)
    counter.do("pick", {"items": order_body()["items"]})
    assert counter.do("ready").status_code == 200
    due = counter.ask("hand-overs", {"store": "lyon", "qr": counter.qr()})
    assert (problem(due)[1], due.json["due_minor"]) == ("payment-due", TOTAL - 1_000)
    assert counter.hand_over(qr=counter.qr()).status_code == 201
    assert run_checks() == []


@pytest.mark.matter("delivery", "external")
def test_what_is_brought_to_a_door_costs_what_was_agreed_and_is_paid_before(
    client: Any, session: Session, connection: Connection, shop: Shop, key: str
) -> None:
    have_ship(session, shop.lyon)
    open_way(session)
    session.commit()
    items = [{"sku": each["sku"], "quantity": each["quantity"]} for each in (TENT, MUGS)]
    door = {"method": "delivery", "address": ADDRESS, "delivery_method": "standard"}
    said: dict[str, Any] = {
        "store": None,
        "brand": "aubepin",
        "parts": [{**door, "items": items[:1]}, {"store": "lyon", "items": items[1:]}],
        "charges": [{"delivery_method": "standard", "amount_minor": 300, "vat_bp": 1000}],
        "total_minor": TOTAL + 300,
    }
    with nothing_moves(connection):
        for payment in (None, {"reference": "half", "amount_minor": TOTAL}):
            unpaid = bring(client, key, **said, payment=payment)
            assert problem(unpaid) == (422, "paid-beforehand")
    placed = bring(client, key, **said)
    assert placed.status_code == 201, placed.text
    order = placed.json["order"]
    assert (order["total_minor"], order["charges"][0]["amount_minor"]) == (TOTAL + 300, 300)
    assert {each["rate_bp"] for each in order["vat"]} == {1000, 2000}
    stated = session.execute(text("SELECT stated::text FROM external_order")).scalar_one()
    assert not {"Lilas", "Bordeaux", "Durand", "chloe"} & {*stated.replace('"', " ").split()}
    assert run_checks() == []


def test_what_was_agreed_elsewhere_may_be_amended_and_what_that_costs_less_is_told(
    client: Any, session: Session, shop: Shop, key: str
) -> None:
    begun, order = start(client, key), bring(client, key).json["order"]
    path = f"/api/v1/orders/{order['id']}/amendments"

    def amend(**quantities: int) -> Any:
        lines = [{"sku": sku.replace("_", "-"), "quantity": n} for sku, n in quantities.items()]
        version = read(client, key).json["order"]["version"]
        headers = {**as_key(shop.agent), "If-Match": f'"{version}"'}
        return client.post(path, json={"lines": lines}, headers=headers)

    dearer = amend(MUG_BLUE=3)  # a mug costs 12.90 here, and cost 10 there
    assert problem(dearer) == (409, "line-price-changed")
    assert dearer.json["lines"]["MUG-BLUE"]["agreed_minor"] == 1_000
    assert amend(MUG_BLUE=1).status_code == 201
    assert amend(TENT_2P=1, BOOK=1).status_code == 201
    after = read(client, key).json
    assert (after["order"]["total_minor"], after["back_minor"]) == (8_500 + 455, 1_000)
    told = [each["type"] for each in changes(client, key, begun)]
    assert told.count("order.money_back.v1") == 1
    page = client.get(f"/en/orders/{order_token(UUID(order['id']))}").text
    assert "of which €85.00 is paid" in page
    assert run_checks() == []


def test_staff_and_customer_see_where_it_was_ordered_and_who_gives_the_money_back(
    client: Any, session: Session, shop: Shop, key: str
) -> None:
    order = bring(client, key).json["order"]
    mine = f"/en/orders/{order_token(UUID(order['id']))}"
    page = client.get(mine).text
    assert "Paid where it was ordered" in page
    assert "To pay on collection" not in page
    client.post(f"/api/v1/orders/{order['id']}/cancel", json={}, headers=as_key(key))
    assert "What you paid goes back to you." in client.get(mine).text
    staff = as_key(shop.agent)
    found = client.get("/en/office/orders?q=WEB-1001", headers=staff).text
    assert order["number"] in found
    seen = client.get(f"/en/office/orders/{order['number']}", headers=staff).text
    for said in ("WEB-1001", "pay-77", "eshop"):
        assert said in seen
    assert seen.count("95,00") + seen.count("95.00") >= 2


CORRUPT = {
    "EXT-01": "UPDATE order_line SET unit_price_minor = unit_price_minor + 1",
    "EXT-02": "UPDATE outside_payment SET payment_reference = 'another'",
    "EXT-03": "UPDATE outside_payment SET back_minor = 1 WHERE back_minor = 0",
}


@pytest.mark.parametrize("check", CORRUPT)
def test_money_that_was_changed_behind_its_back_is_found(
    client: Any, session: Session, shop: Shop, key: str, check: str
) -> None:
    order = bring(client, key).json["order"]
    bring(client, key, "WEB-1002")
    off = f"/api/v1/orders/{order['id']}/cancel"
    assert client.post(off, json={}, headers=as_key(key)).status_code == 200
    assert run_checks() == []
    session.execute(text("UPDATE fulfillment SET ended_at = now() WHERE ended_at IS NULL"))
    session.execute(text(CORRUPT[check]))
    session.commit()
    assert check in {finding.check.id for finding in run_checks()}


def _at_hand(brought: dict[str, Any]) -> dict[str, Any]:
    order = brought["order"]
    assert UUID(order["id"])
    return {"id": order["id"], "fulfillment_id": order["fulfillments"][0]["id"]}
