"""One order on four channels: begun online, changed by telephone, paid from a link, collected."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from kernel.db import transaction
from stores.commands import StaffRole
from tests.conftest import order_body
from tests.flows.test_paid_delivery import CARD
from tests.flows.test_transfers_and_deliveries import do
from tests.flows.test_web_order import code_in, new_phone
from tests.support.firm import PASSWORD, Firm, Place, hire, open_firm
from tests.support.pages import Pages, open_browser, open_desk, words
from tests.support.trade import Trade, as_people_see_it
from tests.support.travel import Clock
from tests.support.vendors import Vendors

CHANNELS = ["Boutique en ligne", "Téléphone", "Lien de paiement", "En magasin"]


@pytest.mark.matter("change", "phone")
def test_s09_j5_an_order_begun_online_is_changed_by_telephone_paid_from_a_link_and_collected(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    clock.go_to("2029-04-12 10:05")  # Thursday; the store has just opened
    firm = open_firm(trade, "Alisier")
    store = firm.open_shop()
    tent, rug = (firm.list_article({store.id: 5}) for _ in range(2))
    email, phone = f"{secrets.token_hex(6)}@example.org", new_phone()
    placed = order_online(trade, store, {tent: 1}, email=email, phone=phone)
    number = as_people_see_it(placed["number"])
    vendors.wait_for(email, "bien reçue")

    clock.go_to("2029-04-12 10:20")
    desk = open_desk(trade, hire_agent(trade, firm))
    page = f"/fr/office/orders/{placed['number']}"
    change = {f"n:{tent}": "1", "add_sku": rug, "add_quantity": "2", "reason": "customer_wish"}
    asked = desk.send(f"{page}/amend", **change)
    assert (asked.status_code, "30,00 €" in words(asked.text)) == (200, True), words(asked.text)
    done = desk.send(f"{page}/amend", **change, seen="3000", confirm="yes")
    assert done.status_code == 303, done.text
    changed = vendors.wait_for(email, "modifiée")
    assert number in changed["subject"]
    sent = desk.send(f"{page}/pay-link", on=page)
    assert sent.status_code == 303, sent.text

    clock.go_to("2029-04-12 10:31")
    pay_on_the_phone(trade, link_in(vendors.wait_for(phone, "/pay/")["text"]))

    clock.go_to("2029-04-12 11:15")
    prepare(trade, store, placed["fulfillment_id"], {tent: 1, rug: 2})
    ready = vendors.wait_for(email, "C’est prêt")
    clock.go_to("2029-04-12 17:40")
    counter = {"store": store.code, "code": code_in(ready["text"])}
    check = do(trade, "/hand-overs/check", counter, key=store.key)
    assert check["due_minor"] == 0
    do(trade, "/hand-overs", counter, key=store.key)
    vendors.wait_for(email, "retirée")
    clock.settle()

    told = desk.read(page)
    story = told[told.index("Ce qui s") :]
    steps = [story.index(each) for each in CHANNELS]
    assert steps == sorted(steps), story
    assert "Le client l’a demandé" in story
    assert_one_order(trade, placed, total_minor=3_000)


def order_online(
    trade: Trade, store: Place, items: dict[str, int], *, email: str, phone: str
) -> dict[str, Any]:
    """Order in the shop without a key, to pay when it is collected."""
    body = order_body(
        store=store.code,
        items=[{"sku": sku, "quantity": units} for sku, units in items.items()],
        customer={"first_name": "Chloé", "last_name": "Durand", "email": email, "phone": phone},
    )
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    response = trade.http.post("/api/v1/orders", json=body, headers=headers)
    assert response.status_code == 201, response.text
    return dict(response.json())


def hire_agent(trade: Trade, firm: Firm) -> str:
    """Have somebody at the hotline of this brand; return what they sign in with."""
    email = f"{secrets.token_hex(6)}@{firm.code}.test"
    with trade.place_of_work.inside(), transaction() as session:
        person = {"email": email, "password": PASSWORD, "brand_id": firm.brand_id}
        hire(session, "Luc", StaffRole.AGENT, **person)
    return email


def link_in(text: str) -> str:
    """Return the path of the address to pay at in a message."""
    found = re.search(r"(?:https?://)?shop\.test(/\S*/pay/\S+)", text)
    assert found is not None, text
    return found[1]


def pay_on_the_phone(trade: Trade, link: str) -> None:
    """Open the link in a browser that knows nobody, press its button, type a card, come back."""
    mobile: Pages = open_browser(trade)
    away = mobile.send(link)
    assert away.status_code == 303, away.text
    paid = httpx.post(away.headers["Location"], data={"number": CARD}, trust_env=False)
    back = urlsplit(paid.headers["Location"])
    assert mobile.open(f"{back.path}?{back.query}").status_code == 200


def prepare(trade: Trade, store: Place, parcel: str, items: dict[str, int]) -> None:
    """The store takes it on, picks all of it and lays it into a bin."""
    picked = [{"sku": sku, "quantity": units} for sku, units in items.items()]
    for act, body in (("accept", {}), ("pick", {"items": picked}), ("ready", {"bin": "A7"})):
        do(trade, f"/fulfillments/{parcel}/{act}", body, key=store.key)


def assert_one_order(trade: Trade, placed: dict[str, Any], *, total_minor: int) -> None:
    """There is one order under one number, never called off, with four channels in its events."""
    rows = trade.place_of_work.rows
    orders = rows(
        "SELECT o.number FROM sales_order o JOIN contact c ON c.id = o.contact_id"
        " WHERE c.id = (SELECT contact_id FROM sales_order WHERE id = %(id)s)",
        id=placed["id"],
    )
    assert [each["number"] for each in orders] == [placed["number"].replace("-", "")]
    events = rows(
        "SELECT e.name, e.actor_kind, e.facts ->> 'channel' AS channel FROM event e"
        " WHERE e.aggregate_id IN (%(id)s, %(parcel)s) ORDER BY e.id",
        id=placed["id"],
        parcel=placed["fulfillment_id"],
    )
    names = [each["name"] for each in events]
    assert names.count("order.placed.v1") == 1
    assert not {"order.cancelled.v1", "fulfillment.cancelled.v1"} & set(names)
    said = [each["channel"] for each in events if each["channel"]]
    assert said == ["web", "phone", "link", "store"], events
    captured = rows(
        "SELECT sum(captured_minor)::int AS minor FROM card_payment p"
        " JOIN obligation o ON o.id = p.obligation_id WHERE o.reference_id = %(id)s",
        id=placed["id"],
    )
    assert captured == [{"minor": total_minor}]
    assert trade.place_of_work.broken() == []
