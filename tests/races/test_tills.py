"""A till, a tablet and the web shop want the same unit; a till tells the same twice at once."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import pytest

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import read_order_number
from tests.support.till import Till, line
from tests.support.trade import Ready, Trade, both, in_turn, together

TURNS = 8
APART_S = 0.4
TRIES = 40


def link_till(trade: Trade) -> Till:
    """Return a new till of Lyon that speaks through this web server."""
    with trade.place_of_work.inside(), transaction() as session:
        terminal_id, key = stores.services.enrol_terminal(
            session, "lyon", name="Caisse 1", actor=SYSTEM
        )

    def send(method: str, target: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return trade.http.request(method, target, content=body, headers=dict(headers))

    return Till(str(terminal_id), key, send)


def number_of(trade: Trade, ready: Ready) -> str:
    (order,) = trade.place_of_work.rows(
        "SELECT number FROM sales_order WHERE id = %(id)s", id=ready.order_id
    )
    return str(order["number"])


def sold(trade: Trade, sku: str) -> int:
    """Return how many orders of a till have this article."""
    (row,) = trade.place_of_work.rows(
        "SELECT count(*) AS n FROM order_line l JOIN sales_order o ON o.id = l.order_id"
        " WHERE l.sku = %(sku)s AND o.channel = 'pos'",
        sku=sku,
    )
    return int(row["n"])


def test_the_same_receipt_sent_by_eight_at_once_is_one_sale(trade: Trade) -> None:
    sku, till = trade.list_article(units=10), link_till(trade)
    receipt = till.receipt(line(sku, 1, 1000))

    answers = together([partial(till.post, "/receipts", receipt)] * 8)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    assert len({answer.json()["order_number"] for answer in answers}) == 1
    assert (sold(trade, sku), trade.level(sku)["on_hand"]) == (1, 9)
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_same_receipt_is_two_sales(unguarded: Trade) -> None:
    sku, till = unguarded.list_article(units=10), link_till(unguarded)
    receipt = till.receipt(line(sku, 1, 1000))

    answers = together([partial(till.post, "/receipts", receipt)] * 2)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert (sold(unguarded, sku), unguarded.level(sku)["on_hand"]) == (2, 8)
    assert "SALE-01" in unguarded.place_of_work.broken()


def test_a_till_sale_and_a_web_order_of_the_last_unit_are_both_facts(trade: Trade) -> None:
    till, placed_ones = link_till(trade), 0
    for turn in range(TURNS):
        sku = trade.list_article(units=1)
        rung_up, placed = in_turn(
            partial(till.ring_up, line(sku, 1, 1000)),
            partial(trade.place, {sku: 1}),
            turn=turn,
            turns=TURNS,
            apart_s=APART_S,
        )
        assert rung_up.status_code == 201, rung_up.text
        assert rung_up.json()["found"] == {}
        assert placed.status_code in {201, 409}
        promised = int(placed.status_code == 201)
        placed_ones += promised
        assert trade.level(sku) == {"on_hand": 0, "reserved": promised, "quarantined": 0}
        shortages = trade.place_of_work.rows(
            "SELECT missing FROM shortage_case WHERE sku = %(sku)s AND closed_at IS NULL", sku=sku
        )
        assert shortages == [{"missing": 1}] * promised
    assert 0 < placed_ones < TURNS, "one side always won: this was no race"
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_last_unit_is_sold_and_promised_and_nobody_is_asked(
    unguarded: Trade,
) -> None:
    till = link_till(unguarded)
    for turn in range(TRIES):
        sku = unguarded.list_article(units=1)
        rung_up, placed = in_turn(
            partial(till.ring_up, line(sku, 1, 1000)),
            partial(unguarded.place, {sku: 1}),
            turn=turn,
            turns=TRIES,
            apart_s=APART_S / 4,
        )
        if {"INV-02", "INV-03"} <= set(unguarded.place_of_work.broken()):
            assert (rung_up.status_code, placed.status_code) == (201, 201)
            return
    pytest.fail("without its guard the last unit never had two owners")


def test_of_till_and_tablet_with_one_parcel_one_hands_over_and_the_other_is_a_conflict(
    trade: Trade,
) -> None:
    till, tablets = link_till(trade), 0
    for turn in range(TURNS):
        sku = trade.list_article(units=10)
        ready = trade.make_ready({sku: 1})
        named = line(sku, 1, 1000, order_number=number_of(trade, ready))

        taken, rung_up = in_turn(
            partial(trade.hand_over, ready, key=trade.place_of_work.shop.associate),
            partial(till.ring_up, named),
            turn=turn,
            turns=TURNS,
            apart_s=APART_S,
        )

        assert rung_up.status_code == 201, rung_up.text
        (told,) = rung_up.json()["hand_overs"]
        by_tablet = taken.status_code == 201
        tablets += by_tablet
        assert told["outcome"] == ("conflict" if by_tablet else "handed_over")
        assert trade.level(sku) == {
            "on_hand": 8 if by_tablet else 9,
            "reserved": 0,
            "quarantined": 0,
        }
        assert sold(trade, sku) == 0
        assert len(conflicts(trade, ready)) == int(by_tablet)
        assert trade.parcel(ready.id)["status"] == "handed_over"
    assert 0 < tablets < TURNS, "one side always won: this was no race"
    assert trade.place_of_work.broken() == []


def conflicts(trade: Trade, ready: Ready) -> list[dict[str, Any]]:
    return trade.place_of_work.rows(
        "SELECT id FROM case_file WHERE kind = 'conflict' AND fulfillment_id = %(id)s", id=ready.id
    )


def test_without_its_guard_till_and_tablet_both_hand_the_parcel_over(unguarded: Trade) -> None:
    till, sku = link_till(unguarded), unguarded.list_article(units=10)
    ready = unguarded.make_ready({sku: 1})
    named = line(sku, 1, 1000, order_number=number_of(unguarded, ready))

    taken, rung_up = both(
        partial(unguarded.hand_over, ready, key=unguarded.place_of_work.shop.associate),
        partial(till.ring_up, named),
    )

    assert (taken.status_code, rung_up.status_code) == (201, 201)
    assert rung_up.json()["hand_overs"][0]["outcome"] == "handed_over"
    assert "INV-15" in unguarded.place_of_work.broken()


def test_goods_of_one_order_brought_back_to_two_tills_at_once_come_back_once(trade: Trade) -> None:
    one, other = link_till(trade), link_till(trade)
    sku = trade.list_article(units=10)
    number = read_order_number(one.ring_up(line(sku, 1, 1000)).json()["order_number"])

    answers = both(
        partial(one.ring_up, line(sku, 1, 1000), kind="return", order_number=number),
        partial(other.ring_up, line(sku, 1, 1000), kind="return", order_number=number),
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 1}
    assert trade.level(sku)["on_hand"] == 10
    assert trade.place_of_work.broken() == []
