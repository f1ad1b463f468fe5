"""Two stores give each other a parcel of the same article at the same moment."""

import secrets
from collections import Counter
from collections.abc import Iterator
from functools import partial

import httpx

from tests.support.trade import Trade, in_turn

TURNS = 16
APART_S = 0.03
WHY = "no_time"
UNAVAILABLE = 503


def test_two_stores_that_give_each_other_a_parcel_never_deadlock(trade: Trade) -> None:
    assert Counter(meet(trade)) == {200: 2 * TURNS}
    assert trade.place_of_work.broken() == []


def test_without_one_order_of_locks_they_deadlock(unguarded: Trade) -> None:
    assert UNAVAILABLE in meet(unguarded), "nobody met: the race is none"


def meet(trade: Trade) -> Iterator[int]:
    """Have both stores give each other a parcel, close together; give what each was answered."""
    skus = [trade.list_article(units=200) for _ in range(6)]
    shop = trade.place_of_work.shop
    for turn in range(TURNS):
        here, there = (ordered(trade, skus, store) for store in ("lyon", "paris"))
        both = in_turn(
            partial(reassign, trade, here, "paris", key=shop.associate),
            partial(reassign, trade, there, "lyon", key=shop.paris_associate),
            turn=turn,
            turns=TURNS,
            apart_s=APART_S,
        )
        yield from (each.status_code for each in both)


def ordered(trade: Trade, skus: list[str], store: str) -> str:
    """Return a new parcel of one of each at a store."""
    customer = {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"}
    placed = trade.place(dict.fromkeys(skus, 1), store=store, customer=customer)
    assert placed.status_code == 201, placed.text
    return str(placed.json()["fulfillment_id"])


def reassign(trade: Trade, parcel: str, store: str, *, key: str) -> httpx.Response:
    """Have a parcel go on at another store, as somebody of the one that has it does."""
    body = {"reason": WHY, "store": store}
    return trade.post(f"/fulfillments/{parcel}/reassign", body, key=key)
