"""Who comes: somebody the customer sends, the customer in their car, or later than they meant."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

import orders.services
import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import order_token
from orders.queries import LAST_DAY
from stores.commands import StoreMethod
from tests.flows.test_web_order import code_in, read_picture
from tests.support.trade import Trade
from tests.support.vendors import Vendors


@pytest.mark.matter("collector", "web")
def test_somebody_the_customer_sends_collects_with_a_code_of_their_own(
    trade: Trade, vendors: Vendors
) -> None:
    sku, staff = trade.list_article(units=5), trade.place_of_work.shop.associate
    owner, paul, eve = (f"{secrets.token_hex(6)}@example.org" for _ in range(3))
    placed = order(trade, sku, email=owner)
    send(trade, placed, "Petit", paul)
    withdrawn = send(trade, placed, "Eve", eve)
    trade.prepare(placed["fulfillment_id"], {sku: 2})

    mine = vendors.wait_for(owner, "C’est prêt")
    theirs = vendors.wait_for(paul, "à retirer")
    dead = vendors.wait_for(eve, "à retirer")
    assert len({code_in(each["text"]) for each in (mine, theirs, dead)}) == 3
    assert "/orders/" not in theirs["text"] + theirs["html"]
    assert "Durand" not in theirs["text"] + theirs["html"]
    as_customer(trade, placed, f"orders/{placed['id']}/proxies/{withdrawn}/withdraw")

    refused = trade.post("/hand-overs/check", at_lyon(dead), key=staff)
    assert (refused.status_code, refused.json()["why"]) == (409, "proxy-withdrawn")
    check = trade.post("/hand-overs/check", at_lyon(theirs), key=staff).json()
    assert (check["holder"], check["holder_name"]) == ("proxy", "Petit")
    taken = trade.post("/hand-overs", {**at_lyon(theirs), "ticket_number": "T-1"}, key=staff)
    assert (taken.status_code, taken.json()["status"]) == (201, "handed_over")

    vendors.wait_for(owner, "retirée pour vous")
    assert [each["subject"] for each in vendors.received(paul)] == [theirs["subject"]]
    again = trade.post("/hand-overs", {**at_lyon(mine), "ticket_number": "T-2"}, key=staff)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-collected")
    assert trade.place_of_work.broken() == []


def test_a_customer_in_the_car_is_seen_served_and_refuses_one_of_two(
    trade: Trade, vendors: Vendors
) -> None:
    tent, mug = trade.list_article(units=5), trade.list_article(units=5)
    staff = trade.place_of_work.shop.associate
    with trade.place_of_work.inside(), transaction() as session:
        stores.services.set_method(
            session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM
        )
    email = f"{secrets.token_hex(6)}@example.org"
    placed = order(trade, tent, mug, email=email, method="drive")
    trade.prepare(placed["fulfillment_id"], {tent: 2, mug: 2})
    message = vendors.wait_for(email, "C’est prêt")
    parcel = f"fulfillments/{placed['fulfillment_id']}"

    as_customer(trade, placed, f"{parcel}/on-my-way")
    here = as_customer(trade, placed, f"{parcel}/arrived", {"bay": "4", "vehicle": "Twingo"})
    again = as_customer(trade, placed, f"{parcel}/arrived", {"bay": "4"})
    assert (here["bay"], again["arrived_at"]) == ("4", here["arrived_at"])

    refused = [{"sku": mug, "quantity": 1, "reason": "changed_mind"}]
    body = {"store": "lyon", "qr": read_picture(message), "refused": refused}
    due = trade.post("/hand-overs/check", body, key=staff).json()
    assert (due["due_minor"], due["quantities"]) == (3000, {tent: 2, mug: 1})
    taken = trade.post("/hand-overs", {**body, "ticket_number": "T-3"}, key=staff)
    assert (taken.status_code, taken.json()["status"]) == (201, "handed_over")

    [waited] = trade.place_of_work.rows(
        "SELECT served_at >= arrived_at AS served, on_my_way_at <= arrived_at AS came, bay"
        " FROM arrival WHERE fulfillment_id = %(id)s",
        id=placed["fulfillment_id"],
    )
    assert waited == {"served": True, "came": True, "bay": "4"}
    assert trade.level(tent) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert trade.level(mug) == {"on_hand": 4, "reserved": 1, "quarantined": 0}
    receipt = vendors.wait_for(email, "retirée")
    assert "30,00" in receipt["text"]


@pytest.mark.matter("longer", "email")
def test_one_press_in_the_last_days_message_keeps_a_parcel_longer(
    trade: Trade, vendors: Vendors
) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    placed = order(trade, sku, email=email)
    trade.prepare(placed["fulfillment_id"], {sku: 2})
    with trade.place_of_work.inside(), transaction() as session:
        parcel = UUID(placed["fulfillment_id"])
        assert orders.services.remind(session, parcel, stage=LAST_DAY)
    before = trade.parcel(placed["fulfillment_id"])["collect_by"]
    message = vendors.wait_for(email, "Dernier jour")
    found = re.search(r"http://shop\.test(/fr/orders/\S+/extend)", message["text"])
    assert found is not None
    assert f"{found[1]}" in message["html"]

    path = urlsplit(found[1]).path
    with httpx.Client(base_url=trade.http.base_url, trust_env=False) as browser:
        page = browser.get(path)
        assert "Garder 3 jours de plus" in page.text
        assert trade.parcel(placed["fulfillment_id"])["collect_by"] == before
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)
        assert csrf is not None
        pressed = browser.post(path, data={"csrf": csrf[1], "form": str(uuid4())})

    assert pressed.status_code == 303
    assert trade.parcel(placed["fulfillment_id"])["collect_by"] > before
    assert trade.place_of_work.broken() == []


def order(trade: Trade, *skus: str, email: str, method: str = "pickup") -> dict[str, Any]:
    """Two of each article, ordered on the web."""
    placed = trade.place(
        dict.fromkeys(skus, 2),
        customer={"first_name": "Chloé", "last_name": "Durand", "email": email},
        method=method,
        language="fr",
    )
    assert placed.status_code == 201, placed.text
    answer: dict[str, Any] = placed.json()
    return answer


def as_customer(
    trade: Trade, placed: dict[str, Any], path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Do something with nothing but the order's link."""
    key = order_token(UUID(placed["id"]))
    response = trade.post(f"/{path}", body or {}, key=key)
    assert response.status_code in {200, 201}, response.text
    answer: dict[str, Any] = response.json()
    return answer


def send(trade: Trade, placed: dict[str, Any], last_name: str, email: str) -> str:
    """Name somebody; return the proxy's id."""
    body = {"last_name": last_name, "email": email}
    return str(as_customer(trade, placed, f"orders/{placed['id']}/proxies", body)["proxy_id"])


def at_lyon(message: dict[str, Any]) -> dict[str, str]:
    """Return what a scan in Lyon says of the picture in a message."""
    return {"store": "lyon", "qr": read_picture(message)}
