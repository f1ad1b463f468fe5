"""Orders by telephone and in the store, and those that nobody collects."""

import secrets
from typing import Any

import pytest

from tests.support.trade import Ready, Trade, as_people_see_it
from tests.support.vendors import Vendors


@pytest.mark.matter("state", "store")
@pytest.mark.matter("collect", "store")
def test_an_order_by_telephone_is_found_by_the_callers_number_and_handed_over(
    trade: Trade, vendors: Vendors
) -> None:
    sku, shop = trade.list_article(units=5), trade.place_of_work.shop
    phone = f"+3363998{secrets.randbelow(10_000):04}"
    body = order(sku, channel="phone", last_name="Whitfield", phone=phone)
    placed = trade.post("/orders", body, key=shop.agent).json()
    number = as_people_see_it(placed["number"])
    vendors.wait_for(phone, number)
    trade.prepare(placed["fulfillment_id"], {sku: 2})

    found = collect_by_what_is_said(trade, said=f"0{phone[3:]}")

    assert found["order_number"] == number
    assert found["customer_name"] == "Whitfield"
    assert trade.level(sku) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_an_order_begun_in_the_store_is_found_by_name_and_handed_over(
    trade: Trade, vendors: Vendors
) -> None:
    sku, shop = trade.list_article(units=5), trade.place_of_work.shop
    name, email = f"Étienne-{secrets.token_hex(4)}", f"{secrets.token_hex(6)}@example.org"
    body = order(sku, channel="store", last_name=name, email=email)
    placed = trade.post("/orders", body, key=shop.associate).json()
    trade.prepare(placed["fulfillment_id"], {sku: 2})

    found = collect_by_what_is_said(trade, said=name.lower().replace("é", "e"))

    assert (found["customer_name"], found["bin"]) == (name, "A7")
    assert found["order_number"] == as_people_see_it(placed["number"])
    vendors.wait_for(email, "retirée")
    assert trade.level(sku) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_a_cancelled_order_is_told_and_its_stock_is_free_once_it_is_put_back(
    trade: Trade, vendors: Vendors
) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    ready = waiting(trade, sku, email)
    vendors.wait_for(email, "C’est prêt")

    assert trade.cancel(ready.order_id).status_code == 200

    vendors.wait_for(email, "annulée")
    assert_refused_at_the_counter(trade, ready, "order-cancelled")
    assert trade.level(sku) == {"on_hand": 5, "reserved": 2, "quarantined": 0}
    assert trade.put_back(sku) == 1
    assert trade.level(sku) == {"on_hand": 5, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_a_parcel_nobody_collects_expires_and_its_stock_is_free_once_it_is_put_back(
    trade: Trade, vendors: Vendors
) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    ready = waiting(trade, sku, email)
    vendors.wait_for(email, "C’est prêt")

    days_pass(trade, ready)

    vendors.wait_for(email, "délai", within_s=40)
    assert trade.parcel(ready.id)["status"] == "expired"
    assert_refused_at_the_counter(trade, ready, "pickup-expired")
    assert trade.level(sku) == {"on_hand": 5, "reserved": 2, "quarantined": 0}
    assert trade.put_back(sku) == 1
    assert trade.level(sku) == {"on_hand": 5, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def order(sku: str, *, channel: str, **customer: str) -> dict[str, Any]:
    """Return an order of two to collect in Lyon."""
    return {
        "channel": channel,
        "store": "lyon",
        "language": "fr",
        "items": [{"sku": sku, "quantity": 2}],
        "customer": customer,
    }


def waiting(trade: Trade, sku: str, email: str) -> Ready:
    """Order two on the web and prepare them."""
    body = order(sku, channel="web", last_name="Durand", email=email)
    placed = trade.post("/orders", body, key=trade.place_of_work.shop.integration).json()
    trade.prepare(placed["fulfillment_id"], {sku: 2})
    return trade.show_pass(placed["id"], placed["fulfillment_id"])


def collect_by_what_is_said(trade: Trade, *, said: str) -> dict[str, Any]:
    """Find the one parcel, check it and hand it over to who paid; return how it was listed."""
    key = trade.place_of_work.shop.associate
    (found,) = trade.get("/stores/lyon/parcels", key=key, said=said)["parcels"]
    counter = {"store": "lyon", "fulfillment_id": found["fulfillment_id"], "identity_seen": True}
    check = trade.post("/hand-overs/check", counter, key=key).json()
    assert (check["found"], check["due_minor"]) == ("search", 2000)
    taken = trade.post("/hand-overs", {**counter, "ticket_number": "T-1"}, key=key)
    assert (taken.status_code, taken.json()["status"]) == (201, "handed_over")
    listed: dict[str, Any] = found
    return listed


def assert_refused_at_the_counter(trade: Trade, ready: Ready, why: str) -> None:
    """Neither QR nor typed code opens the parcel any more."""
    key = trade.place_of_work.shop.associate
    for shown in ({"qr": ready.qr}, {"code": ready.code}):
        body = {"store": "lyon", "ticket_number": "T-1", **shown}
        refused = trade.post("/hand-overs", body, key=key)
        assert (refused.status_code, refused.json()["type"]) == (409, f"/problems/{why}")


def days_pass(trade: Trade, ready: Ready) -> None:
    """The time to collect a parcel is over, and the job that looks for such parcels is due."""
    rows = trade.place_of_work.rows
    rows(
        "UPDATE fulfillment SET collect_by = now() - interval '1 minute' WHERE id = %(id)s",
        id=ready.id,
    )
    rows("UPDATE turn SET due_at = now() WHERE name = 'expire-uncollected'")
