"""What a card cannot take because it is too little: due at the counter, or refused in time."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from app.worker import drain
from kernel.links import order_token
from notifications.models import Message
from notifications.services.cases import read_case
from notifications.services.rendering import render
from orders.services import PlacedOrder
from tests.app.test_shop import HTML, fill, order
from tests.conftest import Shop, as_key, order_body
from tests.orders.delivering import bring
from tests.orders.test_amending_card import owed, prepare
from tests.orders.test_card import pay, place, stripe  # noqa: F401 (asked for by its name)
from tests.unmoved import nothing_moves, problem

BEFORE, SMALL = 11570, 21
TOO_LITTLE = (409, "too-little-for-card")


@pytest.fixture(autouse=True)
def small(session: Session, shop: Shop) -> None:
    """A notebook costs 0.21 EUR."""
    dear = text("UPDATE price SET amount_minor = :minor WHERE sku = 'BOOK'")
    session.execute(dear, {"minor": SMALL})


def add_book(client: FlaskClient, shop: Shop, placed: PlacedOrder) -> Any:
    """Have a notebook besides, as the customer asks for it in the store."""
    return client.post(
        f"/api/v1/orders/{placed.id}/amendments",
        json={"channel": "store", "lines": [{"sku": "BOOK", "quantity": 1}]},
        headers=as_key(shop.associate) | {"If-Match": '"1"'},
    )


def test_what_is_too_little_for_a_card_is_asked_of_none_and_taken_at_the_counter(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    page = f"/{{}}/orders/{order_token(placed.id)}"
    answer = add_book(client, shop, placed)
    assert answer.status_code == 201, answer.text
    drain()
    assert (answer.json["delta_minor"], answer.json["obligation_id"]) == (SMALL, None)
    assert owed(session, placed) == [(1, BEFORE, "authorised", 0)]
    said = {"fr": "vous les payez en magasin", "en": "you pay them in the store"}
    for language, sentence in said.items():
        assert sentence in client.get(page.format(language), headers=HTML).text
    (letter,) = session.query(Message).filter_by(template="amended", channel="email")
    written = " ".join(render(letter, read_case(session, letter)).text.split())
    assert "Vous payez 0,21 € au retrait" in written

    prepare(placed)

    assert owed(session, placed) == [(1, BEFORE, "captured", BEFORE)]
    given: dict[str, Any] = {"fulfillment_id": str(placed.fulfillment_id), "store": "lyon"}
    check = client.post("/api/v1/hand-overs/check", json=given, headers=as_key(shop.associate))
    assert (check.status_code, check.json["due_minor"]) == (200, SMALL)
    given |= {"identity_seen": True, "ticket_number": "T-1"}
    taken = client.post("/api/v1/hand-overs", json=given, headers=as_key(shop.associate))
    assert taken.status_code == 201, taken.text
    assert run_checks() == []


def test_where_nobody_comes_to_a_till_so_little_more_is_refused(
    client: FlaskClient, connection: Connection, session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    bring(session, {"id": placed.id, "fulfillment_id": placed.fulfillment_id})
    session.commit()
    with nothing_moves(connection):
        assert problem(add_book(client, shop, placed)) == TOO_LITTLE


def test_a_whole_order_that_is_too_little_is_not_to_be_paid_by_card(
    client: FlaskClient, connection: Connection, session: Session, shop: Shop
) -> None:
    body = order_body(items=[{"sku": "BOOK", "quantity": 2}])
    headers = as_key(shop.integration)
    with nothing_moves(connection):
        refused = client.post("/api/v1/orders", json=body | {"pay_by": "card"}, headers=headers)
        assert problem(refused) == TOO_LITTLE
    fill(client, "BOOK")
    page = client.get("/fr/checkout", headers=HTML).text
    assert 'value="pickup"' in page
    assert 'value="card"' not in page
    answer = order(client, total=SMALL, payment="card")
    assert answer.status_code == 409
    assert "payez en magasin au retrait" in answer.text
    made = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration)).json
    with nothing_moves(connection):
        link = f"/api/v1/orders/{made['id']}/pay-links"
        assert problem(client.post(link, json={}, headers=as_key(shop.associate))) == TOO_LITTLE
