"""A reservation without payment: confirmed, tried on, one of two bought at the till; or nobody."""

import secrets
from typing import Any

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import Scope, SetRule
from tests.support.till import Till, line
from tests.support.trade import Trade, as_people_see_it
from tests.support.vendors import Vendors


def test_one_of_two_reserved_articles_is_bought_at_the_till_and_the_other_is_free(
    trade: Trade, vendors: Vendors
) -> None:
    kept, left = trade.list_article(units=3), trade.list_article(units=3)
    placed, email = reserve(trade, kept, left)
    number, parcel = as_people_see_it(placed["number"]), placed["fulfillment_id"]
    asked = vendors.wait_for(email, f"Réservation {number}")
    assert "Vous ne payez rien" in asked["text"]
    assert "rétract" not in asked["text"]
    trade.prepare(parcel, {kept: 1, left: 1})
    ready = vendors.wait_for(email, "C’est prêt")
    assert f"réservation {number}" in ready["subject"]
    assert "vous ne devez rien pour le reste" in ready["text"]

    rung_up = open_till(trade).ring_up(line(kept, 1, 1000, order_number=number))

    assert rung_up.status_code == 201, rung_up.text
    (collected,) = rung_up.json()["hand_overs"]
    assert (collected["outcome"], collected["refusal"]) == ("handed_over", None)
    vendors.wait_for(email, f"Réservation {number} retirée")
    assert trade.parcel(parcel)["status"] == "handed_over"
    assert trade.level(kept) == {"on_hand": 2, "reserved": 0, "quarantined": 0}
    assert trade.put_back(left) == 1
    assert trade.level(left) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    (paid,) = trade.place_of_work.rows(
        "SELECT sum(amount_minor) FROM till_payment WHERE reference_id = %(id)s", id=placed["id"]
    )
    assert paid["sum"] == 1000
    assert trade.place_of_work.broken() == []


def test_a_reservation_no_store_confirms_or_nobody_comes_for_costs_nothing(
    trade: Trade, vendors: Vendors
) -> None:
    sku, other = trade.list_article(units=3), trade.list_article(units=3)
    forgotten, email = reserve(trade, sku)
    passes(trade, forgotten["fulfillment_id"], "accept_by", "lapse-reservations")
    told = vendors.wait_for(email, "annulée", within_s=40)
    assert "n’a pas pu confirmer votre réservation à temps" in told["text"]

    missed, address = reserve(trade, other)
    trade.prepare(missed["fulfillment_id"], {other: 1})
    vendors.wait_for(address, "C’est prêt")
    passes(trade, missed["fulfillment_id"], "collect_by", "expire-uncollected")
    vendors.wait_for(address, "le délai de retrait est passé", within_s=40)
    assert trade.put_back(other) == 1

    for each in (sku, other):
        assert trade.level(each) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    money = trade.place_of_work.rows(
        "SELECT FROM till_payment WHERE reference_id IN (%(a)s, %(b)s)"
        " UNION ALL SELECT FROM obligation WHERE reference_id IN (%(a)s, %(b)s)",
        a=forgotten["id"],
        b=missed["id"],
    )
    assert money == []
    assert trade.place_of_work.broken() == []


def reserve(trade: Trade, *skus: str) -> tuple[dict[str, Any], str]:
    """Reserve one of each in Lyon, which offers it; return the order and the customer's address."""
    with trade.place_of_work.inside(), transaction() as session:
        rule = SetRule(Scope.STORE, "lyon", "reservation", "on")
        stores.services.set_setting(session, rule, actor=SYSTEM)
    email = f"{secrets.token_hex(6)}@example.org"
    customer = {"last_name": "Durand", "email": email}
    placed = trade.place(dict.fromkeys(skus, 1), reservation=True, customer=customer)
    assert placed.status_code == 201, placed.text
    return dict(placed.json()), email


def passes(trade: Trade, parcel: str, deadline: str, job: str) -> None:
    """A deadline of a parcel is over, and the job that looks for such parcels is due."""
    rows = trade.place_of_work.rows
    rows(
        f"UPDATE fulfillment SET {deadline} = now() - interval '1 minute' WHERE id = %(id)s",  # noqa: S608 (one of two columns)
        id=parcel,
    )
    rows("UPDATE turn SET due_at = now() WHERE name = %(job)s", job=job)


def open_till(trade: Trade) -> Till:
    """Enrol a till in Lyon that speaks to the web server."""
    with trade.place_of_work.inside(), transaction() as session:
        name = f"Caisse {secrets.token_hex(3)}"
        till_id, key = stores.services.enrol_terminal(session, "lyon", name=name, actor=SYSTEM)

    def send(method: str, target: str, body: bytes, headers: dict[str, str]) -> Any:
        return trade.http.request(method, target, content=body, headers=headers)

    return Till(str(till_id), key, send)
