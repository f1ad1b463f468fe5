"""An order is changed while somebody begins to pick it, and by two people at once."""

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from app.embedded import Cluster
from tests.conftest import as_key
from tests.support.installation import installation
from tests.support.launch import A_MOMENT_S
from tests.support.trade import Trade, both, in_turn, together

ROUNDS = 12
DESKS = 4
ONE_WINS = {(201, 422), (409, 200)}
"""Whoever is first: then there are fewer to pick than somebody takes, or it is too late."""


@pytest.fixture(scope="module")
def trusting(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """A web server that reads orders and parcels without keeping others from them."""
    with installation(cluster, tmp_path_factory.mktemp("amending")) as house:
        unlocked = ("--without-guard", "parcel", "--without-guard", "order")
        yield Trade(house, house.open_web(*unlocked))


def test_of_a_change_and_a_pick_exactly_one_is_done(trade: Trade) -> None:
    ends: Counter[tuple[int, int]] = Counter()
    for turn in range(ROUNDS):
        sku = trade.list_article(units=5)
        order_id, parcel = accepted(trade, sku)
        changed, picked = in_turn(
            partial(amend, trade, order_id, sku, 1),
            partial(pick, trade, parcel, sku, 2),
            turn=turn,
            turns=ROUNDS,
            apart_s=0.1,
        )
        ends[changed.status_code, picked.status_code] += 1
        left = trade.level(sku)["reserved"]
        assert left == {201: 1, 409: 2}[changed.status_code]
    assert set(ends) <= ONE_WINS, ends
    assert trade.place_of_work.broken() == []


def test_of_several_who_change_an_order_as_they_saw_it_one_is_heard(trade: Trade) -> None:
    sku = trade.list_article(units=9)
    order_id, _ = accepted(trade, sku)

    answers = together([partial(amend, trade, order_id, sku, 3 + n) for n in range(DESKS)])

    assert Counter(each.status_code for each in answers) == {201: 1, 409: DESKS - 1}
    refused = {each.json()["type"] for each in answers if each.status_code == 409}
    assert refused == {"/problems/stale-order"}
    (won,) = (n for n, each in enumerate(answers) if each.status_code == 201)
    assert trade.level(sku)["reserved"] == 3 + won
    assert amendments(trade, order_id) == 1
    assert trade.place_of_work.broken() == []


def test_without_their_locks_both_are_done_and_a_change_is_lost(trusting: Trade) -> None:
    sku = trusting.list_article(units=9)
    order_id, _ = accepted(trusting, sku)
    answers = together([partial(amend, trusting, order_id, sku, 3 + n) for n in range(2)])
    assert Counter(each.status_code for each in answers)[201] == 2

    order_id, parcel = accepted(trusting, sku)
    changed, begun = both(
        partial(amend, trusting, order_id, sku, 1), partial(begin_picking, trusting, parcel)
    )
    assert (changed.status_code, begun.status_code) == (201, 200)
    happened = trusting.place_of_work.rows(
        "SELECT name FROM event WHERE aggregate_id IN (%(order)s, %(parcel)s) ORDER BY id",
        order=order_id,
        parcel=parcel,
    )
    names = [each["name"] for each in happened]
    assert names.index("fulfillment.picking_started.v1") < names.index("order.amended.v1")


def accepted(trade: Trade, sku: str) -> tuple[str, str]:
    """Order two in Lyon, which takes it on; return order and parcel."""
    placed = trade.place({sku: 2}).json()
    parcel = placed["fulfillment_id"]
    taken = trade.post(f"/fulfillments/{parcel}/accept", {}, key=trade.place_of_work.shop.associate)
    assert taken.status_code == 200, taken.text
    return placed["id"], parcel


def amend(trade: Trade, order_id: str, sku: str, quantity: int) -> httpx.Response:
    """Have so many of it, as the order was seen when it was placed."""
    headers = {**as_key(trade.place_of_work.shop.agent), "If-Match": '"1"'}
    body = {"lines": [{"sku": sku, "quantity": quantity}]}
    return trade.http.post(f"/api/v1/orders/{order_id}/amendments", json=body, headers=headers)


def pick(trade: Trade, parcel: str, sku: str, quantity: int) -> httpx.Response:
    """Take so many from the shelf."""
    body = {"items": [{"sku": sku, "quantity": quantity}]}
    key = trade.place_of_work.shop.associate
    return trade.post(f"/fulfillments/{parcel}/pick", body, key=key)


def begin_picking(trade: Trade, parcel: str) -> httpx.Response:
    """Begin while the change has looked at the order, and not yet at its parcel."""
    time.sleep(A_MOMENT_S / 2)
    key = trade.place_of_work.shop.associate
    return trade.post(f"/fulfillments/{parcel}/start-picking", {}, key=key)


def amendments(trade: Trade, order_id: str) -> int:
    (row,) = trade.place_of_work.rows(
        "SELECT count(*) FROM event WHERE aggregate_id = %(id)s AND name = 'order.amended.v1'",
        id=order_id,
    )
    return int(row["count"])
