"""A web process is killed in the worst moment: the order is committed, the answer is not sent."""

from uuid import uuid4

import httpx
import pytest

from tests.support.installation import Installation
from tests.support.trade import Trade

CUSTOMER = {"first_name": "Chloé", "last_name": "Durand", "email": "chloe.durand@example.org"}


def test_an_order_whose_answer_was_lost_is_placed_once_however_often_it_is_repeated(
    house: Installation,
) -> None:
    armed, nonce = house.home / "armed", str(uuid4())
    trade = Trade(house, house.open_web("--die-after-placing", str(armed)))
    sku = trade.list_article(units=10)
    armed.touch()

    with pytest.raises(httpx.TransportError):
        trade.place({sku: 1}, nonce=nonce, customer=CUSTOMER)
    assert not armed.exists(), "nobody died"
    first, second = (trade.place({sku: 1}, nonce=nonce, customer=CUSTOMER) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    (order,) = house.rows("SELECT id, number FROM sales_order")
    assert first.json()["id"] == str(order["id"])
    assert first.json()["number"].replace("-", "") == order["number"]
    assert trade.level(sku) == {"on_hand": 10, "reserved": 1, "quarantined": 0}
    assert house.broken() == []
