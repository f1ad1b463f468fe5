"""The desk of a call: found, filled, promised and ordered on one screen, nothing typed lost."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.worker import drain
from payments import gateway
from payments.gateway import PaymentSettings
from sandbox import Options, running
from tests.app import test_office
from tests.app.test_office import Desk, plain
from tests.conftest import Shop
from tests.orders.doors import have_ship, open_way

WHO = {"last_name": "Durand", "first_name": "Chloé", "phone": "06 39 98 12 34"}
desk, hired = test_office.desk, test_office.hired
Sit = Callable[[str], Desk]


@pytest.fixture(autouse=True)
def stripe(tmp_path: Path) -> Iterator[None]:
    """The payment provider's stand-in, switched on."""
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(stripe_api_url=addresses.stripe, stripe_api_key="sk_test_desk")
        )
        yield
    gateway.configure(before)


class Call:
    """One call: an agent at the desk, whose form sends what the page shows."""

    def __init__(self, at: Desk) -> None:
        self.at = at
        at.open("/fr/office/desk")
        self.path = at.send("/fr/office/desk").location
        self.page = at.open(self.path)
        self.typed: dict[str, str] = {}

    def do(self, act: str = "look", **typed: str) -> TestResponse:
        """Type something and press a button."""
        self.typed |= typed
        hidden = dict(re.findall(r'name="((?:version|seen)[^"]*)" value="([^"]+)"', self.page.text))
        units = dict(re.findall(r'name="(quantity:[^"]+)"[^>]*? value="(\d+)"', self.page.text))
        answer = self.at.send(self.path, **{**hidden, **units, **self.typed, "do": act})
        if answer.status_code != 303:
            self.page = answer
        return answer


def test_an_agent_orders_for_a_caller_by_keyboard_and_the_customer_pays_from_a_link(
    desk: Sit,
    connection: Connection,
    shop: Shop,
) -> None:
    call = Call(desk("luc"))
    assert "Tasse" in plain(call.do(q="tasse", where="Lyon"))
    assert "Lyon Croix-Rousse" in plain(call.page)
    call.do("add:MUG-BLUE")
    call.do("add:MUG-BLUE", q="")
    call.do("store:lyon")
    assert "25,80 €" in plain(call.page)
    nothing = call.do("place", pay="link")
    assert nothing.status_code == 422
    assert "Donnez un nom." in plain(nothing)
    wrong = call.do("place", **{**WHO, "email": "chloe"})
    assert (wrong.status_code, 'value="chloe"' in wrong.text) == (422, True)
    assert connection.execute(text("SELECT count(*) FROM sales_order")).scalar_one() == 0

    placed = call.do("place", email="chloe@example.org")
    assert placed.status_code == 303, plain(placed)
    drain()
    row = connection.execute(
        text(
            "SELECT o.channel, f.status, l.author_name FROM sales_order o"
            " JOIN fulfillment f ON f.order_id = o.id JOIN pay_link l ON l.order_id = o.id"
        )
    ).one()
    assert row == ("phone", "pending", "Luc Bernard")
    assert "Appel suivant" in call.at.read(call.path)
    assert connection.execute(
        text("SELECT array_agg(template ORDER BY id) FROM message")
    ).one() == (["pay_link", "pay_link"],)

    second = Call(call.at)
    assert "Chloé Durand" in plain(second.do(who="0639981234"))
    contact = re.search(r'value="who:([0-9a-f-]+)"', second.page.text)
    assert contact is not None
    assert 'value="chloe@example.org"' in second.do(f"who:{contact[1]}").text


def test_what_is_brought_home_is_paid_from_a_link_and_its_total_has_the_way(
    desk: Sit,
    session: Session,
    connection: Connection,
    shop: Shop,
) -> None:
    open_way(session, price_minor=490)
    have_ship(session, shop.lyon)
    call = Call(desk("luc"))
    call.do("add:BOOK", q="carnet")
    address = {"line1": "12 rue des Lilas", "postcode": "33000", "city": "Bordeaux"}
    assert "9,45 €" in plain(call.do(way="delivery", q="", **address))
    placed = call.do("place", door="standard", **WHO)
    assert placed.status_code == 303, plain(placed)
    assert connection.execute(
        text("SELECT sum(amount_minor), count(*) FROM obligation JOIN pay_link ON true")
    ).one() == (945, 1)


def test_a_basket_others_changed_is_shown_and_not_overwritten_and_can_be_sent_instead(
    desk: Sit,
    client: Any,
    connection: Connection,
    shop: Shop,
) -> None:
    call = Call(desk("luc"))
    call.do("add:TENT-2P", q="tente")
    call.do("store:lyon", q="")
    other = desk("nadia")
    other.open(call.path)
    stale = dict(version="1", do="look", **{"quantity:TENT-2P": "3"})
    shown = other.send(call.path, **stale)
    assert shown.status_code == 409
    assert "sur un autre appareil" in plain(shown)
    assert connection.execute(text("SELECT quantity FROM cart_line")).scalar_one() == 1

    sent = call.do("send", phone="06 39 98 12 34", note="La bleue est arrivée")
    assert "Le lien du panier est en route." in plain(sent)
    drain()
    assert connection.execute(text("SELECT template, channel FROM message")).one() == (
        "cart",
        "sms",
    )
    token = call.path.rpartition("/")[2]
    page = client.get(f"/fr/baskets/{token}").text
    assert "La bleue est arrivée" in page
    assert "Durand" not in page
    assert "0639" not in page.replace(" ", "")
