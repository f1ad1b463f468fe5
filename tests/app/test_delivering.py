"""Fetching from another store, packing and shipping: the tablet's forms and the customer's page."""

import re
from base64 import b64decode
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.cli.check import run_checks
from stores.commands import StaffRole
from tests.app.test_shelf import enter, follow
from tests.app.test_tablet import HTML, Tablet, api, field, place, words
from tests.conftest import Shop, order_body
from tests.orders.delivering import DAY, bring, tell
from tests.unmoved import nothing_moves


@pytest.fixture
def tablet(client: FlaskClient, session: Session, shop: Shop) -> Tablet:
    """The tablet of an associate of Lyon."""
    return enter(client, session, shop, StaffRole.ASSOCIATE, "Inès Morel")


def press(tablet: Tablet, path: str, **fields: Any) -> TestResponse:
    """Send what a page's form says."""
    page = tablet.get(path.partition("?")[0])
    sent = {"csrf": field(page.text, "csrf"), "form": str(uuid4())}
    return tablet.client.post(f"/en/tablet{path}", data={**sent, **fields}, headers=HTML)


def status(tablet: Tablet, order: dict[str, Any]) -> str:
    sql = "SELECT status FROM fulfillment WHERE id = :id"
    return str(tablet.rows(sql, id=order["fulfillment_id"])[0][0])


@pytest.fixture
def picked(tablet: Tablet) -> dict[str, Any]:
    """A delivery whose every line is picked."""
    order = place(tablet)
    bring(tablet.session, order)
    tablet.session.commit()
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    api(tablet, f"{parcel}/accept")
    api(tablet, f"{parcel}/pick", {"items": order_body()["items"]})
    return order


def test_one_article_comes_from_the_store_whose_button_is_pressed(tablet: Tablet) -> None:
    order = place(tablet)
    parcel = f"/parcels/{order['fulfillment_id']}"
    assert f'href="/en/tablet{parcel}/fetch?sku=TENT-2P"' in tablet.get(parcel).text
    asked = tablet.get(f"{parcel}/fetch", sku="TENT-2P")
    assert "1 × Two-person tent" in words(asked)
    assert "Mug" not in words(asked)

    sent = press(
        tablet,
        f"{parcel}/fetch",
        sku="TENT-2P",
        expected_on=DAY,
        reason="not_found",
        **{"from": "paris"},
    )

    page = follow(tablet, sent)
    assert "It comes: the customer is told the new time." in words(page)
    assert "Comes from Paris Bastille: transfer" in words(page)
    assert "not sent yet" in words(page)
    assert status(tablet, order) == "in_transfer"
    assert tablet.rows(
        "SELECT sku, quantity FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id"
    ) == [("TENT-2P", 1)]
    assert "Waits for a transfer" in words(tablet.get("/"))
    assert run_checks() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from": "nowhere", "expected_on": DAY}, "That store has none left."),
        ({"from": "paris", "expected_on": "2020-01-01"}, "It cannot arrive in the past."),
        ({"from": "paris", "expected_on": "soon"}, "Say on which day it arrives."),
    ],
)
def test_what_cannot_be_fetched_is_said_and_moves_nothing(
    tablet: Tablet, connection: Connection, fields: dict[str, str], said: str
) -> None:
    parcel = f"/parcels/{place(tablet)['fulfillment_id']}"
    tablet.session.commit()
    with nothing_moves(connection):
        answer = press(tablet, f"{parcel}/fetch", **fields)
        assert answer.status_code == 422
        assert said in words(answer)


def test_both_ends_of_a_carrying_transfer_see_for_which_order_it_is(
    tablet: Tablet, shop: Shop
) -> None:
    order = place(tablet, store="paris")
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    api(tablet, f"{parcel}/accept", key=shop.paris_associate)
    body = {"from_store": "lyon", "items": [{"sku": "TENT-2P", "quantity": 1}]}
    fetched = api(tablet, f"{parcel}/fetch", body, key=shop.paris_associate)
    shelf = words(tablet.get("/shelf"))
    assert f"To Paris Bastille, for order {order['number']}" in shelf
    page = words(tablet.get(f"/shelf/transfers/{fetched['transfer_id']}"))
    assert "A customer waits for this." in page
    assert order["number"] in page

    other = place(tablet)
    there = f"/fulfillments/{other['fulfillment_id']}"
    api(tablet, f"{there}/accept")
    fetched = api(tablet, f"{there}/fetch", {**body, "from_store": "paris"})
    send = {"expected_on": DAY}
    api(tablet, f"/transfers/{fetched['transfer_id']}/send", send, key=shop.paris_associate)
    page = words(tablet.get(f"/shelf/transfers/{fetched['transfer_id']}"))
    assert f"For order {other['number']}: put it into its bin, not on the shelf." in page


