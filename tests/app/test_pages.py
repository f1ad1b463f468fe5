"""Pages: the shopper's order by its link, the store's board, the back office."""

import re
from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection

from kernel.links import order_token
from orders.passes import read_qr
from tests.conftest import Shop, as_key, order_body
from tests.support.qr import scan_qr
from tests.unmoved import nothing_moves

HTML = {"Accept": "text/html"}
NASTY = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{event.__init__.__globals__}",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(1)",
]


def basic(key: str) -> dict[str, str]:
    """Return the headers of a browser that was asked for a password."""
    return {**HTML, "Authorization": "Basic " + b64encode(f"any:{key}".encode()).decode()}


@pytest.fixture
def placed(client: Any, shop: Shop) -> dict[str, Any]:
    response = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
    return dict(response.json)


def make_ready(client: Any, shop: Shop, placed: dict[str, Any]) -> None:
    for command, body in (
        ("accept", None),
        ("pick", {"items": order_body()["items"]}),
        ("ready", {"bin": "A7"}),
    ):
        done = client.post(
            f"/api/v1/fulfillments/{placed['fulfillment_id']}/{command}",
            json=body,
            headers=as_key(shop.associate),
        )
        assert done.status_code == 200, done.text


def qr_of(page: str) -> str:
    picture = re.search(r'src="data:image/png;base64,([^"]+)"', page)
    assert picture is not None
    return scan_qr(Image.open(BytesIO(b64decode(picture[1]))))


FORM_ID = re.compile(r'name="form" value="[^"]+"')
"""Each form that is shown has an id of its own."""


def test_the_order_page_speaks_french_and_english(
    client: Any, connection: Connection, placed: dict[str, Any]
) -> None:
    with nothing_moves(connection):
        french = client.get(f"/fr/orders/{placed['access_token']}", headers=HTML)
        english = client.get(f"/en/orders/{placed['access_token']}", headers=HTML)
    number = f"{placed['number'][:3]}-{placed['number'][3:]}".replace("--", "-")
    for page, language, words in (
        (french, "fr", ("Commande", "Reçue par le magasin", "115,70")),
        (english, "en", ("Order", "Received by the store", "115.70")),
    ):
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
        assert "Tente 2 places" in page.text  # the name agreed when it was ordered in French
        assert number in page.text or placed["number"] in page.text
        assert all(word in page.text for word in words), words


def test_the_code_is_shown_only_when_the_parcel_waits(
    client: Any, connection: Connection, shop: Shop, placed: dict[str, Any]
) -> None:
    path = f"/fr/orders/{placed['access_token']}"
    assert "<img" not in client.get(path, headers=HTML).text
    make_ready(client, shop, placed)
    with nothing_moves(connection):
        page = client.get(path, headers=HTML).text
        again = client.get(path, headers=HTML).text
    assert FORM_ID.sub("", page) == FORM_ID.sub("", again)
    qr = qr_of(page)
    facts = read_qr(qr)
    assert facts is not None
    assert str(facts.fulfillment_id) == placed["fulfillment_id"]
    code = re.search(r'class="ticket-code">([0-9A-Z]{4}-[0-9A-Z]{4})<', page)
    assert code is not None
    for way in ({"qr": qr}, {"code": code[1]}):
        checked = client.post(
            "/api/v1/hand-overs/check",
            json={"store": "lyon", **way},
            headers={"Authorization": f"Bearer {shop.associate}"},
        )
        assert checked.json["fulfillment"]["id"] == placed["fulfillment_id"]
    body = {"store": "lyon", "qr": qr, "ticket_number": "T-1"}
    handed = client.post("/api/v1/hand-overs", json=body, headers=as_key(shop.associate))
    assert handed.status_code == 201
    assert "<img" not in client.get(path, headers=HTML).text


def test_an_order_that_was_called_off_shows_no_code(
    client: Any, shop: Shop, placed: dict[str, Any]
) -> None:
    make_ready(client, shop, placed)
    client.post(
        f"/api/v1/orders/{placed['id']}/cancel", json={}, headers=as_key(placed["access_token"])
    )
    page = client.get(f"/en/orders/{placed['access_token']}", headers=HTML).text
    assert "Cancelled" in page
    assert "<img" not in page


def test_a_link_that_is_not_ours_shows_nothing(
    client: Any, shop: Shop, placed: dict[str, Any]
) -> None:
    token = placed["access_token"]
    nobodys = order_token(type(shop.lyon)("00000000-0000-7000-8000-000000000000"))
    wrong = [token[:-1], token + "A", token.swapcase(), "x", "é", nobodys, placed["id"]]
    wrong += [
        token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in (0, 20, 42)
    ]
    for each in wrong:
        page = client.get(f"/fr/orders/{each}", headers=HTML)
        assert page.status_code == 404, each
        assert "Tente" not in page.text
        assert "Lyon" not in page.text
    assert client.get(f"/de/orders/{token}", headers=HTML).status_code == 404


def test_what_people_type_is_shown_as_text_and_never_run(client: Any, shop: Shop) -> None:
    for at, name in enumerate(NASTY):
        customer = {"first_name": name, "last_name": f"N{at}", "email": "a@example.org"}
        placed = client.post(
            "/api/v1/orders",
            json=order_body(customer=customer, items=[{"sku": "BOOK", "quantity": 1}]),
            headers=as_key(shop.integration),
        )
        assert placed.status_code == 201
        page = client.get(f"/fr/orders/{placed.json['access_token']}", headers=HTML).text
        assert name not in page or not set(name) & set("<>")
        assert "<script>alert" not in page
        assert "<img" not in page


def test_no_page_carries_inline_script_or_style(
    client: Any, shop: Shop, placed: dict[str, Any]
) -> None:
    make_ready(client, shop, placed)
    for path in (
        "/",
        f"/fr/orders/{placed['access_token']}",
        "/fr/tablet/enrol",
        "/fr/office/sign-in",
        "/problems/out-of-stock",
        "/nothing",
    ):
        page = client.get(path, headers=basic(shop.manager)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
