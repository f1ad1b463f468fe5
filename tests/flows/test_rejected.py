"""A store cannot prepare an order: its customer chooses by the link that reached them."""

import re
import secrets
from typing import Any
from uuid import uuid4

import pytest

from tests.support.trade import Trade, as_people_see_it
from tests.support.vendors import Vendors

ENDED = "Nous n’avons pas trouvé vos articles"


def test_the_customer_collects_at_another_store(trade: Trade, vendors: Vendors) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    placed = rejected(trade, sku, email)
    token = link_in(vendors.wait_for(email, "ne peut pas la préparer")["text"])
    page = trade.http.get(f"/fr/choices/{token}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Paris Bastille" in page.text

    assert choose(trade, token, answer="other_store", store="paris")["answer"] == "other_store"

    told = vendors.wait_for(email, "elle est préparée à Paris Bastille")
    assert as_people_see_it(placed["number"]) in told["subject"]
    fresh = onward(trade, placed["fulfillment_id"])
    collect_in_paris(trade, fresh, sku)
    vendors.wait_for(email, "retirée")
    assert trade.level(sku) == {"on_hand": 5, "reserved": 0, "quarantined": 5}
    assert trade.place_of_work.broken() == []


def test_the_customer_wants_their_money_back(trade: Trade, vendors: Vendors) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    placed = rejected(trade, sku, email)
    token = link_in(vendors.wait_for(email, "ne peut pas la préparer")["text"])

    assert choose(trade, token, answer="refund")["answer"] == "refund"

    vendors.wait_for(email, ENDED)
    assert trade.parcel(placed["fulfillment_id"])["status"] == "cancelled"
    assert trade.place_of_work.broken() == []


def test_the_customer_waits_and_is_served_when_it_is_back(trade: Trade, vendors: Vendors) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    placed = rejected(trade, sku, email)
    token = link_in(vendors.wait_for(email, "ne peut pas la préparer")["text"])
    assert choose(trade, token, answer="wait")["answer"] == "wait"

    came = trade.post(
        "/stores/lyon/receipts",
        {"items": [{"sku": sku, "quantity": 2}]},
        key=trade.place_of_work.shop.manager,
    )
    assert came.status_code == 201, came.text
    comes_round(trade, "serve-waiting")

    vendors.wait_for(email, "elle est préparée à Lyon Croix-Rousse", within_s=40)
    assert trade.parcel(placed["fulfillment_id"])["status"] == "rerouted"
    fresh = trade.parcel(onward(trade, placed["fulfillment_id"]))
    assert (fresh["status"], fresh["lines"][0]["quantity"]) == ("new", 2)
    assert trade.place_of_work.broken() == []


def test_without_an_answer_the_deadline_decides(trade: Trade, vendors: Vendors) -> None:
    sku, email = trade.list_article(units=5), f"{secrets.token_hex(6)}@example.org"
    placed = rejected(trade, sku, email)
    vendors.wait_for(email, "ne peut pas la préparer")
    trade.place_of_work.rows(
        "UPDATE choice SET answer_by = now() - interval '1 minute' WHERE fulfillment_id = %(id)s",
        id=placed["fulfillment_id"],
    )
    comes_round(trade, "answer-overdue")
    vendors.wait_for(email, ENDED, within_s=40)
    assert trade.parcel(placed["fulfillment_id"])["status"] == "cancelled"
    assert trade.place_of_work.broken() == []


def rejected(trade: Trade, sku: str, email: str) -> dict[str, Any]:
    """Order two on the web; Lyon takes it on, and finds nothing on the shelf."""
    customer = {"first_name": "Chloé", "last_name": "Durand", "email": email}
    placed: dict[str, Any] = trade.place({sku: 2}, customer=customer).json()
    parcel, key = placed["fulfillment_id"], trade.place_of_work.shop.associate
    for act, body in (("accept", {}), ("reject", {"reason": "no_stock"})):
        response = trade.post(f"/fulfillments/{parcel}/{act}", body, key=key)
        assert response.status_code == 200, response.text
    return placed


def link_in(text: str) -> str:
    """Return the token of the choice a message links to."""
    found = re.search(r"/fr/choices/(\S+)", text)
    assert found is not None, text
    return found[1]


def choose(trade: Trade, token: str, **said: str) -> dict[str, Any]:
    """Answer with nothing but the link."""
    headers = {"Idempotency-Key": str(uuid4())}
    response = trade.http.post(f"/api/v1/choices/{token}", json=said, headers=headers)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def onward(trade: Trade, parcel: str) -> str:
    """Return the parcel that took over."""
    found = trade.parcel(parcel)["rerouted_to"]
    if found is None:
        pytest.fail("nothing took over")
    return str(found)


def collect_in_paris(trade: Trade, parcel: str, sku: str) -> None:
    """Paris prepares it and hands it over to somebody who shows their identity card."""
    key = trade.place_of_work.shop.paris_associate
    items = {"items": [{"sku": sku, "quantity": 2}]}
    for act, body in (("accept", {}), ("pick", items), ("ready", {"bin": "P1"})):
        response = trade.post(f"/fulfillments/{parcel}/{act}", body, key=key)
        assert response.status_code == 200, response.text
    counter = {
        "store": "paris",
        "fulfillment_id": parcel,
        "identity_seen": True,
        "ticket_number": f"T-{secrets.token_hex(3)}",
    }
    taken = trade.post("/hand-overs", counter, key=key)
    assert taken.status_code == 201, taken.text


def comes_round(trade: Trade, name: str) -> None:
    """A piece of periodic work is due now."""
    trade.place_of_work.rows("UPDATE turn SET due_at = now() WHERE name = %(name)s", name=name)
