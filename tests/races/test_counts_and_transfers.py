"""Counts, sales, transfers and orders at the same moment, over the same units."""

from collections import Counter
from functools import partial
from typing import Any

import httpx

from tests.support.trade import Trade, together

DAY = "2031-05-02"


def counted(trade: Trade, sku: str, figure: int) -> str:
    """The associate counts so many on the shelf: the count waits for approval."""
    key = trade.place_of_work.shop.associate
    opened = trade.post("/stores/lyon/counts", {"skus": [sku]}, key=key).json()
    items = [{"sku": sku, "counted": figure}]
    trade.post(f"/counts/{opened['count_id']}/enter", {"items": items}, key=key)
    submitted = trade.post(f"/counts/{opened['count_id']}/submit", {}, key=key)
    assert submitted.json()["status"] == "submitted"
    return str(opened["count_id"])


def approve(trade: Trade, count_id: str) -> httpx.Response:
    return trade.post(f"/counts/{count_id}/approve", {}, key=trade.place_of_work.shop.manager)


def sell(trade: Trade, sku: str) -> httpx.Response:
    items = [{"sku": sku, "quantity": 1}]
    key = trade.place_of_work.shop.manager
    return trade.post("/stores/lyon/sales", {"items": items}, key=key)


def count_among_sales(trade: Trade, sku: str) -> list[httpx.Response]:
    """Of 100 units 90 are found; 30 are sold until and 30 while the manager approves."""
    count_id = counted(trade, sku, 90)
    for _ in range(30):
        sell(trade, sku)
    return together(
        [
            *[partial(sell, trade, sku)] * 15,
            partial(approve, trade, count_id),
            *[partial(sell, trade, sku)] * 15,
            *[partial(trade.place, {sku: 1})] * 45,
        ]
    )


def test_what_is_sold_and_ordered_while_a_count_is_approved_counts_once(trade: Trade) -> None:
    sku = trade.list_article(units=100)

    answers = count_among_sales(trade, sku)

    states = Counter(answer.status_code for answer in answers[:31])
    assert states == {201: 30, 200: 1}
    orders = Counter(answer.status_code for answer in answers[31:])
    assert set(orders) <= {201, 409}
    level = trade.level(sku)
    assert level == {"on_hand": 30, "reserved": orders[201], "quarantined": 0}
    missing = {
        case["sku"]: case["missing"]
        for case in trade.get("/stores/lyon/shortages", key=trade.place_of_work.shop.manager)[
            "shortages"
        ]
    }
    assert missing.get(sku, 0) == max(orders[201] - 30, 0)
    assert trade.place_of_work.broken() == []


def test_a_count_that_books_its_figure_forgets_what_was_sold_meanwhile(unguarded: Trade) -> None:
    sku = unguarded.list_article(units=100)

    count_among_sales(unguarded, sku)

    assert unguarded.level(sku)["on_hand"] >= 60
    assert "INV-01" in unguarded.place_of_work.broken()


def send_the_last(trade: Trade, sku: str) -> list[httpx.Response]:
    """Thirty transfers of one unit leave together, of 50 units of which 45 are promised."""
    for _ in range(9):
        assert trade.place({sku: 5}).status_code == 201
    key = trade.place_of_work.shop.associate
    body: dict[str, Any] = {
        "from_store": "lyon",
        "to_store": "paris",
        "items": [{"sku": sku, "quantity": 1}],
    }
    drafts = [trade.post("/transfers", body, key=key).json()["transfer_id"] for _ in range(30)]
    return together(
        [
            partial(trade.post, f"/transfers/{each}/send", {"expected_on": DAY}, key=key)
            for each in drafts
        ]
    )


def test_of_thirty_transfers_only_those_leave_that_find_a_free_unit(trade: Trade) -> None:
    sku = trade.list_article(units=50)

    answers = send_the_last(trade, sku)

    assert Counter(answer.status_code for answer in answers) == {200: 5, 409: 25}
    refusals = [answer.json() for answer in answers if answer.status_code == 409]
    assert all(refusal["shortages"] == {sku: 0} for refusal in refusals)
    assert trade.level(sku) == {"on_hand": 45, "reserved": 45, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_without_the_guard_transfers_take_what_is_promised(unguarded: Trade) -> None:
    sku = unguarded.list_article(units=50)

    answers = send_the_last(unguarded, sku)

    sent = sum(answer.status_code == 200 for answer in answers)
    assert sent > 5
    assert unguarded.level(sku) == {"on_hand": 50 - sent, "reserved": 45, "quarantined": 0}
    assert "INV-03" in unguarded.place_of_work.broken()


def test_transfers_and_buyers_share_the_last_units_without_remainder(trade: Trade) -> None:
    sku = trade.list_article(units=50)
    key = trade.place_of_work.shop.associate
    body: dict[str, Any] = {
        "from_store": "lyon",
        "to_store": "paris",
        "items": [{"sku": sku, "quantity": 5}],
    }
    drafts = [trade.post("/transfers", body, key=key).json()["transfer_id"] for _ in range(5)]

    answers = together(
        [
            *[
                partial(trade.post, f"/transfers/{each}/send", {"expected_on": DAY}, key=key)
                for each in drafts
            ],
            *[partial(trade.place, {sku: 1})] * 60,
        ]
    )

    sent = sum(answer.status_code == 200 for answer in answers[:5])
    sold = sum(answer.status_code == 201 for answer in answers[5:])
    assert 5 * sent + sold == 50
    assert trade.level(sku) == {
        "on_hand": 50 - 5 * sent,
        "reserved": sold,
        "quarantined": 0,
    }
    assert trade.place_of_work.broken() == []
