"""An open order is changed: articles, store, slot, who collects, where it goes. All or nothing."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.cli.check import run_checks
from tests.conftest import as_key
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.unmoved import nothing_moves, problem

TENT, MUG, BOOK = 8990, 1290, 455


def amend(
    counter: Counter, *, version: object = 1, key: str | None = None, path: str = "", **change: Any
) -> Any:
    """Change the order at hand as the call centre, or with another key."""
    headers = as_key(key or counter.shop.agent)
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    address = f"/api/v1/orders/{counter.order['id']}/amendments{path}"
    return counter.client.post(address, json=change, headers=headers)


def lines(**quantities: int) -> list[dict[str, Any]]:
    """Return what a parcel is to have, by SKU with its sign written as a word."""
    return [{"sku": sku.replace("_", "-"), "quantity": n} for sku, n in quantities.items()]


def reserved(counter: Counter, sku: str, store: str = "lyon") -> int:
    row = counter.session.execute(
        text(
            "SELECT reserved FROM stock_level l JOIN location o ON o.id = l.location_id"
            " WHERE sku = :sku AND o.code = :store"
        ),
        {"sku": sku, "store": store},
    )
    return int(row.scalar_one())


def read(counter: Counter) -> Any:
    path = f"/api/v1/orders/{counter.order['id']}"
    return counter.client.get(path, headers=as_key(counter.shop.agent)).json


def broken(counter: Counter) -> list[str]:
    counter.session.commit()
    return [each.check.id for each in run_checks()]


@pytest.mark.parametrize("place", ["new", "accepted"])
def test_articles_are_added_changed_and_removed_at_once(counter: Counter, place: str) -> None:
    counter.bring_to(place)
    change = {"lines": lines(BOOK=3, MUG_BLUE=5, TENT_2P=0)}
    preview = amend(counter, path="/preview", **change)
    assert (preview.status_code, reserved(counter, "BOOK")) == (200, 0)

    amended = amend(counter, **change, seen_total_minor=preview.json["total_minor"])

    total = 5 * MUG + 3 * BOOK
    assert amended.status_code == 201, amended.text
    assert amended.json == {
        "order_id": counter.order["id"],
        "fulfillment_id": counter.parcel,
        "fulfillment_ids": [counter.parcel],
        "version": 2,
        "total_minor": total,
        "delta_minor": total - TENT - 2 * MUG,
        "currency": "EUR",
        "obligation_id": None,
    }
    assert preview.json == amended.json
    order = read(counter)
    (parcel,) = order["fulfillments"]
    assert (order["version"], order["total_minor"], parcel["status"]) == (2, total, place)
    assert {each["sku"]: each["quantity"] for each in parcel["lines"]} == {"MUG-BLUE": 5, "BOOK": 3}
    assert [reserved(counter, each) for each in ("TENT-2P", "MUG-BLUE", "BOOK")] == [0, 5, 3]
    assert broken(counter) == []


def test_each_change_is_one_event_and_one_message_without_a_word_of_the_person(
    counter: Counter,
) -> None:
    counter.place()
    tell(counter.session)
    change = {"lines": lines(MUG_BLUE=1), "collector": {"last_name": "Petit"}, "reason": "call"}
    assert amend(counter, **change).status_code == 201
    tell(counter.session)

    row = counter.session.execute(
        text("SELECT facts, actor_kind, reason FROM event WHERE name = 'order.amended.v1'")
    ).one()
    assert (row.actor_kind, row.reason, row.facts["channel"]) == ("agent", "call", "phone")
    assert row.facts["changes"] == {"lines": {"MUG-BLUE": [2, 1]}, "collector": True}
    assert (row.facts["delta_minor"], row.facts["order_version"]) == (-MUG, 2)
    assert "Petit" not in str(row.facts)
    owed = counter.session.execute(
        text("SELECT template FROM message WHERE order_id = :id ORDER BY id"),
        {"id": counter.order["id"]},
    )
    assert list(owed.scalars()) == ["confirmation", "amended"]


def test_another_store_takes_over_in_one_step_and_the_customer_is_told_once(
    counter: Counter,
) -> None:
    counter.bring_to("accepted")
    tell(counter.session)
    amended = amend(counter, store="paris", lines=lines(MUG_BLUE=4))
    tell(counter.session)

    assert amended.status_code == 201, amended.text
    fresh = amended.json["fulfillment_id"]
    states = {each["id"]: each for each in read(counter)["fulfillments"]}
    assert states[counter.parcel]["status"] == "rerouted"
    assert states[counter.parcel]["rerouted_to"] == fresh
    there = (states[fresh]["status"], states[fresh]["location_id"])
    assert there == ("new", str(counter.shop.paris))
    assert read(counter)["total_minor"] == TENT + 4 * MUG
    assert [reserved(counter, "MUG-BLUE", each) for each in ("lyon", "paris")] == [0, 4]
    told = counter.session.execute(text("SELECT template FROM message ORDER BY id")).scalars()
    assert list(told) == ["confirmation", "amended"]
    board = {"Authorization": f"Bearer {counter.shop.associate}"}
    listed = counter.client.get("/api/v1/fulfillments?store=lyon", headers=board)
    assert counter.parcel not in [each["id"] for each in listed.json["fulfillments"]]
    assert broken(counter) == []


@pytest.mark.parametrize("place", ["picking", "picked", "ready", "handed_over", "cancelled"])
def test_once_somebody_was_at_the_goods_nothing_is_changed(counter: Counter, place: str) -> None:
    counter.bring_to(place)
    with nothing_moves(counter.session.connection()):
        refused = amend(counter, lines=lines(BOOK=1))
        state = counter.status()
    assert problem(refused) == (409, "too-late-to-amend")
    assert refused.json["state"] == {"picked": "picking"}.get(place, state)


def test_what_cannot_be_is_refused_whole_and_nothing_moves(counter: Counter) -> None:
    counter.place()
    counter.session.commit()
    wanted: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"lines": lines(BOOK=11, MUG_BLUE=12, TENT_2P=0)}, (409, "out-of-stock")),
        ({"lines": lines(BOOK=1), "version": 2}, (409, "stale-order")),
        ({"lines": lines(BOOK=1), "version": None}, (422, "version-required")),
        ({"lines": lines(BOOK=1), "version": "x"}, (422, "version-required")),
        ({"lines": lines(BOOK=1), "seen_total_minor": 1}, (409, "price-changed")),
        ({"lines": lines(TENT_2P=0, MUG_BLUE=0)}, (422, "empty-order")),
        ({"lines": lines(MUG_BLUE=2)}, (422, "nothing-to-amend")),
        ({}, (422, "nothing-to-amend")),
        ({"lines": lines(NOTHING=1)}, (422, "unknown-sku")),
        ({"store": "rome"}, (404, "unknown-location")),
        ({"slot_id": str(uuid4())}, (409, "slot-unavailable")),
        ({"lines": lines(BOOK=1), "fulfillment_id": str(uuid4())}, (404, "unknown-fulfillment")),
        (
            {"address": {"line1": "1 rue X", "postcode": "69001", "city": "Lyon"}},
            (409, "wrong-method"),
        ),
        ({"lines": lines(BOOK=1), "key": counter.shop.paris_associate}, (404, "unknown-order")),
        ({"lines": lines(BOOK=1), "channel": "store"}, (403, "channel-not-allowed")),
    ]
    for change, refusal in wanted:
        with nothing_moves(counter.session.connection()):
            refused = amend(counter, **change)
        assert problem(refused) == refusal, change
        if refusal[1] == "out-of-stock":
            assert refused.json["shortages"] == {"BOOK": 10, "MUG-BLUE": 8}
        if refusal[1] == "stale-order":
            assert refused.json["version"] == 1


def test_what_costs_more_today_is_not_added_in_silence(counter: Counter) -> None:
    counter.place()
    counter.session.execute(text("UPDATE price SET amount_minor = 1490 WHERE sku = 'MUG-BLUE'"))
    counter.session.commit()
    with nothing_moves(counter.session.connection()):
        refused = amend(counter, lines=lines(MUG_BLUE=3))
    assert problem(refused) == (409, "line-price-changed")
    one = {"quantity": 1, "agreed_minor": MUG, "today_minor": 1490}
    assert refused.json["lines"] == {"MUG-BLUE": one}
    assert amend(counter, lines=lines(MUG_BLUE=1)).json["delta_minor"] == -MUG


def test_the_same_key_gives_the_first_answer_again(counter: Counter) -> None:
    counter.place()
    headers = {**as_key(counter.shop.agent), "If-Match": "1"}
    path = f"/api/v1/orders/{counter.order['id']}/amendments"
    body = {"lines": lines(BOOK=1)}
    first, second = (counter.client.post(path, json=body, headers=headers) for _ in range(2))
    assert first.json == second.json
    assert read(counter)["version"] == 2


def test_an_associate_changes_what_their_store_prepares(counter: Counter) -> None:
    counter.place()
    amended = amend(counter, key=counter.shop.associate, lines=lines(BOOK=1))
    assert (amended.status_code, amended.json["delta_minor"]) == (201, BOOK)
    channel = text("SELECT facts ->> 'channel' FROM event WHERE name = 'order.amended.v1'")
    assert counter.session.execute(channel).scalar_one() == "store"


@pytest.mark.parametrize(("before", "now"), [("lyon", "paris"), ("paris", "lyon")])
def test_another_total_names_what_each_article_comes_to_though_it_was_had_elsewhere_before(
    counter: Counter, before: str, now: str
) -> None:
    counter.place(store=before)
    counter.session.execute(text("UPDATE fulfillment SET promised_at = promised_at + '9 days'"))
    assert amend(counter, store=now).status_code == 201
    other = amend(counter, version=2, lines=lines(BOOK=1), seen_total_minor=1)
    assert problem(other) == (409, "price-changed")
    assert other.json["lines"] == {"TENT-2P": TENT, "MUG-BLUE": 2 * MUG, "BOOK": BOOK}
