"""Goods that arrive for an order while others want them, and two tablets that ship one delivery."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from app.embedded import Cluster
from kernel.db import transaction
from tests.orders.delivering import DAY, bring
from tests.support.installation import installation
from tests.support.trade import Trade, together

CARRIED, BUYERS = 5, 20


@pytest.fixture(scope="module")
def careless(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """A house that keeps nothing for anybody in the moment it matters."""
    removed = [word for guard in ("carry", "parcel") for word in ("--without-guard", guard)]
    with installation(cluster, tmp_path_factory.mktemp("careless")) as house:
        yield Trade(house, house.open_web(*removed))


def arrive_among_buyers(trade: Trade, sku: str) -> list[httpx.Response]:
    """Transfers for orders arrive in Lyon, where nothing is left, while others want to buy."""
    shop = trade.place_of_work.shop
    item = [{"sku": sku, "quantity": 1}]
    arriving = []
    for _ in range(CARRIED):
        parcel = trade.place({sku: 1}).json()["fulfillment_id"]
        trade.post(f"/fulfillments/{parcel}/accept", {}, key=shop.associate)
        fetch = {"from_store": "paris", "items": item, "expected_on": DAY}
        fetched = trade.post(f"/fulfillments/{parcel}/fetch", fetch, key=shop.associate).json()
        way = f"/transfers/{fetched['transfer_id']}"
        sent = trade.post(f"{way}/send", {"expected_on": DAY}, key=shop.paris_associate)
        assert sent.status_code == 200, sent.text
        arriving.append(partial(trade.post, f"{way}/receive", {"items": item}, key=shop.associate))
    left = trade.level(sku)["on_hand"]
    assert trade.place({sku: left}).status_code == 201
    buyers = [partial(trade.place, {sku: 1})] * BUYERS
    return together([*arriving, *buyers])


def test_what_arrives_for_an_order_is_nobody_elses_for_a_moment(trade: Trade) -> None:
    sku = trade.list_article(units=10)

    answers = arrive_among_buyers(trade, sku)

    assert [answer.status_code for answer in answers[:CARRIED]] == [200] * CARRIED
    assert [answer.status_code for answer in answers[CARRIED:]] == [409] * BUYERS
    level = trade.level(sku)
    assert level == {"on_hand": 10 + CARRIED, "reserved": 10 + CARRIED, "quarantined": 0}


def test_kept_a_moment_later_it_is_sold_to_somebody_else(careless: Trade) -> None:
    sku = careless.list_article(units=10)

    answers = arrive_among_buyers(careless, sku)

    sold = sum(answer.status_code == 201 for answer in answers[CARRIED:])
    assert sold > 0
    level = careless.level(sku)
    assert level["reserved"] == level["on_hand"] + sold
    assert "INV-03" in careless.place_of_work.broken()


def ship_at_once(trade: Trade, sku: str, tablets: int) -> list[httpx.Response]:
    """A packed delivery is given to the carrier on several tablets at once."""
    key = trade.place_of_work.shop.associate
    order: dict[str, Any] = trade.place({sku: 2}).json()
    with trade.place_of_work.inside(), transaction() as session:
        bring(session, order)
    items = [{"sku": sku, "quantity": 2}]
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    for act, body in (
        ("accept", {}),
        ("pick", {"items": items}),
        ("pack", {"packages": [{"items": items}]}),
    ):
        response = trade.post(f"{parcel}/{act}", body, key=key)
        assert response.status_code == 200, response.text
    body = {"ticket_number": f"T-{sku}"}
    return together([partial(trade.post, f"{parcel}/ship", body, key=key)] * tablets)


def test_of_tablets_that_ship_one_delivery_exactly_one_does(trade: Trade) -> None:
    sku = trade.list_article(units=10)

    answers = ship_at_once(trade, sku, 8)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert trade.level(sku) == {"on_hand": 8, "reserved": 0, "quarantined": 0}
    assert shipped(trade, next(each for each in answers if each.status_code == 200)) == 1
    assert trade.place_of_work.broken() == []


def shipped(trade: Trade, answer: httpx.Response) -> int:
    """Return how often it is recorded, and its customer told, that this delivery has left."""
    (row,) = trade.place_of_work.rows(
        "SELECT count(*) AS times FROM event"
        " WHERE name = 'fulfillment.shipped.v1' AND aggregate_id = %(id)s",
        id=answer.json()["id"],
    )
    return int(row["times"])


def test_a_parcel_that_is_only_read_is_shipped_twice(careless: Trade) -> None:
    sku = careless.list_article(units=10)

    answers = ship_at_once(careless, sku, 2)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert shipped(careless, answers[0]) == 2
