"""Two stores that have what the other lacks gather from each other at the same moment.

For orders of one part, and for orders of which another part is collected at that other store.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx
import pytest
from sqlalchemy import text

import orders.services
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import Channel, Method, SetRules
from tests.conftest import order_body
from tests.support.trade import Trade, in_turn

TURNS = 16
APART_S = 0.06
TRIES = 10
UNAVAILABLE = 503


@contextmanager
def gathering(trade: Trade) -> Iterator[None]:
    """What somebody orders by phone and their store lacks is brought there by the other."""
    limits = {"after_partial": "transfer", "after_none": "transfer"}
    said = SetRules("Phone", Method.PICKUP, [{"rank": "distance"}], limits, channel=Channel.PHONE)
    ships = text("UPDATE location SET ships = :ships WHERE code IN ('lyon', 'paris')")
    with trade.place_of_work.inside(), transaction() as session:
        rules_id = orders.services.set_rules(session, said, actor=SYSTEM)
        session.execute(ships, {"ships": True})
    yield
    with trade.place_of_work.inside(), transaction() as session:
        orders.services.end_rules(session, rules_id, actor=SYSTEM)
        session.execute(ships, {"ships": False})


def halves(trade: Trade) -> list[str]:
    """Return two new SKUs, the first of which is in Lyon alone, the second in Paris alone."""
    shop, skus = trade.place_of_work.shop, []
    with trade.place_of_work.inside(), transaction() as session:
        for location_id in (shop.lyon, shop.paris):
            skus.append(f"H-{secrets.token_hex(6)}".upper())
            article = ListSku(skus[-1], skus[-1], {"fr": skus[-1]}, 1000, "EUR", 2000)
            list_skus(session, [article], brand_id=shop.brand_id)
            receive(session, location_id=location_id, quantities={skus[-1]: 99}, actor=SYSTEM)
    return skus


def order(trade: Trade, skus: list[str], store: str) -> httpx.Response:
    customer = {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"}
    items = [{"sku": sku, "quantity": 1} for sku in skus]
    body = order_body(items=items, customer=customer, channel="phone", store=store)
    return trade.post("/orders", body, key=trade.place_of_work.shop.agent)


def order_mixed(trade: Trade, skus: list[str], store: str) -> httpx.Response:
    """Collect both at the store, and at the other one what that has itself."""
    customer = {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"}
    other, own = ("paris", skus[1]) if store == "lyon" else ("lyon", skus[0])
    parts = [
        {"store": store, "items": [{"sku": sku, "quantity": 1} for sku in skus]},
        {"store": other, "items": [{"sku": own, "quantity": 1}]},
    ]
    body = {"parts": parts, "customer": customer, "channel": "phone"}
    return trade.post("/orders", body, key=trade.place_of_work.shop.agent)


def meet(trade: Trade, place: Callable[[Trade, list[str], str], httpx.Response]) -> Iterator[int]:
    """Have both stores gather from each other, close together; give what each was answered."""
    skus = halves(trade)
    for turn in range(TURNS):
        orders_ = (partial(place, trade, skus, store) for store in ("lyon", "paris"))
        both = in_turn(*orders_, turn=turn, turns=TURNS, apart_s=APART_S)
        yield from (each.status_code for each in both)


@pytest.mark.parametrize("place", [order, order_mixed])
def test_two_stores_that_gather_from_each_other_never_deadlock(
    trade: Trade, place: Callable[[Trade, list[str], str], httpx.Response]
) -> None:
    with gathering(trade):
        answers = Counter(meet(trade, place))
    assert answers == {201: 2 * TURNS}
    assert trade.place_of_work.broken() == []


@pytest.mark.parametrize("place", [order, order_mixed])
def test_without_one_order_of_locks_they_deadlock(
    unguarded: Trade, place: Callable[[Trade, list[str], str], httpx.Response]
) -> None:
    with gathering(unguarded):
        met = any(
            status == UNAVAILABLE for _try in range(TRIES) for status in meet(unguarded, place)
        )
    assert met, "nobody met: the race is none"
