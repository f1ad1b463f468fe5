"""One basket on two devices: changed by both at once, ordered by both at once."""

from functools import partial
from typing import Any

import httpx

from tests.conftest import as_key, order_body
from tests.support.trade import Trade, both

ROUNDS = 5
WHO = order_body()["customer"]


def test_of_two_changes_at_once_one_is_done_and_the_other_is_shown_what_it_made(
    trade: Trade,
) -> None:
    for _ in range(ROUNDS):
        sku, token = open_cart(trade)
        answers = both(*[partial(change, trade, token, sku, units) for units in (2, 3)])
        (done,) = (each for each in answers if each.status_code == 200)
        (late,) = (each for each in answers if each.status_code == 409)

        assert late.json()["type"] == "/problems/cart-changed"
        assert (late.json()["version"], late.json()["items"]) == (2, done.json()["items"])
        assert read(trade, token) == done.json()
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_second_change_undoes_the_first(unguarded: Trade) -> None:
    sku, token = open_cart(unguarded)
    answers = both(*[partial(change, unguarded, token, sku, units) for units in (2, 3)])
    assert [each.status_code for each in answers] == [200, 200]


def test_a_basket_two_devices_order_at_once_becomes_one_order(trade: Trade) -> None:
    for _ in range(ROUNDS):
        sku, token = open_cart(trade)
        answers = both(*[partial(order, trade, token)] * 2)

        assert sorted(each.status_code for each in answers) == [201, 409]
        assert read(trade, token)["ordered"] is True
        assert trade.level(sku)["reserved"] == 1
    assert trade.place_of_work.broken() == []


def test_without_its_guard_a_basket_is_ordered_twice(unguarded: Trade) -> None:
    sku, token = open_cart(unguarded)
    answers = both(*[partial(order, unguarded, token)] * 2)
    assert [each.status_code for each in answers] == [201, 201]
    assert unguarded.level(sku)["reserved"] == 2


def open_cart(trade: Trade) -> tuple[str, str]:
    """Return a SKU of which one is in a fresh basket for Lyon, and the basket's token."""
    sku = trade.list_article()
    body = {"store": "lyon", "items": [{"sku": sku, "quantity": 1}]}
    opened = trade.post("/carts", body, key=trade.place_of_work.shop.integration)
    return sku, opened.json()["token"]


def read(trade: Trade, token: str) -> dict[str, Any]:
    """Return a basket as it is."""
    return dict(trade.get(f"/carts/{token}", key=trade.place_of_work.shop.integration))


def change(trade: Trade, token: str, sku: str, units: int) -> httpx.Response:
    """Have so many in a basket, as one who saw its first version."""
    headers = as_key(trade.place_of_work.shop.integration) | {"If-Match": "1"}
    body = {"items": [{"sku": sku, "quantity": units}]}
    return trade.http.patch(f"/api/v1/carts/{token}", json=body, headers=headers)


def order(trade: Trade, token: str) -> httpx.Response:
    """Order a basket, as one who saw its first version."""
    headers = as_key(trade.place_of_work.shop.integration) | {"If-Match": "1"}
    return trade.http.post(f"/api/v1/carts/{token}/order", json={"customer": WHO}, headers=headers)
