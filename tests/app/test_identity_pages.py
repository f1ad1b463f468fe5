"""Who somebody is, on the pages of office, tablet and account."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.worker import drain
from tests.app.test_account import browser as browser  # noqa: PLC0414 (a fixture)
from tests.app.test_office import Desk
from tests.app.test_office import desk as desk  # noqa: PLC0414 (a fixture)
from tests.app.test_office import hired as hired  # noqa: PLC0414 (a fixture)
from tests.app.test_tablet import Tablet
from tests.app.test_tablet import device as device  # noqa: PLC0414 (a fixture)
from tests.app.test_tablet import tablet as tablet  # noqa: PLC0414 (a fixture)
from tests.conftest import Shop, as_key, order_body
from tests.customers.test_account_api import Headless
from tests.unmoved import nothing_moves

PERSON = re.compile(r'/en/office/customers/([0-9a-f-]{36})"')


def place(client: FlaskClient, shop: Shop, **who: str) -> dict[str, Any]:
    body = order_body(items=[{"sku": "BOOK", "quantity": 1}])
    body["customer"] = {"first_name": "Zoé", "last_name": "Martin", **who}
    placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.text
    drain()
    return dict(placed.json)


def test_the_office_finds_anything_and_keeps_cards_companies_and_what_somebody_likes(
    client: FlaskClient, connection: Connection, shop: Shop, desk: Callable[[str], Desk]
) -> None:
    order = place(client, shop, email="zoe@example.org")
    luc, sophie = desk("luc"), desk("sophie")
    (person,) = dict.fromkeys(PERSON.findall(luc.open("/en/office/customers?q=martin+zoe").text))
    file = f"/en/office/customers/{person}"
    identity = f"{file}/identity"
    found = luc.read("/en/office/customers?q=book")
    assert all(said in found for said in ("Orders that wait for this article", order["number"]))
    assert sophie.open(identity).status_code == 404
    refused = "SELECT door, seen FROM file_look WHERE NOT seen"
    assert [tuple(each) for each in connection.execute(text(refused))] == [("office", False)]

    def fill(action: str, **fields: str) -> Any:
        return luc.send(f"{file}/{action}", **fields)

    assert fill("cards", number="2099 0001").headers["Location"] == f"{identity}?done=card"
    assert fill("companies", name="Le Pré", siren="303 265 045").status_code == 303
    liked = fill("preferences", store="paris", channel="phone", language="en")
    assert liked.headers["Location"] == f"{identity}?done=liked"
    with nothing_moves(connection):
        wrong = fill("companies", name="Le Pré", siren="303265046")
        assert (wrong.status_code, "nine digits" in wrong.text) == (422, True)
        assert (fill("cards", number="x").status_code, fill("cards").status_code) == (422, 422)
    shown = luc.read(file)
    assert all(said in shown for said in ("20990001", "Le Pré", "By text message"))
    assert luc.open("/en/office/customers?q=20990001").text.count(person) == 1
    assert fill("cards/block", blocked="20990001").headers["Location"].endswith("done=blocked")
    refused = fill("cards", number="20990001")
    assert (refused.status_code, "was blocked" in refused.text) == (422, True)
    (company,) = re.findall(r"companies/([0-9a-f-]{36})/leave", luc.open(identity).text)
    assert fill(f"companies/{company}/leave").headers["Location"].endswith("done=left")
    assert "Le Pré" not in luc.read(file)


def test_pairs_are_looked_at_side_by_side_and_told_apart(
    client: FlaskClient, connection: Connection, shop: Shop, desk: Callable[[str], Desk]
) -> None:
    place(client, shop, phone="06 39 98 12 34")
    place(client, shop, email="dd@example.org", last_name="Dupond")
    place(client, shop, email="dd@example.org", last_name="Dupond", phone="06 39 98 12 34")
    luc, sophie = desk("luc"), desk("sophie")
    pairs = "/en/office/customers/pairs"
    page = luc.open(pairs).text
    one, other = dict.fromkeys(PERSON.findall(page))
    assert "Same telephone number" in page
    assert f"/en/office/customers/{one}/merge?with={other}" in page
    assert "Nobody looks like somebody else" in sophie.read(pairs)
    with nothing_moves(connection):
        assert sophie.send(pairs, one=one, other=other).status_code == 404
        assert luc.send(pairs, one="x", other=other).status_code == 404
    assert luc.send(pairs, one=one, other=other).headers["Location"] == f"{pairs}?done=apart"
    assert "Nobody looks like somebody else" in luc.read(pairs)


def test_a_seller_finds_customers_of_the_store_and_gives_them_the_card_they_hold(
    tablet: Tablet, connection: Connection, shop: Shop
) -> None:
    """A whole number opens the file; a part of a name lists who ordered here."""
    order = place(tablet.client, shop, phone="06 39 98 12 34")

    def ask(said: str) -> Any:
        return tablet.post("/customers", tablet.get("/customers"), said=said)

    listed = ask("marti")
    (path,) = dict.fromkeys(re.findall(r"/en/tablet(/customers/[0-9a-f-]{36})", listed.text))
    assert listed.status_code == 200
    assert "+336•••34" in listed.text
    assert order["number"] in ask("BOOK").text
    for nobody in ("martin paul", "06 39 98 12 35"):
        assert ask(nobody).status_code == 422
    opened = ask("06 39 98 12 34")
    assert opened.headers["Location"] == f"/en/tablet{path}"
    file = tablet.get(path)
    given = tablet.post(f"{path}/cards", file, number="2099 0002")
    assert given.headers["Location"] == f"/en/tablet{path}?did=card"
    with nothing_moves(connection):
        assert tablet.post(f"{path}/cards", tablet.get(path), number="x").status_code == 422
    assert ask("2099-0002").headers["Location"] == f"/en/tablet{path}"
    connection.execute(text("UPDATE loyalty_card SET blocked_at = now(), blocked_by = 'Luc'"))
    blocked = ask("2099-0002")
    assert (blocked.status_code, "was blocked" in blocked.text) == (409, True)


def test_who_is_signed_in_is_offered_the_store_they_like_and_told_as_they_like(
    browser: Any, client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    chloe = browser()
    chloe.sign_in("chloe@example.org")
    with nothing_moves(connection):
        wrong = chloe.send("/en/account/preferences", store="nowhere", channel="")
        assert (wrong.status_code, "Choose one of the stores" in wrong.text) == (422, True)
    kept = chloe.send("/en/account/preferences", store="paris", channel="phone")
    assert kept.headers["Location"].endswith("done=liked")
    page = chloe.open("/en/account/details").text
    assert re.search(r'<option value="paris" selected', page)
    assert re.search(r'<option value="phone" selected', page)
    head = r'class="head-link"[^>]*>(?:(?!</a>).)*Paris'
    assert re.search(head, chloe.open("/en/").text, re.DOTALL)
    assert not re.search(head, browser().open("/en/").text, re.DOTALL)
    program = Headless(client)
    program.sign_in("chloe@example.org")
    liked = {"store": "paris", "channel": "phone", "language": "en"}
    assert program.done("GET", "preferences") == liked
    cleared = program.done("PUT", "preferences", {"language": "fr"})
    assert cleared == {"store": None, "channel": None, "language": "fr"}
