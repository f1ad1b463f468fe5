"""The shelf is empty: an associate orders to the customer's door, and the parcel is followed."""

import secrets
from typing import Any

from sqlalchemy import text

from kernel.db import transaction
from tests.flows.test_transfers_and_deliveries import do
from tests.orders.doors import ADDRESS, open_way
from tests.support.trade import Trade, as_people_see_it
from tests.support.vendors import Vendors


def empty_shelf(trade: Trade) -> str:
    """Return an article that Lyon has none of and Paris sends."""
    sku, shop = trade.list_article(units=5), trade.place_of_work.shop
    with trade.place_of_work.inside(), transaction() as session:
        session.execute(text("UPDATE location SET ships = true WHERE code = 'paris'"))
        open_way(session)
    items = [{"sku": sku, "quantity": 5}]
    sold = trade.place({sku: 5}).json()
    parcel = f"/fulfillments/{sold['fulfillment_id']}"
    do(trade, f"{parcel}/accept", {})
    do(trade, f"{parcel}/pick", {"items": items})
    do(trade, f"{parcel}/ready", {"bin": "Z1"})
    left = {"store": "lyon", "fulfillment_id": sold["fulfillment_id"], "ticket_number": "T-0"}
    do(trade, "/hand-overs", {**left, "identity_seen": True}, key=shop.associate)
    return sku


def ordered(trade: Trade, sku: str, email: str) -> dict[str, Any]:
    """An associate of Lyon orders two of it to Bordeaux; the till takes the money."""
    shop = trade.place_of_work.shop
    items = [{"sku": sku, "quantity": 2}]
    asked = {"items": items, "postcode": "33000", "store": "lyon", "channel": "store"}
    (option,) = do(trade, "/delivery-options", asked, key=shop.associate)["options"]
    assert [parcel["store"] for parcel in option["parcels"]] == ["paris"]
    assert (option["price_minor"], option["total_minor"]) == (490, 2_490)
    body = {
        "channel": "store",
        "store": "lyon",
        "language": "fr",
        "items": items,
        "customer": {"first_name": "Chloé", "last_name": "Durand", "email": email},
        "address": ADDRESS,
        "delivery_method": "standard",
        "pay_by": "till",
        "seen_total_minor": option["total_minor"],
    }
    order = do(trade, "/orders/deliveries", body, key=shop.associate)
    ticket = {"store": "lyon", "ticket_number": f"T-{secrets.token_hex(4)}"}
    paid = do(trade, f"/orders/{order['id']}/till-payment", ticket, key=shop.associate)
    assert (paid["status"], paid["due_minor"]) == ("new", 0)
    return order


def sent(trade: Trade, order: dict[str, Any], sku: str) -> str:
    """Paris packs it and gives it to the carrier; return the tracking number."""
    paris = trade.place_of_work.shop.paris_associate
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    items = [{"sku": sku, "quantity": 2}]
    do(trade, f"{parcel}/accept", {}, key=paris)
    do(trade, f"{parcel}/pick", {"items": items}, key=paris)
    do(trade, f"{parcel}/pack", {"packages": [{"items": items}]}, key=paris)
    (package,) = trade.get(f"{parcel}/packages", key=paris)["packages"]
    do(trade, f"{parcel}/ship", {}, key=paris)
    return str(package["tracking_number"])


def test_what_the_shelf_lacks_is_brought_from_elsewhere_and_followed_to_the_door(
    trade: Trade, vendors: Vendors
) -> None:
    sku, email = empty_shelf(trade), f"{secrets.token_hex(6)}@example.org"
    order = ordered(trade, sku, email)
    number = as_people_see_it(order["number"])
    told = vendors.wait_for(email, f"{number} bien reçue")
    assert "Paris Bastille" in told["text"]
    assert "24,90" in told["text"]

    tracking = sent(trade, order, sku)

    assert tracking in vendors.wait_for(email, "votre colis est parti")["text"]
    paris = trade.place_of_work.shop.paris_associate
    do(trade, f"/fulfillments/{order['fulfillment_id']}/delivered", {}, key=paris)
    assert "24,90" in vendors.wait_for(email, "colis livré")["text"]
    assert trade.place_of_work.broken() == []


def test_nobody_is_there_and_goods_and_money_come_back(trade: Trade, vendors: Vendors) -> None:
    sku, email = empty_shelf(trade), f"{secrets.token_hex(6)}@example.org"
    order = ordered(trade, sku, email)
    sent(trade, order, sku)
    paris = trade.place_of_work.shop.paris_associate
    parcel = f"/fulfillments/{order['fulfillment_id']}"

    do(trade, f"{parcel}/delivery-failed", {"reason": "absent"}, key=paris)
    vendors.wait_for(email, "pas pu être livré")
    do(trade, f"{parcel}/returned", {"disposition": "restock"}, key=paris)

    with trade.place_of_work.inside(), transaction() as session:
        facts = session.execute(
            text(
                "SELECT facts FROM case_file"
                " WHERE kind = 'money' AND order_id = :id AND closed_at IS NULL"
            ),
            {"id": order["id"]},
        ).scalar_one()
    assert facts["amount_minor"] == 2_490
    assert trade.place_of_work.broken() == []
