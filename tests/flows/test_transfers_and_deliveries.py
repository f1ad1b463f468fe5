"""An article comes from another store before it is collected, and an order comes to a door."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from kernel.db import transaction
from tests.orders.delivering import DAY, bring
from tests.support.trade import Trade, as_people_see_it
from tests.support.vendors import Vendors

PATIENCE_S = 20


def ordered(trade: Trade, sku: str, email: str) -> dict[str, Any]:
    """Order two on the web, to collect in Lyon."""
    customer = {"first_name": "Chloé", "last_name": "Durand", "email": email}
    response = trade.place({sku: 2}, customer=customer)
    assert response.status_code == 201, response.text
    return dict(response.json())


def do(trade: Trade, path: str, body: Mapping[str, Any], *, key: str = "") -> dict[str, Any]:
    """Somebody of Lyon, or the holder of another key, does something with success."""
    response = trade.post(path, body, key=key or trade.place_of_work.shop.associate)
    assert response.status_code in {200, 201}, response.text
    return dict(response.json())


def becomes(trade: Trade, parcel: str, status: str) -> None:
    """Wait until a parcel is somewhere: the worker tells it what arrived."""
    until = time.monotonic() + PATIENCE_S
    while trade.parcel(parcel)["status"] != status:
        assert time.monotonic() < until, trade.parcel(parcel)["status"]
        time.sleep(0.1)


def test_an_article_comes_from_another_store_and_is_collected_here(
    trade: Trade, vendors: Vendors
) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    paris = trade.place_of_work.shop.paris_associate
    order = ordered(trade, sku, email)
    parcel = order["fulfillment_id"]
    one = [{"sku": sku, "quantity": 1}]
    vendors.wait_for(email, "bien reçue")

    do(trade, f"/fulfillments/{parcel}/accept", {})
    do(trade, f"/fulfillments/{parcel}/pick", {"items": one})
    fetch = {"from_store": "paris", "items": one, "expected_on": DAY, "reason": "not_found"}
    fetched = do(trade, f"/fulfillments/{parcel}/fetch", fetch)
    told = vendors.wait_for(email, "plus tard que prévu")
    assert "2 mai" in told["text"]
    refused = trade.post(
        f"/fulfillments/{parcel}/ready", {"bin": "A7"}, key=trade.place_of_work.shop.associate
    )
    assert refused.status_code == 409
    transfer = f"/transfers/{fetched['transfer_id']}"
    do(trade, f"{transfer}/send", {"expected_on": DAY}, key=paris)
    do(trade, f"{transfer}/receive", {"items": one})
    becomes(trade, parcel, "accepted")
    do(trade, f"/fulfillments/{parcel}/pick", {"items": one})
    do(trade, f"/fulfillments/{parcel}/ready", {"bin": "A7"})

    vendors.wait_for(email, "C’est prêt")
    ready = trade.show_pass(order["id"], parcel)
    taken = do(trade, "/hand-overs", {"store": "lyon", "qr": ready.qr, "ticket_number": "T-5"})
    assert taken["status"] == "handed_over"
    assert trade.parcel(parcel)["lines"][0]["handed_over"] == 2
    assert trade.level(sku) == {"on_hand": 4, "reserved": 0, "quarantined": 4}
    assert trade.place_of_work.broken() == []


def test_an_order_is_packed_sent_and_delivered_to_a_door(trade: Trade, vendors: Vendors) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    order = ordered(trade, sku, email)
    with trade.place_of_work.inside(), transaction() as session:
        bring(session, order)
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    items = [{"sku": sku, "quantity": 2}]
    number = as_people_see_it(order["number"])

    do(trade, f"{parcel}/accept", {})
    do(trade, f"{parcel}/pick", {"items": items})
    do(trade, f"{parcel}/pack", {"packages": [{"items": items, "weight_g": 900}]})
    key = trade.place_of_work.shop.associate
    (package,) = trade.get(f"{parcel}/packages", key=key)["packages"]
    label = trade.http.get(
        f"/api/v1/packages/{package['id']}/label", headers={"Authorization": f"Bearer {key}"}
    )
    assert (label.status_code, label.headers["Content-Type"]) == (200, "image/svg+xml")
    assert number in label.text
    do(trade, f"{parcel}/ship", {"ticket_number": "T-8"})
    sent = vendors.wait_for(email, "votre colis est parti")
    assert package["tracking_number"] in sent["text"]
    do(trade, f"{parcel}/delivered", {})

    delivered = vendors.wait_for(email, "colis livré")
    assert "20,00" in delivered["text"]
    assert trade.level(sku) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []
