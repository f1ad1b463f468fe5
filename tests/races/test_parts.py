"""Orders of parts at the same moment as others: over one shelf, and while a price changes."""

import secrets
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import httpx
import pytest

import catalog.services
from catalog.commands import SetPrice
from kernel.actors import SYSTEM
from kernel.db import transaction
from tests.support.trade import Trade, together

BUYERS: Final = 12
UNITS: Final = 8
TRIES: Final = 40
OLD, NEW = 1000, 1200


def place_parts(trade: Trade, *parts: Mapping[str, int], **changes: Any) -> httpx.Response:
    """Order parts that are all collected in Lyon; each customer is somebody else."""
    body = {
        "parts": [
            {"store": "lyon", "items": [{"sku": sku, "quantity": n} for sku, n in part.items()]}
            for part in parts
        ],
        "customer": {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"},
        **changes,
    }
    return trade.post("/orders", body, key=trade.place_of_work.shop.integration)


def rush(trade: Trade) -> tuple[list[httpx.Response], dict[str, Any]]:
    """Have half order 3 units in two parts, half 2 in one, of 8 there are; return what is left."""
    sku = trade.list_article(units=UNITS)
    two = partial(place_parts, trade, {sku: 2}, {sku: 1})
    one = partial(trade.place, {sku: 2})
    answers = together([two if at % 2 else one for at in range(BUYERS)])
    return answers, trade.level(sku)


def test_parts_of_one_sku_are_all_reserved_or_none_is(trade: Trade) -> None:
    answers, level = rush(trade)

    assert {each.status_code for each in answers} == {201, 409}
    placed = [each.json() for each in answers if each.status_code == 201]
    units = [sum(sum(part["quantities"].values()) for part in each["parcels"]) for each in placed]
    assert set(units) <= {2, 3}
    assert level["reserved"] == sum(units) >= UNITS - 1
    assert level["reserved"] <= UNITS
    assert trade.place_of_work.broken() == []


def test_without_its_guard_parts_are_promised_that_are_not_there(unguarded: Trade) -> None:
    for _try in range(TRIES):
        _answers, level = rush(unguarded)
        if level["reserved"] > UNITS:
            return
    pytest.fail("nobody met: the race is none")


def test_parts_in_opposite_order_wait_for_each_other(trade: Trade) -> None:
    first, second = trade.list_article(units=BUYERS * 2), trade.list_article(units=BUYERS * 2)
    there = partial(place_parts, trade, {first: 1}, {second: 1})
    back = partial(place_parts, trade, {second: 1}, {first: 1})

    answers = together([there if at % 2 else back for at in range(BUYERS)])

    assert Counter(each.status_code for each in answers) == {201: BUYERS}
    assert trade.place_of_work.rows(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ) == [{"deadlocks": 0}]


def reprice(trade: Trade, sku: str) -> None:
    """Have a SKU cost more from now on."""
    house = trade.place_of_work
    with house.inside(), transaction() as session:
        catalog.services.set_prices(
            session,
            [SetPrice(sku, NEW)],
            brand_id=house.shop.brand_id,
            currency="EUR",
            actor=SYSTEM,
        )


def buy_while_it_changes(trade: Trade, **changes: Any) -> tuple[list[httpx.Response], set[int]]:
    """Have twelve order two parts at the old price while it changes; return what was agreed."""
    sku = trade.list_article()
    buyers = [partial(place_parts, trade, {sku: 1}, {sku: 1}, **changes) for _each in range(BUYERS)]
    answers = together([*buyers, partial(reprice, trade, sku)])[:BUYERS]
    late = place_parts(trade, {sku: 1}, {sku: 1}, **changes)
    rows = trade.place_of_work.rows(
        "SELECT unit_price_minor FROM order_line WHERE sku = %(sku)s", sku=sku
    )
    return [*answers, late], {each["unit_price_minor"] for each in rows}


def test_whoever_is_told_one_price_pays_it_or_is_told_both(trade: Trade) -> None:
    answers, prices = buy_while_it_changes(trade, seen_total_minor=2 * OLD)

    refused = [each.json() for each in answers if each.status_code == 409]
    assert {each.status_code for each in answers} <= {201, 409}
    assert answers[-1].status_code == 409
    assert {(each["type"], each["seen_minor"], each["total_minor"]) for each in refused} == {
        ("/problems/price-changed", 2 * OLD, 2 * NEW)
    }
    assert prices <= {OLD}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_somebody_pays_another_price_than_they_were_told(
    unguarded: Trade,
) -> None:
    answers, prices = buy_while_it_changes(unguarded, seen_total_minor=2 * OLD)

    assert {each.status_code for each in answers} == {201}
    assert NEW in prices
