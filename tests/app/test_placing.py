"""Placing on every channel: how many statements it takes, and what it refuses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

import stores.services
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.links import read_cart_token
from payments import gateway
from payments.gateway import PaymentSettings
from stores.commands import HireStaff, Scope, SetRule, StaffRole
from stores.services import set_setting
from tests.app.test_office import PASSWORD, Desk
from tests.conftest import Shop, as_key, order_body
from tests.orders.doors import ADDRESS, have_ship, open_way
from tests.support.counting import copy_order, counted
from tests.unmoved import problem, state

HTML: Final = {"Accept": "text/html"}
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
WHO: Final = order_body()["customer"]
MANY, OPEN_ORDERS = 30, 300
PLACING_MAX: Final = 12
ANSWERED: Final = "UPDATE stored_answer"
"""How placing ends; a page goes on to open the payment page, in transactions of its own."""
_FILL = text("""
    INSERT INTO cart_line (cart_id, sku, quantity, method, location_id)
    SELECT :cart_id, unnest(CAST(:skus AS text[])), 1, :method, :location_id
""")


@dataclass(frozen=True)
class House:
    """The small retailer with many articles, and every door at which an order is placed."""

    app: Flask
    client: FlaskClient
    session: Session
    connection: Connection
    shop: Shop

    def browse(self) -> FlaskClient:
        """Return a browser of its own."""
        return self.app.test_client()

    def fill(self, cart_id: Any, lines: int, **way: Any) -> None:
        """Have so many articles in a basket that is collected in Lyon."""
        values = {"method": None, "location_id": None, **way}
        self.connection.execute(text("DELETE FROM cart_line"))
        self.connection.execute(_FILL, {"cart_id": cart_id, "skus": skus(lines), **values})
        at = {"at": self.shop.lyon, "id": cart_id}
        self.connection.execute(text("UPDATE cart SET location_id = :at WHERE id = :id"), at)
        self.session.commit()


def skus(lines: int) -> list[str]:
    return [f"WIDE-{at:02}" for at in range(lines)]


Press = Callable[..., Any]
"""What is pressed last; fields that are named are sent otherwise than they were filled in."""


def on_the_web(house: House, lines: int, path: str, **said: Any) -> Press:
    browser = house.browse()
    page = browser.get("/fr/place", headers=HTML).text
    added = browser.post(
        "/fr/basket/add", data={**dict(HIDDEN.findall(page)), "sku": "WIDE-00"}, headers=HTML
    )
    assert added.status_code == 303
    cart_id = house.connection.execute(text("SELECT cart_id FROM cart_holder")).scalars().all()[-1]
    house.fill(cart_id, lines, **said.pop("way_of_lines", {}))
    page = browser.get(path, headers=HTML, query_string={"postcode": "33000"}).text
    hidden = dict(HIDDEN.findall(page))
    form = {**hidden, "form": str(uuid4()), **WHO, **said}
    return lambda **bad: browser.post(path, data={**form, **bad}, headers=HTML)


def web(house: House, lines: int) -> Press:
    return on_the_web(house, lines, "/fr/checkout", payment="pickup")


def web_by_card(house: House, lines: int) -> Press:
    return on_the_web(house, lines, "/fr/checkout", payment="card")


def offer_reservations(house: House) -> None:
    set_setting(house.session, SetRule(Scope.STORE, "lyon", "reservation", "on"), actor=SYSTEM)
    house.session.commit()


def web_reservation(house: House, lines: int) -> Press:
    offer_reservations(house)
    return on_the_web(house, lines, "/fr/checkout", payment="reserve")


def web_to_the_door(house: House, lines: int) -> Press:
    return on_the_web(house, lines, "/fr/checkout/delivery", **ADDRESS, way="standard")


def web_mixed(house: House, lines: int) -> Press:
    way = {"method": "pickup", "location_id": house.shop.lyon}
    return on_the_web(house, lines, "/fr/checkout/ways", payment="pickup", way_of_lines=way)


def at_the_desk(house: House, lines: int, **said: str) -> Press:
    desk = Desk(house.browse())
    email = f"{uuid4().hex}@aubepin.test"
    command = HireStaff("Luc", StaffRole.AGENT, (), email=email, password=PASSWORD)
    stores.services.hire_staff(house.session, command)
    house.session.commit()
    assert desk.sign_in(email).status_code == 303
    desk.open("/fr/office/desk")
    page = desk.send("/fr/office/desk").location
    house.fill(read_cart_token(page.rpartition("/")[2]), lines)
    form = {**dict(HIDDEN.findall(desk.open(page).text)), **WHO, **said}
    return lambda **bad: desk.client.post(page, data={**form, "do": "place", **bad}, headers=HTML)


def phone_desk(house: House, lines: int) -> Press:
    return at_the_desk(house, lines, pay="pickup")


def phone_desk_by_link(house: House, lines: int) -> Press:
    return at_the_desk(house, lines, pay="link")


def by_key(house: House, path: str, body: dict[str, Any], *, key: str) -> Press:
    headers = as_key(key) | {"If-Match": "1"}
    address = f"/api/v1{path}"
    return lambda **bad: house.client.post(address, json={**body, **bad}, headers=headers)


def basket(house: House, lines: int, *, pay_by: str = "pickup") -> Press:
    key = house.shop.agent
    items = [{"sku": sku, "quantity": 1} for sku in skus(lines)]
    filled = {"channel": "phone", "store": "lyon", "items": items}
    cart = house.client.post("/api/v1/carts", json=filled, headers=as_key(key)).json
    body = {"channel": "phone", "customer": WHO, "pay_by": pay_by}
    return by_key(house, f"/carts/{cart['token']}/order", body, key=key)


def basket_by_link(house: House, lines: int) -> Press:
    return basket(house, lines, pay_by="link")


def api(house: House, lines: int) -> Press:
    body = order_body(items=[{"sku": sku, "quantity": 1} for sku in skus(lines)])
    return by_key(house, "/orders", body, key=house.shop.integration)


def api_reservation(house: House, lines: int) -> Press:
    offer_reservations(house)
    body = order_body(items=[{"sku": sku, "quantity": 1} for sku in skus(lines)])
    return by_key(house, "/orders", {**body, "reservation": True}, key=house.shop.integration)


KEY, DESK, PAGE, WAYS = 3, 5, 13, 19
"""What a door costs beside placing. Each: who it is, and its key with the answer. The desk keeps
its session awake and says where it is; the tablet's door is counted with its page. A page of the
shop reads what surrounds it, its basket and the stores around once more, the one of several ways
also the store of each part."""
AND_DOOR = 2
"""A basket that is brought: who it is kept for meanwhile, beside the address and what is owed."""
BY_LINK = 2
"""Asking for the money at once: the link, and the event that has it sent."""
DOORS: Final = {
    web: PAGE,
    web_by_card: PAGE,
    web_reservation: PAGE,
    web_to_the_door: PAGE + AND_DOOR,
    web_mixed: WAYS,
    phone_desk: DESK,
    phone_desk_by_link: DESK + BY_LINK,
    basket: KEY,
    basket_by_link: KEY + BY_LINK,
    api: KEY,
    api_reservation: KEY,
}


@pytest.fixture
def house(
    app: Flask, client: FlaskClient, session: Session, connection: Connection, shop: Shop
) -> Iterator[House]:
    many = [ListSku(sku, sku, {"fr": sku, "en": sku}, 100, "EUR", 2000) for sku in skus(MANY)]
    list_skus(session, many, brand_id=shop.brand_id)
    for location_id in (shop.lyon, shop.paris):
        quantities = dict.fromkeys(skus(MANY), 1_000)
        receive(session, location_id=location_id, quantities=quantities, actor=SYSTEM)
    have_ship(session, shop.paris)
    open_way(session)
    session.commit()
    before = gateway.settings()
    gateway.configure(
        PaymentSettings(stripe_api_url="http://127.0.0.1:9", stripe_api_key="sk_test_placing")
    )
    yield House(app, client, session, connection, shop)
    gateway.configure(before)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_placing_sends_as_many_statements_for_many_lines_and_among_many_open_orders(
    house: House, engine: Engine, door: Callable[[House, int], Press]
) -> None:
    counts = []
    for lines, open_orders in ((1, 0), (MANY, 0), (1, OPEN_ORDERS)):
        press = door(house, lines)
        if open_orders:
            first = text("SELECT id FROM sales_order ORDER BY id LIMIT 1")
            order_id = house.connection.execute(first).scalar_one()
            copy_order(house.connection, order_id, many=open_orders)
        with counted(engine) as sent:
            answer = press()
        assert answer.status_code in {201, 303}, answer.text
        ends = next(at for at, each in enumerate(sent, 1) if ANSWERED in each)
        counts.append(ends)
    assert len(set(counts)) == 1, counts
    assert counts[0] <= DOORS[door] + PLACING_MAX, sent


NAMELESS, NO_ADDRESS = {"last_name": ""}, {"email": "chloe@"}
NOBODY = {"customer": {**WHO, "last_name": ""}}
UNREACHABLE = {"customer": {**WHO, "email": "chloe@", "phone": "12"}}
CHEAPER = {"seen_total_minor": 1}
PAGES: Final[dict[Any, list[tuple[dict[str, Any], int]]]] = {
    web: [(NAMELESS, 422), (NO_ADDRESS, 422), ({"total": "1"}, 409)],
    web_by_card: [(NAMELESS, 422), ({"total": "1"}, 409)],
    web_reservation: [(NAMELESS, 422), (NO_ADDRESS, 422), ({"total": "1"}, 409)],
    web_to_the_door: [
        (NAMELESS, 422),
        ({"line1": ""}, 422),
        ({"postcode": "x"}, 422),
        ({"way": "balloon"}, 409),
        ({"seen:standard": "1"}, 409),
    ],
    web_mixed: [(NAMELESS, 422), (NO_ADDRESS, 422), ({"goods": "0"}, 409), ({"total": "1"}, 409)],
    phone_desk: [(NAMELESS, 422), (NO_ADDRESS, 422), ({"slot": "x:y"}, 422), ({"seen:": "1"}, 409)],
    phone_desk_by_link: [(NAMELESS, 422), ({"phone": "12"}, 422), ({"version": "7"}, 409)],
    basket: [(NOBODY, 422), (UNREACHABLE, 422), (CHEAPER, 409), ({"pay_by": "shells"}, 422)],
    basket_by_link: [(NOBODY, 422), (UNREACHABLE, 422), (CHEAPER, 409)],
    api: [(NOBODY, 422), (UNREACHABLE, 422), ({"store": "nowhere"}, 404), ({"items": []}, 422)],
    api_reservation: [(NOBODY, 422), ({"pay_by": "card"}, 409)],
}
"""What is filled in wrongly at each door, and how it is refused."""
WRONG_FIELD: Final = 'aria-invalid="true"'
NOTICES: Final = ('class="notice notice-', 'role="alert"')
AWAKE: Final = {"shopper_session", "staff_session", "tablet"}
"""What remembers that somebody was there."""


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.__name__)
def test_what_is_filled_in_wrongly_is_said_where_it_stands_and_nothing_moves(
    house: House, door: Callable[[House, int], Press]
) -> None:
    press = door(house, 1)
    before = state(house.connection)
    for bad, status in PAGES[door]:
        answer = press(**bad)
        if answer.mimetype == "text/html":
            assert answer.status_code == status, (bad, answer.text)
            said = [WRONG_FIELD] if status == 422 else NOTICES
            assert any(each in answer.text for each in said), (bad, answer.text)
        else:
            assert problem(answer)[0] == status, (bad, answer.text)
        after = state(house.connection)
        assert {name for name in after if after[name] != before[name]} <= AWAKE, bad
    assert press().status_code in {201, 303}