def test_a_delivery_is_packed_labelled_and_given_to_the_carrier(
    tablet: Tablet, picked: dict[str, Any]
) -> None:
    parcel = f"/parcels/{picked['fulfillment_id']}"
    page = tablet.get(parcel)
    assert "12 rue des Lilas, 69001 Lyon" in words(page)
    assert f'href="/en/tablet{parcel}/pack"' in page.text
    contents = {"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "2"}
    more = press(tablet, f"{parcel}/pack", act="more", boxes="1", **contents, **{"kg:0": "2,5"})
    assert more.status_code == 200
    assert 'name="n:1:TENT-2P" value="0"' in more.text
    assert 'name="kg:0" type="text" value="2,5"' in more.text

    contents = {"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "0", "n:1:TENT-2P": "0", "n:1:MUG-BLUE": "2"}
    sent = press(tablet, f"{parcel}/pack", act="pack", boxes="2", **contents, **{"kg:0": "2,5"})
    page = follow(tablet, sent)
    assert status(tablet, picked) == "packed"
    assert "2.5 kg" in words(page)
    assert "€115.70 is still due" in words(page)
    (number, *_) = re.findall(r"LC\d{13}", page.text)
    (label, *_) = re.findall(r"/en/tablet(/print/package/[^\"]+)", page.text)
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', tablet.get(label).text)
    assert picture is not None
    assert number in b64decode(picture[1]).decode()
    assert "Packed: for the carrier" in words(tablet.get("/"))
    assert number in words(tablet.get("/shipped"))

    refused = press(tablet, parcel, act="ship")
    assert refused.status_code == 409
    assert status(tablet, picked) == "packed"
    page = follow(tablet, press(tablet, parcel, act="ship", ticket="T-9"))
    assert "The carrier has it: the customer is told." in words(page)
    page = follow(tablet, press(tablet, parcel, act="failed", reason="absent"))
    assert "Nobody was there" in words(page)
    assert "Could not be delivered" in page.text.partition("<h1")[2].partition("</div>")[0]
    assert "Could not be delivered" in words(tablet.get("/shipped"))
    page = follow(tablet, press(tablet, parcel, act="delivered"))
    assert "Delivered." in words(page)
    assert status(tablet, picked) == "delivered"
    assert run_checks() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "1"}, "exactly what was picked"),
        ({"n:0:TENT-2P": "one"}, "A figure cannot be read"),
        ({"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "2", "kg:0": "heavy"}, "The weight cannot be"),
        ({"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "2", "kg:0": "nan"}, "The weight cannot be"),
        ({"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "2", "kg:0": "900"}, "at most 100 kg"),
    ],
)
def test_what_cannot_be_packed_is_said_and_moves_nothing(
    tablet: Tablet,
    picked: dict[str, Any],
    connection: Connection,
    fields: dict[str, str],
    said: str,
) -> None:
    tablet.session.commit()
    with nothing_moves(connection):
        answer = press(
            tablet, f"/parcels/{picked['fulfillment_id']}/pack", act="pack", boxes="1", **fields
        )
        assert answer.status_code == 422
        assert said in words(answer)


def test_what_comes_back_ends_the_order(tablet: Tablet, picked: dict[str, Any]) -> None:
    parcel = f"/parcels/{picked['fulfillment_id']}"
    press(tablet, f"{parcel}/pack", act="pack", **{"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "2"})
    press(tablet, parcel, act="ship", ticket="T-9")
    page = follow(tablet, press(tablet, parcel, act="returned", disposition="restock"))
    assert "Booked in. The order has ended." in words(page)
    assert "missing" not in words(page)
    assert "-1" not in words(page)
    assert status(tablet, picked) == "cancelled"
    assert run_checks() == []


def test_the_customers_page_follows_a_delivery(tablet: Tablet, picked: dict[str, Any]) -> None:
    address = f"/en/orders/{picked['access_token']}"
    page = words(tablet.client.get(address, headers=HTML))
    assert "69001 Lyon" in page
    assert "rue des Lilas, 69001 Lyon" in page
    assert "We write to you when it leaves." in page
    parcel = f"/parcels/{picked['fulfillment_id']}"
    press(tablet, f"{parcel}/pack", act="pack", **{"n:0:TENT-2P": "1", "n:0:MUG-BLUE": "2"})
    press(tablet, parcel, act="ship", ticket="T-9")
    page = words(tablet.client.get(address, headers=HTML))
    assert re.search(r"LC\d{13}", page)
    assert "The carrier has it. Follow it by its number." in page
    press(tablet, parcel, act="failed", reason="absent")
    page = words(tablet.client.get(address, headers=HTML))
    assert "The carrier could not deliver it." in page
    press(tablet, parcel, act="delivered")
    assert "Delivered" in words(tablet.client.get(address, headers=HTML))


def test_the_customers_page_says_that_articles_come_from_elsewhere(tablet: Tablet) -> None:
    order = place(tablet)
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    api(tablet, f"{parcel}/accept")
    items = [{"sku": "TENT-2P", "quantity": 1}]
    api(tablet, f"{parcel}/fetch", {"from_store": "paris", "items": items, "expected_on": DAY})
    tell(tablet.session)
    page = words(tablet.client.get(f"/fr/orders/{order['access_token']}", headers=HTML))
    assert "Des articles arrivent d’un autre magasin, ils sont réservés pour vous." in page
    template = "SELECT template FROM message ORDER BY id"
    assert [row[0] for row in tablet.rows(template)] == [
        "confirmation",
        "delayed",
        "partly",
    ]
