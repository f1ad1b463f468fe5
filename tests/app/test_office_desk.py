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


@pytest.mark.matter("availability", "phone")
@pytest.mark.matter("buy", "phone")
@pytest.mark.matter("pay", "sms")
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
    for do, unread in (("look", "deux"), ("place", "100")):
        wrong = call.do(do, **{"quantity:MUG-BLUE": unread})
        assert wrong.status_code == 422
        assert "Indiquez un nombre entier, 99 au plus." in plain(wrong)
        assert f'value="{unread}"' in wrong.text
    assert connection.execute(text("SELECT quantity FROM cart_line")).scalar_one() == 2
    call.typed.pop("quantity:MUG-BLUE")
    call.do("look", **{"quantity:MUG-BLUE": "2"})
    call.typed.pop("quantity:MUG-BLUE")
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


@pytest.mark.matter("delivery", "phone")
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


def test_a_caller_has_one_line_here_one_there_and_one_brought_home_under_one_number(
    desk: Sit,
    session: Session,
    connection: Connection,
    shop: Shop,
) -> None:
    open_way(session, price_minor=490)
    have_ship(session, shop.lyon)
    call = Call(desk("luc"))
    for words, sku in (("carnet", "BOOK"), ("tente", "TENT-2P"), ("tasse", "MUG-BLUE")):
        call.do("look", q=words)
        call.do(f"add:{sku}")
    call.do("store:lyon", q="")
    ways = {"way:BOOK": "door", "way:TENT-2P": "lyon", "way:MUG-BLUE": "paris"}
    shown = call.do(way="mixed", **ways)
    assert shown.status_code == 200
    no_door = call.do("place", **WHO)
    assert no_door.status_code == 422
    address = {"line1": "12 rue des Lilas", "postcode": "33000", "city": "Bordeaux"}
    shown = plain(call.do(**address))
    for said in ("À retirer à Lyon Croix-Rousse", "89,90", "À retirer à Paris Bastille", "12,90"):
        assert said in shown
    assert "4,55 € + 4,90 €" in shown
    assert "112,25 €" in shown
    assert connection.execute(text("SELECT count(*) FROM sales_order")).scalar_one() == 0
    changed = call.do("place", door="standard", **{"way:TENT-2P": "paris"})
    assert changed.status_code == 409
    assert "dites le nouveau total" in plain(changed)

    placed = call.do("place", **{"way:TENT-2P": "paris"})

    assert placed.status_code == 303, plain(placed)
    drain()
    rows = connection.execute(
        text(
            "SELECT f.method, l.code, f.status, string_agg(b.sku, ' ' ORDER BY b.sku)"
            " FROM fulfillment f JOIN location l ON l.id = f.location_id"
            " JOIN fulfillment_line b ON b.fulfillment_id = f.id GROUP BY f.id, l.code ORDER BY 1"
        )
    )
    assert [tuple(row) for row in rows] == [
        ("delivery", "lyon", "pending", "BOOK"),
        ("pickup", "paris", "pending", "MUG-BLUE TENT-2P"),
    ]
    assert connection.execute(
        text("SELECT sum(amount_minor), count(*) FROM obligation JOIN pay_link ON true")
    ).one() == (11225, 1)
    assert "Paris Bastille" in call.at.read(call.path)


def test_one_article_goes_two_ways_of_which_the_agent_tells_before_it_is_ordered(
    desk: Sit, connection: Connection, shop: Shop
) -> None:
    call = Call(desk("luc"))
    call.do("add:MUG-BLUE", q="tasse")
    call.do("store:lyon", q="")
    call.do(way="mixed", **{"quantity:MUG-BLUE": "3"})
    call.typed.pop("quantity:MUG-BLUE")
    for wrong in ("3", "one"):
        refused = call.do("place", pay="pickup", **WHO, **{"apart:MUG-BLUE": wrong})
        assert refused.status_code in {409, 422}
        assert "moins que la totalité" in plain(refused)
        assert f'value="{wrong}"' in refused.text
    unseen = {"apart:MUG-BLUE": "1", "second:MUG-BLUE": "paris"}
    told = call.do("place", pay="pickup", **unseen)
    assert (told.status_code, "dites le nouveau total" in plain(told)) == (409, True)
    assert "À retirer à Lyon Croix-Rousse 25,80 €" in plain(told)
    assert "À retirer à Paris Bastille 12,90 €" in plain(told)
    assert connection.execute(text("SELECT count(*) FROM sales_order")).scalar_one() == 0

    placed = call.do("place", pay="pickup")

    assert placed.status_code == 303, plain(placed)
    rows = connection.execute(
        text(
            "SELECT l.code, b.sku, b.quantity FROM fulfillment f"
            " JOIN location l ON l.id = f.location_id"
            " JOIN fulfillment_line b ON b.fulfillment_id = f.id ORDER BY 1"
        )
    )
    assert [tuple(row) for row in rows] == [("lyon", "MUG-BLUE", 2), ("paris", "MUG-BLUE", 1)]


def test_several_ways_without_a_door_may_be_paid_in_the_stores(
    desk: Sit, connection: Connection, shop: Shop
) -> None:
    call = Call(desk("luc"))
    for words, sku in (("carnet", "BOOK"), ("tasse", "MUG-BLUE")):
        call.do("look", q=words)
        call.do(f"add:{sku}")
    call.do(way="mixed", q="", **{"way:BOOK": "lyon", "way:MUG-BLUE": "paris"})
    placed = call.do("place", pay="pickup", **WHO)

    assert placed.status_code == 303, plain(placed)
    assert connection.execute(
        text("SELECT count(*), min(status), max(status) FROM fulfillment")
    ).one() == (2, "new", "new")


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
