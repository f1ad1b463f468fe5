"""The pages of home delivery: the shopper's checkout, the tablet's few taps, head office's ways."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from payments import gateway
from payments.gateway import PaymentSettings
from stores.commands import StaffRole
from tests.app.test_choosing import read, send
from tests.app.test_office import Desk, hired, plain
from tests.app.test_shelf import enter
from tests.app.test_tablet import Tablet, words
from tests.conftest import Shop, as_key, order_body
from tests.orders.doors import delivery_body, have_ship, open_way

BUYER = {
    "first_name": "Chloé",
    "last_name": "Durand",
    "email": "chloe.durand@example.org",
    "line1": "12 rue des Lilas",
    "postcode": "33000",
    "city": "Bordeaux",
    "way": "standard",
}


__all__ = ["hired"]


@pytest.fixture
def doors(session: Session, shop: Shop) -> UUID:
    """Paris sends orders to doors."""
    have_ship(session, shop.paris)
    way = open_way(session)
    session.commit()
    return way


def orders_of(session: Session) -> list[tuple[str, str, int]]:
    rows = session.execute(
        text(
            "SELECT f.method, f.status, c.amount_minor FROM fulfillment f"
            " JOIN order_charge c ON c.order_id = f.order_id ORDER BY f.id"
        )
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def cards() -> Iterator[None]:
    """Cards are taken; nobody pays with one here."""
    before = gateway.settings()
    gateway.configure(
        PaymentSettings(stripe_api_url="http://127.0.0.1:9", stripe_api_key="sk_test_ways")
    )
    yield
    gateway.configure(before)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_shopper_sees_price_and_days_before_the_address_and_orders(
    client: FlaskClient, session: Session, doors: UUID, language: str
) -> None:
    article = read(client, f"/{language}/articles/TENT")
    send(client, article, f"/{language}/basket/add", sku="TENT-2P")
    page = read(client, f"/{language}/checkout/delivery?postcode=33000")
    assert "Paris Bastille" in page
    seen = dict(re.findall(r'name="(seen:[a-z]+)" value="(\d+)"', page))
    assert seen == {"seen:standard": "9480"}

    address = f"/{language}/checkout/delivery"
    forgotten = send(client, page, address, **{**BUYER, "line1": ""}, **seen)
    dearer = send(client, page, address, **BUYER, **{"seen:standard": "8990"})
    assert (forgotten.status_code, dearer.status_code) == (422, 409)
    assert orders_of(session) == []
    placed = send(client, page, address, **BUYER, **seen)

    assert placed.status_code == 303, placed.text
    assert orders_of(session) == [("delivery", "pending", 490)]
    order = read(client, placed.headers["Location"])
    assert "33000 Bordeaux" in order
    assert "12 rue des Lilas, 33000 Bordeaux" in order


def test_a_basket_has_being_brought_among_its_ways_and_asks_where_to_in_place(
    client: FlaskClient, session: Session, doors: UUID, cards: None
) -> None:
    article = read(client, "/en/articles/TENT")
    send(client, article, "/en/basket/add", sku="TENT-2P")
    nowhere = read(client, "/en/basket")
    assert "from €4.90" in nowhere
    assert "Arrives between" not in nowhere

    asked = send(client, nowhere, "/en/place", where="33000", back="/en/basket")
    assert asked.status_code == 303
    there = read(client, "/en/basket")
    ways = re.findall(r'<li class="way">(.*?)</li>', there, re.DOTALL)
    said = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in ways]

    assert ["Arrives between" in each for each in said] == [*[False] * (len(said) - 1), True]
    assert 'href="/en/checkout/delivery?way=standard"' in ways[-1]
    open_way(session, code="express", price_minor=990)
    session.commit()
    quicker = read(client, "/en/checkout/delivery?way=express")
    chosen = r'name="way" value="(\w+)" required data-shows="way" checked'
    assert re.findall(chosen, quicker) == ["express"]
    assert re.search(r"€4\.90 · €60\.10 more, and delivery is free\.", said[-1]), said
    assert all("No charge" in each for each in said[:-1])
    assert "from €4.90" not in there


def test_an_unreadable_postcode_is_said_beside_its_field(client: FlaskClient, doors: UUID) -> None:
    article = read(client, "/en/articles/TENT")
    send(client, article, "/en/basket/add", sku="TENT-2P")

    page = read(client, "/en/checkout/delivery?postcode=330")

    assert "Write the five digits of a French postcode." in page
    assert 'name="way"' not in page


def test_an_associate_sees_what_a_customer_can_have_instead_and_no_foreign_order(
    client: FlaskClient, session: Session, shop: Shop, doors: UUID
) -> None:
    tablet: Tablet = enter(client, session, shop, StaffRole.ASSOCIATE, "Inès Morel")
    said = words(tablet.get("/where", said="TENT-2P"))
    instead = said[said.index("For a customer") :]
    assert re.search(r"Ready .+? · Paris Bastille, 389.km No charge", instead), instead
    assert re.search(r"Here from tomorrow · sent by Paris Bastille, 389.km No charge", instead)
    assert re.search(r"Arrives between .+? · Home delivery €4\.90 · €60\.10 more", instead)
    foreign = {"channel": "store", "store": "paris", "pay_by": "till"}
    for path, body in (
        ("orders", order_body()),
        ("orders/deliveries", delivery_body({"TENT-2P": 1})),
        ("orders/deliveries", delivery_body({"TENT-2P": 1}, **foreign)),
    ):
        key = as_key(
            shop.paris_associate
            if "store" in body and body["channel"] == "store"
            else shop.integration
        )
        other = client.post(f"/api/v1/{path}", json=body, headers=key).get_json()
        assert "id" in other, other
        assert tablet.get(f"/orders/{other['id']}").status_code == 404


def test_an_address_keeps_nothing_that_prints_nothing(
    client: FlaskClient, session: Session, shop: Shop, doors: UUID
) -> None:
    body = delivery_body({"TENT-2P": 1})
    body["address"]["line1"] = "12\u202e rue\u200b  des Lilas"
    placed = client.post("/api/v1/orders/deliveries", json=body, headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.json
    assert session.execute(text("SELECT line1 FROM address")).scalars().all() == [
        "12 rue des Lilas"
    ]


def test_a_desk_types_the_ticket_of_a_till_that_is_not_linked(
    client: FlaskClient, session: Session, shop: Shop, doors: UUID, hired: dict[str, Any]
) -> None:
    body = delivery_body({"TENT-2P": 1}, channel="store", store="lyon", pay_by="till")
    placed = client.post(
        "/api/v1/orders/deliveries", json=body, headers=as_key(shop.associate)
    ).get_json()
    desk = Desk(client)
    desk.sign_in("sophie@aubepin.test")
    path = f"/en/office/orders/{placed['number']}"
    assert "Whose till?" in desk.read(path)

    unsaid = desk.send(f"{path}/till-payment", till="paris", ticket="")
    theirs = desk.send(f"{path}/till-payment", till="lyon", ticket="T-78")
    assert (unsaid.status_code, theirs.status_code) == (422, 422)
    assert "Choose the store whose till it was." in plain(theirs)
    assert orders_of(session) == [("delivery", "pending", 490)]
    taken = desk.send(f"{path}/till-payment", till="paris", ticket="T-78")

    assert taken.status_code == 303
    assert orders_of(session) == [("delivery", "new", 490)]
    page = desk.read(path)
    assert "Till ticket T-78 , €94.80" in page
    assert "Brought to 12 rue des Lilas, 33000 Bordeaux" in page
    assert "Whose till?" not in page
    again = desk.send(f"{path}/till-payment", till="paris", ticket="T-79")
    assert "Nothing is due for this order any more." in plain(again)


def test_head_office_sets_a_way_and_a_zone_and_sees_what_a_basket_costs(
    client: FlaskClient, session: Session, shop: Shop, hired: dict[str, Any]
) -> None:
    have_ship(session, shop.paris)
    desk = Desk(client)
    assert desk.sign_in("camille@aubepin.test").status_code == 303
    desk.read("/en/office/delivery")
    way = {
        "code": "express",
        "name_fr": "Express",
        "name_en": "Express",
        "carrier": "local",
        "priced_by": "amount",
        "vat": "20",
        "position": "0",
        "offered": "yes",
    }
    wrong = desk.send("/en/office/delivery/aubepin/new", **{**way, "vat": "lots"})
    assert wrong.status_code == 422
    assert desk.send("/en/office/delivery/aubepin/new", **way).status_code == 303
    method_id = session.execute(text("SELECT id FROM delivery_method")).scalar_one()
    zone = {
        "name": "Gironde",
        "country": "FR",
        "postcodes": "33 40",
        "days_min": "1",
        "days_max": "2",
        "bands": "50 6,90\n* 9,90",
        "free_from": "150",
    }
    zones = f"/en/office/delivery/{method_id}/zones/new"
    falling = desk.send(zones, **{**zone, "bands": "* 9,90\n50 6,90"})
    assert falling.status_code == 422
    nowhere = desk.send(zones, **{**zone, "country": "QQ"})
    assert "No such country: two capital letters, as in FR." in plain(nowhere)
    for never in ("330000", "ABC"):
        unmatched = desk.send(zones, **{**zone, "postcodes": never})
        assert "in France of one to five digits." in plain(unmatched)
    assert session.execute(text("SELECT count(*) FROM delivery_zone")).scalar_one() == 0
    assert desk.send(zones, **zone).status_code == 303
    taken = desk.send(zones.replace("/en/", "/fr/"), **{**zone, "name": "Landes"})
    assert "Gironde a déjà 33, 40." in plain(taken)
    unknown = desk.send(f"/en/office/delivery/{method_id}/zones/{method_id}/remove")
    assert unknown.status_code == 404

    row = session.execute(text("SELECT postcodes, bands, free_from_minor FROM delivery_zone")).one()
    assert tuple(row) == (["33", "40"], [[5000, 690], [None, 990]], 15_000)
    preview = "/en/office/delivery?brand=aubepin&skus=TENT-2P&postcode="
    assert "€99.80" in desk.read(f"{preview}33000")
    assert "No way brings this basket there." in desk.read(f"{preview}75011")

    way_page = desk.open("/en/office/delivery/aubepin/express").text
    (close,) = re.findall(r'action="(/en/office/delivery/[^"]+/close)"', way_page)
    assert desk.send(close).status_code == 303
    assert "No way brings this basket there." in desk.read(f"{preview}33000")
