"""A reservation without payment: confirmed, tried on, one of two bought at the till; or nobody."""

import secrets
from typing import Any

import pytest

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import Scope, SetRule
from tests.support.buyers import Shopper, new_shopper, number_in, placed_as
from tests.support.pages import words
from tests.support.till import Till, line
from tests.support.trade import Trade
from tests.support.travel import Clock
from tests.support.vendors import Vendors

CONFIRM_MIN = 15


@pytest.mark.matter("reserve", "web")
@pytest.mark.matter("pay", "pos")
def test_j2_the_store_confirms_in_time_and_one_of_two_articles_is_kept_and_paid_at_the_till(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    kept, left = trade.list_article(units=3), trade.list_article(units=3)
    clock.go_to("2029-05-30 10:00")
    buyer = new_shopper(trade, vendors)
    parcel, order = reserve(trade, buyer, kept, left)
    asked = buyer.told("Vous ne payez rien")["text"]
    assert "rétract" not in asked
    for sku in (kept, left):
        assert trade.level(sku) == {"on_hand": 3, "reserved": 1, "quarantined": 0}

    clock.go_to("2029-05-30 10:14")
    assert trade.parcel(parcel)["overdue"] is False
    trade.prepare(parcel, {kept: 1, left: 1})
    ready = buyer.told("C’est prêt")
    assert f"réservation {number_in(asked)}" in ready["subject"]
    assert "vous ne devez rien pour le reste" in ready["text"]
    assert "jeudi 31 mai, 10 h 14" in words(ready["text"])  # a day, not a week
    clock.go_to("2029-05-30 10:16")
    assert trade.parcel(parcel)["status"] == "ready"

    clock.go_to("2029-05-31 09:50")
    number = number_in(ready["subject"])
    till = open_till(trade, clock)
    (found,) = till.post("/look-ups", {"order_number": number}).json()["parcels"]
    assert [each["collectable"] for each in found["lines"]] == [1, 1]
    rung_up = till.ring_up(line(kept, 1, 1000, order_number=number))
    assert rung_up.status_code == 201, rung_up.text
    (collected,) = rung_up.json()["hand_overs"]
    assert (collected["outcome"], collected["refusal"]) == ("handed_over", None)
    buyer.told(f"Réservation {number} retirée")
    assert trade.parcel(parcel)["status"] == "handed_over"
    assert trade.level(kept) == {"on_hand": 2, "reserved": 0, "quarantined": 0}
    assert trade.put_back(left) == 1
    assert trade.level(left) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert money_of(trade, order) == [{"amount_minor": 1000}]
    assert trade.place_of_work.broken() == []


def test_j2_a_reservation_no_store_confirms_or_nobody_comes_for_costs_nothing(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    sku, other = trade.list_article(units=3), trade.list_article(units=3)
    clock.go_to("2029-06-01 10:00")
    forgotten, missed = new_shopper(trade, vendors), new_shopper(trade, vendors)
    alone, first = reserve(trade, forgotten, sku)
    parcel, second = reserve(trade, missed, other)
    trade.prepare(parcel, {other: 1})
    missed.told("C’est prêt")
    clock.go_to("2029-06-01 10:14")
    assert trade.parcel(alone)["status"] == "new"
    clock.go_to("2029-06-01 10:16")
    told = forgotten.told("annulée")["text"]
    assert "n’a pas pu confirmer votre réservation à temps" in told
    late = trade.post(f"/fulfillments/{alone}/accept", {}, key=trade.place_of_work.shop.associate)
    assert late.status_code == 409

    clock.go_to("2029-06-02 09:59")
    assert trade.parcel(parcel)["status"] == "ready"
    clock.go_to("2029-06-02 10:02")
    missed.told("le délai de retrait est passé")
    assert trade.put_back(other) == 1
    for each in (sku, other):
        assert trade.level(each) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert money_of(trade, first, second) == []
    clock.settle()
    subjects = [each["subject"] for each in vendors.received(missed.email)]
    assert [" ".join(each.split()[:2]) for each in subjects[1:3]] == ["C’est prêt", "Dernier jour"]
    assert (len(vendors.received(forgotten.email)), len(subjects)) == (2, 4)
    assert trade.place_of_work.broken() == []


def reserve(trade: Trade, buyer: Shopper, *skus: str) -> tuple[str, str]:
    """Reserve one of each in Lyon, which offers it; return the parcel and the order."""
    with trade.place_of_work.inside(), transaction() as session:
        for key, value in (("reservation", "on"), ("reservation_confirm_min", CONFIRM_MIN)):
            rule = SetRule(Scope.STORE, "lyon", key, value)
            stores.services.set_setting(session, rule, actor=SYSTEM)
    for sku in skus:
        buyer.put_in(sku)
    placed = buyer.check_out(payment="reserve")
    assert placed.status_code == 303, words(placed.text)
    order = placed_as(trade, number_in(buyer.told("Réservation")["subject"]))
    return order["parcel"], order["id"]


def money_of(trade: Trade, *order_ids: str) -> list[dict[str, Any]]:
    """Return what was paid at tills for these orders, and what cards were to pay."""
    return trade.place_of_work.rows(
        "SELECT amount_minor FROM till_payment WHERE reference_id = ANY(%(ids)s::uuid[])"
        " UNION ALL SELECT amount_minor FROM obligation WHERE reference_id = ANY(%(ids)s::uuid[])",
        ids=list(order_ids),
    )


def open_till(trade: Trade, clock: Clock) -> Till:
    """Enrol a till in Lyon that speaks to the web server; its clock is right."""
    with trade.place_of_work.inside(), transaction() as session:
        name = f"Caisse {secrets.token_hex(3)}"
        till_id, key = stores.services.enrol_terminal(session, "lyon", name=name, actor=SYSTEM)

    def send(method: str, target: str, body: bytes, headers: dict[str, str]) -> Any:
        return trade.http.request(method, target, content=body, headers=headers)

    return Till(str(till_id), key, send, now=lambda: clock.now().timestamp())
