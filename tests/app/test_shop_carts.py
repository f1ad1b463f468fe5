"""A basket on several devices, on the shop's pages: the same one, nothing merged, nothing lost."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.worker import drain
from kernel.links import cart_token
from tests.app.test_shop import CHLOE, HTML, fill, send
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves

CODE = re.compile(r'class="ticket-code">([0-9A-Z]{3}-[0-9A-Z]{3})<')


def plain(response: TestResponse) -> str:
    words = re.sub(r"<[^>]+>", " ", response.text)
    return " ".join(unescape(words).replace("\xa0", " ").replace("\u202f", " ").split())


def look(client: FlaskClient, path: str = "/fr/basket") -> TestResponse:
    return client.get(path, headers=HTML)


def seen(page: TestResponse) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    assert found is not None
    return found[1]


def carry(client: FlaskClient) -> str:
    """Have the code of this browser's basket shown; return it."""
    assert send(client, "/fr/basket/elsewhere").location == "/fr/basket/elsewhere"
    found = CODE.search(look(client, "/fr/basket/elsewhere").text)
    assert found is not None
    return found[1]


def test_two_devices_fill_one_basket_and_what_is_stale_is_said_not_done(
    app: Flask, client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    fill(client, "MUG-BLUE")
    phone = app.test_client()
    fill(phone, "BOOK")
    code = carry(client)
    shown = send(phone, "/fr/baskets", code=code.lower().replace("-", " "))
    assert shown.status_code == 303
    page = look(phone, shown.location)
    assert "Tasse" in page.text
    assert "mis de côté" in plain(page)
    taken = send(phone, shown.location)
    aside = plain(look(phone, taken.location))
    assert re.search(r"Son code est [0-9A-Z]{3}-[0-9A-Z]{3}\.", aside)
    assert "Tasse" in aside
    assert "Carnet" not in aside

    old = seen(look(client))
    fill(phone, "BOOK")  # adding from an article's page is always allowed
    stale = send(client, "/fr/basket/change", seen=old, **{"quantity:MUG-BLUE": "5"})
    assert stale.status_code == 409
    assert "Ce panier a été changé sur un autre appareil" in plain(stale)
    assert "Carnet" in plain(stale)
    rows = connection.execute(
        text(
            "SELECT sku, quantity FROM cart_line l JOIN cart c ON c.id = cart_id"
            " WHERE code = :code ORDER BY sku"
        ),
        {"code": code.replace("-", "")},
    ).all()
    assert [tuple(row) for row in rows] == [("BOOK", 1), ("MUG-BLUE", 1)]
    again = send(client, "/fr/basket/change", seen=seen(stale), **{"quantity:MUG-BLUE": "2"})
    assert again.status_code == 303

    ordered = send(phone, "/fr/checkout", total=3035, **CHLOE)
    assert ordered.status_code == 303
    assert "Ce qui était dans ce panier est commandé." in plain(look(client))
    assert "Ce panier est commandé" in plain(look(client, shown.location))
    fill(client, "BOOK")
    assert connection.execute(
        text(
            "SELECT count(*), count(order_id) FROM cart WHERE id IN (SELECT cart_id FROM"
            " cart_holder)"
        )
    ).one() == (2, 1)


def test_an_adviser_fills_a_basket_and_the_customer_orders_it_from_the_text_message(
    app: Flask, client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    key = shop.agent
    body = {"channel": "phone", "store": "lyon", "items": [{"sku": "TENT-2P", "quantity": 1}]}
    cart = client.post("/api/v1/carts", json=body, headers=as_key(key)).json
    sent = client.post(
        f"/api/v1/carts/{cart['token']}/send", json={"phone": "0639981234"}, headers=as_key(key)
    )
    assert sent.status_code == 200
    drain()
    told = connection.execute(text("SELECT template, channel, status FROM message")).one()
    assert told[:2] == ("cart", "sms")
    customer = app.test_client()
    with nothing_moves(connection):
        page = look(customer, f"/fr/baskets/{cart['token']}")
    assert "89,90 €" in plain(page)
    assert send(customer, f"/fr/baskets/{cart['token']}").status_code == 303
    connection.execute(text("UPDATE price SET amount_minor = 9500 WHERE sku = 'TENT-2P'"))
    dearer = send(customer, "/fr/checkout", total=8990, **CHLOE)
    assert dearer.status_code == 409
    assert "Vous avez vu 89,90 € ; votre panier coûte maintenant 95,00 €" in plain(dearer)
    placed = send(customer, "/fr/checkout", total=9500, **CHLOE)
    assert placed.status_code == 303
    assert "placed=yes" in placed.location
    assert connection.execute(text("SELECT order_id IS NOT NULL FROM cart")).scalar_one()


def test_codes_are_guessed_ten_times_and_links_are_sent_five_times_an_hour(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    fill(client, "BOOK")
    code = carry(client)
    assert send(client, "/fr/baskets", code=code).status_code == 303
    wrong = [send(client, "/fr/baskets", code="ZZZ-ZZZ").status_code for _ in range(11)]
    assert wrong == [422] * 10 + [429]
    assert send(client, "/fr/baskets", code=code).status_code == 429
    bad = send(client, "/fr/basket/send", reach="chloe@")
    assert (bad.status_code, 'value="chloe@"' in bad.text) == (422, True)
    for _ in range(5):
        assert send(client, "/fr/basket/send", reach="lea@example.org").status_code == 303
    over = send(client, "/fr/basket/send", reach="lea@example.org")
    assert over.status_code == 429
    assert "Assez de liens" in plain(over)
    drain()
    told: Any = session.execute(text("SELECT count(*) FROM message WHERE template = 'cart'"))
    assert told.scalar_one() == 5


def test_a_forged_link_opens_no_basket(
    client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    fill(client, "BOOK")
    token = cart_token(connection.execute(text("SELECT id FROM cart")).scalar_one())
    forged = f"{token[:-2]}{'AA' if token[-2:] != 'AA' else 'BB'}"
    for path in (f"/fr/baskets/{forged}", "/fr/baskets/x"):
        assert look(client, path).status_code == 404
        assert send(client, path).status_code == 404
