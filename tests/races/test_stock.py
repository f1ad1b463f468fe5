"""A hundred units and three hundred buyers; baskets that lock the same shelves."""

import sys
import time
from collections import Counter
from functools import partial

import httpx
import pytest

from tests.support.trade import Trade, together

BUYERS, UNITS = 300, 100


def test_of_300_buyers_at_once_exactly_100_get_one_of_100_units(
    trade: Trade, capsys: pytest.CaptureFixture[str]
) -> None:
    sku = trade.list_article(units=UNITS)

    began = time.monotonic()
    answers = rush(trade, sku)
    took_s = time.monotonic() - began

    assert Counter(answer.status_code for answer in answers) == {201: UNITS, 409: BUYERS - UNITS}
    refusals = [answer.json() for answer in answers if answer.status_code == 409]
    assert {refusal["type"] for refusal in refusals} == {"/problems/out-of-stock"}
    assert all(refusal["shortages"] == {sku: 0} for refusal in refusals)
    numbers = {answer.json()["number"] for answer in answers if answer.status_code == 201}
    assert len(numbers) == UNITS
    assert trade.level(sku) == {"on_hand": UNITS, "reserved": UNITS, "quarantined": 0}
    assert trade.place_of_work.broken() == []
    with capsys.disabled():
        sys.stdout.write(f"\n{BUYERS} buyers for {UNITS} units: {took_s:.2f} s\n")


def test_without_its_guard_the_same_rush_sells_more_than_there_is(unguarded: Trade) -> None:
    sku = unguarded.list_article(units=UNITS)

    answers = rush(unguarded, sku)

    sold = sum(answer.status_code == 201 for answer in answers)
    assert sold > UNITS
    assert unguarded.level(sku)["reserved"] == sold
    assert "INV-02" in unguarded.place_of_work.broken()


def test_baskets_in_opposite_order_never_deadlock(trade: Trade) -> None:
    first, second = trade.list_article(), trade.list_article()
    baskets = ({first: 1, second: 1}, {second: 1, first: 1})

    def shop_on(place: int) -> list[httpx.Response]:
        return [trade.place(baskets[(place + turn) % 2]) for turn in range(25)]

    answers = [
        answer
        for answers in together([partial(shop_on, place) for place in range(16)])
        for answer in answers
    ]

    assert Counter(answer.status_code for answer in answers) == {201: 400}
    assert trade.level(first)["reserved"] == trade.level(second)["reserved"] == 400
    time.sleep(1.1)  # a session tells its statistics at most once a second
    assert trade.place_of_work.rows(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ) == [{"deadlocks": 0}]
    assert trade.place_of_work.broken() == []


def rush(trade: Trade, sku: str) -> list[httpx.Response]:
    """Return the answers to three hundred buyers who order one unit at the same moment."""
    return together([partial(trade.place, {sku: 1})] * BUYERS)
