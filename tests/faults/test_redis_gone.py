"""Redis is only the doorbell: without it the trade goes on and the news waits."""

import httpx

from tests.support.installation import Installation
from tests.support.trade import Trade
from tests.support.vendors import eventually

SLOWEST_S = 20.0
"""No request waits for Redis; whatever else keeps it waiting is the machine's."""
RECEIVED = "bien reçue"


def test_without_redis_the_trade_goes_on_and_messages_leave_when_it_is_back(
    house: Installation,
) -> None:
    vendors, redis = house.open_vendors(), house.open_redis("redis")
    trade = Trade(house, house.open_web())
    relay = house.start("relay")
    house.start("work")
    sku = trade.list_article()
    trade.place({sku: 1}, customer=customer("before@example.org"))
    vendors.wait_for("before@example.org", RECEIVED)
    took_s: list[float] = []

    def time_it(response: httpx.Response) -> None:
        response.read()
        took_s.append(response.elapsed.total_seconds())

    trade.http.event_hooks["response"].append(time_it)
    redis.close()
    placed = trade.place({sku: 1}, customer=customer("during@example.org"))
    collected = trade.make_ready({sku: 1})
    handed_over = trade.hand_over(collected, key=house.shop.associate)
    health = trade.http.get("/health/ready")

    assert placed.status_code == handed_over.status_code == 201
    assert (health.status_code, health.json()) == (200, {"status": "ok", "degraded": ["redis"]})
    assert max(took_s) < SLOWEST_S, took_s
    eventually(lambda: "Redis does not answer" in relay.log.read_text())
    assert vendors.received("during@example.org") == []
    house.open_redis("redis-again")
    vendors.wait_for("during@example.org", RECEIVED, within_s=120)
    assert trade.http.get("/health/ready").json() == {"status": "ok", "degraded": []}
    assert len(vendors.received("during@example.org")) == 1
    assert house.broken() == []


def customer(email: str) -> dict[str, str]:
    return {"last_name": "Durand", "email": email}
