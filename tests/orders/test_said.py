"""What else a customer says of an order: the company it is for, and a note for who works on it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from notifications import gateway
from notifications.gateway import MessagingSettings
from tests.conftest import Shop, as_key, order_body
from tests.orders.bringing import brought_body, trust
from tests.orders.conftest import Counter
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.orders.test_letters import letters
from tests.unmoved import nothing_moves, problem

COMPANY = {"name": "Atelier Mirabelle", "siren": "732 829 320 00074"}
KEPT = {"name": "Atelier Mirabelle", "siren": "732829320", "vat_number": "FR44732829320"}
NOTE = "Sonnez chez la gardienne"


@pytest.fixture(autouse=True)
def mail() -> Iterator[None]:
    """Letters could be sent; none is."""
    before = gateway.settings()
    gateway.configure(MessagingSettings("smtp://nowhere.test", public_url="http://shop.test"))
    yield
    gateway.configure(before)


def read(counter: Counter) -> dict[str, Any]:
    """Return the order at hand as an agent reads it."""
    path = f"/api/v1/orders/{counter.order['id']}"
    return dict(counter.client.get(path, headers=as_key(counter.shop.agent)).json)


def say(counter: Counter, note: str, key: str) -> Any:
    path = f"/api/v1/orders/{counter.order['id']}/note"
    return counter.client.put(path, json={"note": note}, headers=as_key(key))


def test_an_order_keeps_its_company_and_its_note_whichever_door_it_came_in_by(
    counter: Counter, session: Session, shop: Shop
) -> None:
    have_ship(session, shop.paris)
    open_way(session)
    session.commit()
    said = {"company": COMPANY, "note": f" {NOTE}  "}
    assert counter.place(**said).status_code == 201
    assert (read(counter)["company"], read(counter)["note"]) == (KEPT, NOTE)

    body = delivery_body({"BOOK": 1}, channel="phone")
    counter.order = counter.ask("orders/deliveries", {**body, **said}, key=shop.agent).json
    assert (read(counter)["company"], read(counter)["note"]) == (KEPT, NOTE)

    cart = {"store": "lyon", "channel": "phone", "items": [{"sku": "BOOK", "quantity": 1}]}
    basket = counter.ask("carts", cart, key=shop.agent).json
    buyer = {"channel": "phone", "customer": order_body()["customer"], **said}
    headers = as_key(shop.agent) | {"If-Match": str(basket["version"])}
    path = f"/api/v1/carts/{basket['token']}/order"
    counter.order = counter.client.post(path, json=buyer, headers=headers).json
    assert (read(counter)["company"], read(counter)["note"]) == (KEPT, NOTE)

    brought = counter.ask(
        "orders/brought", brought_body("W-7", **said), key=trust(session, "eshop")
    )
    assert brought.status_code == 201, brought.text
    counter.order = brought.json["order"]
    assert (read(counter)["company"], read(counter)["note"]) == (KEPT, NOTE)
    stored = session.execute(text("SELECT string_agg(body::text, ' ') FROM stored_answer"))
    assert NOTE not in stored.scalar_one()


def test_a_company_whose_number_cannot_be_one_is_refused_and_nothing_is_ordered(
    counter: Counter, connection: Connection
) -> None:
    for wrong in ({"siren": "732829321"}, {"vat_number": "FR00732829320"}):
        with nothing_moves(connection):
            answer = counter.place(company={"name": "Atelier", **wrong})
            assert problem(answer) == (422, "unreadable-company")
            assert answer.json["field"] == next(iter(wrong))
    with nothing_moves(connection):
        assert counter.place(note="x" * 201).status_code == 422
        assert counter.place(company={"siren": "732829320"}).status_code == 422


def test_a_note_is_changed_by_whoever_sees_the_order_until_nothing_of_it_is_open(
    counter: Counter, session: Session, connection: Connection, shop: Shop
) -> None:
    counter.place(note=NOTE)
    version = read(counter)["version"]
    changed = say(counter, "Code 12B", shop.associate)
    assert changed.status_code == 200, changed.text
    parcels = counter.client.get(
        "/api/v1/fulfillments?store=lyon", headers=as_key(shop.associate)
    ).json["fulfillments"]
    assert [each["note"] for each in parcels] == ["Code 12B"]
    assert read(counter)["version"] == version
    with nothing_moves(connection):
        assert problem(say(counter, "Non", shop.paris_associate)) == (404, "unknown-order")
    assert say(counter, "", shop.agent).status_code == 200
    assert read(counter)["note"] is None
    told = session.execute(
        text("SELECT actor_kind, facts FROM event WHERE name = 'order.noted.v1' ORDER BY id")
    )
    assert [(kind, [*facts]) for kind, facts in told] == [
        ("associate", ["order_id"]),
        ("agent", ["order_id"]),
    ]
    counter.do("cancel")
    with nothing_moves(connection):
        assert problem(say(counter, NOTE, shop.agent)) == (409, "too-late-to-amend")


def test_letters_say_the_company_by_its_numbers_and_by_its_name_once_it_is_paid(
    counter: Counter, session: Session
) -> None:
    counter.place(company={**COMPANY, "name": "Gagnez http://leurre.test"})
    (letter,) = letters(session)
    for body in (letter.text, letter.page):
        said = re.sub(r"\s+", " ", body)
        assert "Pour l’entreprise" in said
        assert "SIREN 732829320, FR44732829320" in said
        assert "leurre" not in said
        assert NOTE not in said
    for step in ("accept", "pick"):
        assert counter.do(step).status_code == 200
    counter.do("pick", {"items": [{"sku": "MUG-BLUE", "quantity": 2}]})
    assert counter.do("ready").status_code == 200
    assert counter.hand_over(fulfillment_id=counter.parcel).status_code == 201
    receipt = letters(session)[-1]
    assert "Gagnez http://leurre.test, SIREN 732829320" in receipt.text
