"""Persons of a former system: under their id there, with each consent and its proof."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from customers.queries import may_tell
from kernel.actors import SYSTEM
from tests.conftest import Shop, as_key, order_body
from tests.orders.bringing import brought_body, trust
from tests.unmoved import nothing_moves, problem

HOME = {"line1": "12 rue des Lilas", "postcode": "33000", "city": "Bordeaux"}
NEWS = {
    "purpose": "marketing",
    "channel": "email",
    "granted": True,
    "wording": "newsletter-2019-03",
    "proof": "form 88123, double opt-in",
    "source": "account page",
    "given_at": "2019-05-04T10:00:00+02:00",
}


def person(former_id: str = "C-4711", **changes: Any) -> dict[str, Any]:
    return {
        "former_id": former_id,
        **order_body()["customer"],
        "addresses": [HOME],
        "consents": [NEWS],
        **changes,
    }


@pytest.fixture
def key(session: Session, shop: Shop) -> str:
    """The key of the former system."""
    return trust(session, "oldshop", "customers.bring", "orders.bring")


def bring(client: Any, key: str, **said: Any) -> Any:
    return client.post("/api/v1/customers/brought", json=person(**said), headers=as_key(key))


def agrees(session: Session, customer_id: str) -> bool:
    return may_tell(session, UUID(customer_id), purpose="marketing", channel="email")


def test_somebody_of_a_former_system_is_known_by_their_id_and_keeps_what_they_agreed_to(
    client: Any, session: Session, connection: Connection, shop: Shop, key: str
) -> None:
    first = bring(client, key)
    assert first.status_code == 201, first.text
    who = first.json["id"]
    assert first.json == {"id": who, "former_id": "C-4711", "addresses": 1, "consents": 1}
    assert agrees(session, who)
    again = bring(client, key)
    assert (again.status_code, again.json) == (200, {**first.json, "addresses": 0, "consents": 0})
    no = {**NEWS, "granted": False, "proof": "call 12", "given_at": "2024-01-02T10:00:00+01:00"}
    later = bring(client, key, consents=[NEWS, no], addresses=[])
    assert (later.status_code, later.json["consents"]) == (200, 1)
    assert not agrees(session, who)
    told = session.execute(
        text("SELECT proof, wording, source, author_name FROM consent ORDER BY id LIMIT 1")
    ).one()
    assert tuple(told) == (NEWS["proof"], NEWS["wording"], NEWS["source"], "oldshop")
    order = client.post(
        "/api/v1/orders/brought", json=brought_body(payment=None), headers=as_key(key)
    )
    assert order.status_code == 201, order.text
    seen = client.get(f"/api/v1/customers/{who}", headers=as_key(shop.agent)).json
    assert seen["former_ids"] == [{"source": "oldshop", "value": "C-4711"}]
    assert [each["number"] for each in seen["orders"]] == [order.json["order"]["number"]]
    assert [each["line1"] for each in seen["addresses"]] == [HOME["line1"]]


def test_nobody_is_joined_to_another_of_their_household_or_brought_without_proof(
    client: Any, session: Session, connection: Connection, shop: Shop, key: str
) -> None:
    bring(client, key)
    scopes = ["customers.bring"]
    nobody = stores.services.issue_key(session, name="?", scopes=scopes, actor=SYSTEM)[1]
    session.commit()
    with nothing_moves(connection):
        partner = bring(client, key, former_id="C-4712", email="paul@example.org")
        assert problem(partner) == (409, "known-as-another")
        assert partner.json["former_id"] == "C-4711"
        assert problem(bring(client, nobody)) == (403, "untrusted-key")
        assert problem(bring(client, shop.integration)) == (403, "forbidden")
        for lacks in ("proof", "wording", "given_at", "source"):
            consent = {name: said for name, said in NEWS.items() if name != lacks}
            assert problem(bring(client, key, consents=[consent])) == (422, "validation")
        assert problem(bring(client, key, former_id="C-9", phone="12"))[1] == "unreadable-phone"
    alone = bring(client, key, former_id="C-4712", email="paul@example.org", phone=None)
    assert alone.status_code == 201
