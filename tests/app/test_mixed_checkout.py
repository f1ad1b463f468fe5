"""The shop's checkout of a basket whose lines go several ways."""

import re
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.worker import drain
from kernel.actors import SYSTEM
from kernel.links import order_token
from notifications.models import Message
from notifications.services.cases import read_case
from notifications.services.rendering import render
from stores.commands import Scope, SetRule
from tests.app.test_choosing import read, send
from tests.app.test_shop import HTML, cards
from tests.conftest import Shop
from tests.orders.doors import have_ship, open_way

__all__ = ["cards"]

BUYER = {
    "first_name": "Chloé",
    "last_name": "Durand",
    "email": "chloe.durand@example.org",
    "phone": "06 39 98 12 34",
    "line1": "12 rue des Lilas",
    "postcode": "33000",
    "city": "Bordeaux",
    "way": "standard",
}
WANTED = {"delivery": "BOOK", "lyon": "TENT-2P", "paris": "MUG-BLUE"}
CARD = "4242 4242 4242 4242"
NOTEBOOK = {"fr": "Carnet", "en": "Notebook"}
PARTS = {"fr": "en 3 parties", "en": "in 3 parts"}


@pytest.fixture
def doors(session: Session, shop: Shop) -> UUID:
    """Paris sends orders to doors."""
    have_ship(session, shop.paris)
    way = open_way(session)
    session.commit()
    return way


def fill(client: FlaskClient, language: str) -> None:
    """Put one of each article into the basket, which leads to the page of its ways."""
    for code, sku in (("TENT", "TENT-2P"), ("MUG", "MUG-BLUE"), ("BOOK", "BOOK")):
        article = read(client, f"/{language}/articles/{code}")
        send(client, article, f"/{language}/basket/add", sku=sku)
    assert f"/{language}/checkout/ways" in read(client, f"/{language}/basket")


def choose(client: FlaskClient, language: str, **ways: str) -> str:
    page = read(client, f"/{language}/checkout/ways")
    said = {f"way:{sku.replace('_', '-')}": way for sku, way in ways.items()}
    chosen = send(client, page, f"/{language}/checkout/ways/choose", **said, postcode="33000")
    assert chosen.status_code == 303, chosen.text
    return read(client, chosen.headers["Location"])


def parcels(session: Session) -> list[Any]:
    rows = session.execute(
        text(
            "SELECT f.method, l.code, f.status, string_agg(b.sku, ' ' ORDER BY b.sku) AS skus"
            " FROM fulfillment f JOIN location l ON l.id = f.location_id"
            " JOIN fulfillment_line b ON b.fulfillment_id = f.id"
            " GROUP BY f.id, l.code ORDER BY 1, 2"
        )
    )
    return [tuple(row) for row in rows]


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen:[a-z]+|goods|total)" value="([0-9a-f]+)"', page))


@pytest.mark.matter("delivery", "web")
@pytest.mark.usefixtures("doors", "cards")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_basket_is_collected_here_and_there_and_brought_as_one_order(
    client: FlaskClient,
    session: Session,
    connection: Connection,
    language: str,
) -> None:
    fill(client, language)
    page = choose(client, language, TENT_2P="lyon", MUG_BLUE="paris", BOOK="door")
    seen = hidden(page)
    assert seen["seen:standard"] == str(8990 + 1290 + 455 + 490)

    address = f"/{language}/checkout/ways"
    forgotten = send(client, page, address, **{**BUYER, "line1": ""}, **seen)
    dearer = send(client, page, address, **BUYER, **{**seen, "seen:standard": "8990"})
    choose(client, language, TENT_2P="paris")
    other = send(client, page, address, **BUYER, **seen)
    assert [each.status_code for each in (forgotten, dearer, other)] == [422, 409, 409]
    assert parcels(session) == []
    page = choose(client, language, TENT_2P="lyon")
    placed = send(client, page, address, **BUYER, **hidden(page))

    page = choose(client, language, TENT_2P="lyon")  # back from the payment page
    placed = send(client, page, address, **BUYER, **hidden(page))
    assert placed.status_code == 303, placed.text
    ended = [each for each in parcels(session) if each[2] == "expired"]
    assert len(ended) == len(WANTED)
    assert [each for each in parcels(session) if each not in ended] == [
        ("delivery", "paris", "pending", "BOOK"),
        ("pickup", "lyon", "pending", "TENT-2P"),
        ("pickup", "paris", "pending", "MUG-BLUE"),
    ]
    paid = httpx.post(placed.headers["Location"], data={"number": CARD}, trust_env=False)
    back = paid.headers["Location"].removeprefix("http://localhost")
    assert client.get(back, headers=HTML).status_code == 303
    drain()
    assert {each[2] for each in parcels(session) if each not in ended} == {"new"}
    order_id = connection.execute(
        text("SELECT order_id FROM fulfillment WHERE status = 'new' LIMIT 1")
    ).scalar_one()
    order = read(client, f"/{language}/orders/{order_token(order_id)}")
    for said in ("Lyon Croix-Rousse", "Paris Bastille", "33000 Bordeaux"):
        assert said in order
    assert "12 rue des Lilas, 33000 Bordeaux" in order
    assert 'name="way:' not in client.get(address, headers=HTML).text  # nothing is left in it
    [letter, sms] = [
        render(each, read_case(session, each))
        for each in session.query(Message).order_by(Message.channel)
    ]
    for said in ("Lyon Croix-Rousse", "Paris Bastille", "Notebook", "4.90", "112.25"):
        assert said.replace("Notebook", NOTEBOOK[language]) in letter.text.replace(",", ".")
    assert PARTS[language] in sms.text


def test_two_stores_without_a_door_are_reserved_without_paying(
    client: FlaskClient, session: Session, doors: UUID
) -> None:
    for store, minutes in (("lyon", 60), ("paris", 30)):
        rule = SetRule(Scope.STORE, store, "remorse_min", minutes)
        stores.services.set_setting(session, rule, actor=SYSTEM)
    session.commit()
    fill(client, "en")
    page = choose(client, "en", TENT_2P="lyon", MUG_BLUE="lyon", BOOK="paris")
    buyer = {name: BUYER[name] for name in ("first_name", "last_name", "email")}

    placed = send(client, page, "/en/checkout/ways", **buyer, **hidden(page), payment="pickup")

    assert placed.status_code == 303, placed.text
    assert parcels(session) == [
        ("pickup", "lyon", "new", "MUG-BLUE TENT-2P"),
        ("pickup", "paris", "new", "BOOK"),
    ]
    assert "Your basket is empty" in read(client, "/en/basket")
    shown = read(client, placed.headers["Location"])
    assert shown.count("Changed your mind?") == 1
    assert shown.count("Cancel it now") == 1
    again = send(client, page, "/en/checkout/ways", **buyer, **hidden(page), payment="pickup")
    assert again.headers["Location"] == placed.headers["Location"]
