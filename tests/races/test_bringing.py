"""Orders of another shop at the same moment: one number is one order, and a limit is a limit."""

import secrets
from collections import Counter
from functools import partial
from typing import Final

import httpx
import pytest

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import TrustKey
from tests.support.trade import Trade, together

AT_ONCE: Final = 8
TRIES: Final = 40
PRICE, DAY = 900, 2_000


def trusted(trade: Trade, source: str, *, day_minor: int | None = None) -> str:
    with trade.place_of_work.inside(), transaction() as session:
        key_id, key = stores.services.issue_key(
            session, name=source, scopes=["orders.bring"], actor=SYSTEM
        )
        trust = TrustKey(key_id, source, day_max_minor=day_minor)
        stores.services.trust_key(session, trust, actor=SYSTEM)
    return key


def bring(trade: Trade, key: str, sku: str, number: str) -> httpx.Response:
    body = {
        "number": number,
        "store": "lyon",
        "customer": {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"},
        "lines": [{"sku": sku, "quantity": 1, "unit_price_minor": PRICE}],
        "total_minor": PRICE,
        "payment": {"reference": number},
    }
    return trade.post("/orders/brought", body, key=key)


def rush_to_the_limit(trade: Trade) -> int:
    """Have many orders be brought at once, of which two are within the limit; return how many."""
    sku = trade.list_article()
    key = trusted(trade, f"shop-{secrets.token_hex(4)}", day_minor=DAY)
    answers = together([partial(bring, trade, key, sku, f"W-{at}") for at in range(AT_ONCE)])
    codes = Counter(each.status_code for each in answers)
    assert set(codes) <= {201, 409}, codes
    assert trade.level(sku)["reserved"] == codes[201]
    return codes[201]


def test_one_number_is_one_order_however_many_bring_it_and_whoever_else_buys(trade: Trade) -> None:
    sku, source = trade.list_article(units=3), f"shop-{secrets.token_hex(4)}"
    keys = [trusted(trade, source), trusted(trade, source)]
    same = [partial(bring, trade, keys[at % 2], sku, "WEB-1") for at in range(AT_ONCE)]
    web = [partial(trade.place, {sku: 1}) for _ in range(AT_ONCE // 2)]
    answers = together([*same, *web])
    brought = Counter(each.status_code for each in answers[:AT_ONCE])
    bought = Counter(each.status_code for each in answers[AT_ONCE:])
    assert brought in ({201: 1, 200: AT_ONCE - 1}, {409: AT_ONCE}), brought
    assert brought[201] + bought[201] == 3
    assert trade.level(sku)["reserved"] == 3
    assert trade.place_of_work.broken() == []


def test_no_more_is_brought_in_a_day_than_the_key_may(trade: Trade) -> None:
    assert rush_to_the_limit(trade) == DAY // PRICE


def test_without_its_guard_more_is_brought_than_the_key_may(unguarded: Trade) -> None:
    for _try in range(TRIES):
        if rush_to_the_limit(unguarded) > DAY // PRICE:
            return
    pytest.fail("nobody met: the race is none")
