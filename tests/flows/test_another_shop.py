"""An order of another shop, from its checkout to the counter: the sample integration at work."""

import secrets
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.support.trade import Trade, as_people_see_it
from tests.support.travel import Clock
from tests.support.vendors import Vendors, eventually

SAMPLE = ROOT / "docs/samples/shop_integration.py"
SCOPES = ("orders.bring", "orders.follow", "orders.cancel")


@pytest.fixture
def key(trade: Trade) -> str:
    """The key another shop is given, as the README says."""
    scopes = [said for scope in SCOPES for said in ("--scope", scope)]
    limits = ("--order-max-minor", "2000", "--day-max-minor", "10000")
    source = f"eshop-{secrets.token_hex(4)}"
    issued = trade.place_of_work.run(
        "key", "issue", "--name", source, "--source", source, *scopes, *limits
    )
    assert issued.returncode == 0, issued.stderr
    return issued.stdout.split()[0]


def bring(trade: Trade, key: str, sku: str, number: str) -> dict[str, Any]:
    body = {
        "number": number,
        "store": "lyon",
        "customer": {"last_name": "Durand", "email": f"{number.lower()}@example.org"},
        "lines": [{"sku": sku, "quantity": 1, "unit_price_minor": 900}],
        "total_minor": 900,
        "payment": {"reference": f"pay-{number}"},
    }
    brought = trade.post("/orders/brought", body, key=key)
    assert brought.status_code == 201, brought.text
    return dict(brought.json()["order"])


@pytest.mark.matter("availability", "external")
@pytest.mark.matter("buy", "external")
@pytest.mark.matter("state", "external")
def test_the_sample_sells_what_a_store_has_and_follows_it_until_its_customer_may_come(
    trade: Trade, vendors: Vendors, key: str
) -> None:
    assert len(SAMPLE.read_text().splitlines()) <= 60
    sku = trade.list_article(units=5)
    with subprocess.Popen(
        [sys.executable, "-I", SAMPLE, str(trade.http.base_url).rstrip("/"), key, sku],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as shop:
        assert shop.stdout is not None
        offer, placed = shop.stdout.readline(), shop.stdout.readline()
        assert offer.startswith("Lyon Croix-Rousse has it"), offer + placed + shop.stdout.read()
        number, ours = placed.split()[0], placed.split()[2]
        order = trade.get("/orders/brought", key=key, number=number)["order"]
        assert order["number"] == ours
        parcel = order["fulfillments"][0]["id"]
        trade.prepare(parcel, {sku: 2})
        told = shop.stdout.read()
    assert shop.returncode == 0, told
    assert [line.split()[1] for line in told.splitlines()] == [
        "order.placed.v1",
        "fulfillment.accepted.v1",
        "fulfillment.picking_started.v1",
        "fulfillment.ready.v1",
    ]
    email = f"{number.lower()}@example.org"
    confirmed, ready = vendors.wait_for(email, "bien reçue"), vendors.wait_for(email, "C’est prêt")
    assert as_people_see_it(ours) in confirmed["subject"]
    for message in (confirmed, ready):
        assert "Vous payez" not in message["text"]
    shown = trade.show_pass(order["id"], parcel)
    taken = trade.post(
        "/hand-overs",
        {"store": "lyon", "qr": shown.qr},
        key=trade.place_of_work.shop.associate,
    )
    assert taken.status_code == 201, taken.text  # without a ticket: nothing is due
    receipt = vendors.wait_for(email, "retirée")
    assert "18,50" in receipt["text"]
    assert trade.level(sku) == {"on_hand": 3, "reserved": 0, "quarantined": 0}


@pytest.mark.matter("cancel", "external")
def test_what_is_called_off_or_never_collected_is_told_to_the_shop_that_took_the_money(
    trade: Trade, vendors: Vendors, clock: Clock, key: str
) -> None:
    clock.go_to("2029-03-05 10:00")
    sku, mark = trade.list_article(units=5), secrets.token_hex(4)
    after = trade.get("/orders/changes/start", key=key)["next"]
    off, left = (bring(trade, key, sku, f"{what}-{mark}") for what in ("OFF", "LEFT"))
    cancelled = trade.post(f"/orders/{off['id']}/cancel", {}, key=key)
    assert cancelled.status_code == 200, cancelled.text
    sorry = vendors.wait_for(f"off-{mark}@example.org", "annulée")
    assert "Ce que vous avez payé vous est rendu." in sorry["text"]
    trade.prepare(left["fulfillments"][0]["id"], {sku: 1})
    vendors.wait_for(f"left-{mark}@example.org", "C’est prêt")
    clock.go_to("2029-03-30 10:00")

    def given_back() -> dict[str, int] | None:
        found = {
            each["external_number"]: each["facts"]["amount_minor"]
            for each in trade.get("/orders/changes", key=key, after=after)["changes"]
            if each["type"] == "order.money_back.v1"
        }
        return found if len(found) == 2 else None

    assert eventually(given_back, within_s=60) == {f"OFF-{mark}": 900, f"LEFT-{mark}": 900}
    assert trade.get("/orders/brought", key=key, number=f"LEFT-{mark}")["back_minor"] == 900
    assert trade.put_back(sku) == 1
    assert trade.level(sku) == {"on_hand": 5, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []
