"""A customer withdraws somebody they sent while that person stands at the counter."""

import secrets
from functools import partial
from uuid import UUID

import httpx

from kernel.db import transaction
from orders import passes, queries
from tests.support.trade import Trade, in_turn

PAIRS = 16
APART_S = 0.3


def test_who_is_withdrawn_while_collecting_has_it_or_has_not(trade: Trade) -> None:
    sku = trade.list_article()
    given = sum(_collect_or_withdraw(trade, sku, turn) for turn in range(PAIRS))

    assert 0 < given < PAIRS, "one side always won: this was no race"
    assert trade.level(sku)["on_hand"] == 100_000 - given
    assert trade.place_of_work.broken() == []


def test_without_its_guard_a_dead_code_is_believed(unguarded: Trade) -> None:
    sku = unguarded.list_article()

    taken, withdrawn = _race(unguarded, sku, turn=0, turns=2)

    assert (taken.status_code, withdrawn.status_code) == (201, 200)
    assert "PASS-02" in unguarded.place_of_work.broken()


def _collect_or_withdraw(trade: Trade, sku: str, turn: int) -> bool:
    """Return whether the proxy has the goods; if not, they were told why."""
    taken, withdrawn = _race(trade, sku, turn=turn, turns=PAIRS)
    assert withdrawn.status_code == 200
    if taken.status_code == 201:
        return True
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/pass-revoked")
    assert taken.json()["why"] == "proxy-withdrawn"
    return False


def _race(
    trade: Trade, sku: str, *, turn: int, turns: int
) -> tuple[httpx.Response, httpx.Response]:
    ready = trade.make_ready({sku: 1})
    shop = trade.place_of_work.shop
    paul = {"last_name": "Petit", "email": f"{secrets.token_hex(6)}@example.org"}
    named = trade.post(f"/orders/{ready.order_id}/proxies", paul, key=shop.agent)
    path = f"/orders/{ready.order_id}/proxies/{named.json()['proxy_id']}/withdraw"
    with trade.place_of_work.inside(), transaction() as session:
        states = queries.list_passes(session, UUID(ready.id))
        (qr,) = (passes.qr_text(each.facts) for each in states if each.contact_id)
    body = {"store": "lyon", "qr": qr, "ticket_number": "T-1"}

    return in_turn(
        partial(trade.post, "/hand-overs", body, key=shop.associate),
        partial(trade.post, path, {}, key=shop.agent),
        turn=turn,
        turns=turns,
        apart_s=APART_S,
    )
