"""In store, on the tablet: what the shelf lacks is ordered, each line its own way, in one order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from orders.commands import Method, SetRules
from orders.services import set_rules
from stores.commands import StaffRole
from tests.app.test_delivering import press
from tests.app.test_home_delivery_pages import cards, doors
from tests.app.test_shelf import enter
from tests.app.test_tablet import HTML, Tablet, api, words
from tests.conftest import Shop, as_key, order_body
from tests.orders.test_statements import (
    BY_BROUGHT_PART,
    BY_COLLECTED_PART,
    PLACING_MAX,
    statements,
)
from tests.support.form import fields_of
from tests.unmoved import nothing_moves

__all__ = ["cards", "doors", "statements"]

TABLET_DOOR = 6
"""What any press on a tablet costs: who, until when, which device, where, the form, its answer."""
TAKEN_ALONG = 4
"""The ticket, and the hand-over of what goes along with it."""
ADDRESS = {"line1": "12 rue des Lilas", "postcode": "33000", "city": "Bordeaux"}
CHLOE = {"reach": "06 39 98 12 34", "last_name": "Durand"}


@dataclass
class Counter:
    """A tablet with a customer's basket on it: what its form says, pressed as a browser does."""

    tablet: Tablet
    path: str
    page: TestResponse

    def press(self, do: str = "look", **fields: str) -> TestResponse:
        """Press a button of the form as it stands, with these fields typed or chosen."""
        form = fields_of(self.page.text, self.path)
        said = {**form, **fields, "do": do}
        answer = self.tablet.client.post(self.path, data=said, headers=HTML)
        if answer.status_code != 303:
            self.page = answer
        return answer

    def way(self, sku: str) -> str:
        """Return how a line goes as the page proposes it."""
        return fields_of(self.page.text, self.path).get(f"way:{sku}", "")


def scan(tablet: Tablet, said: str) -> Counter:
    """Scan what a customer wants, and begin their order."""
    where = tablet.get("/where", said=said)
    form = fields_of(where.text, "/en/tablet/baskets")
    begun = tablet.client.post("/en/tablet/baskets", data=form, headers=HTML)
    assert begun.status_code == 303, begun.text
    path = begun.headers["Location"]
    return Counter(tablet, path, tablet.client.get(path, headers=HTML))


@pytest.fixture
def tablet(client: FlaskClient, session: Session, shop: Shop, doors: UUID) -> Tablet:
    """Inès' tablet in Lyon; Paris has plenty and sends to doors."""
    plenty = {"TENT-2P": 20, "MUG-BLUE": 20, "BOOK": 20}
    receive(session, location_id=shop.paris, quantities=plenty, actor=SYSTEM)
    return enter(client, session, shop, StaffRole.ASSOCIATE, "Inès Morel")


def have(tablet: Tablet, **units: int) -> None:
    """Have so many of these on the shelf in Lyon."""
    for sku, count in units.items():
        tablet.session.execute(
            text(
                "UPDATE stock_level SET on_hand = :count WHERE sku = :sku AND location_id = :lyon"
            ),
            {"count": count, "sku": sku.replace("_", "-"), "lyon": tablet.shop.lyon},
        )
    tablet.session.commit()


def parts(tablet: Tablet) -> list[tuple[Any, ...]]:
    return tablet.rows(
        "SELECT f.method, f.status, l.code, fl.sku, fl.quantity FROM fulfillment f"
        " JOIN location l ON l.id = f.location_id"
        " JOIN fulfillment_line fl ON fl.fulfillment_id = f.id ORDER BY f.method, l.code, fl.sku"
    )


@pytest.mark.matter("buy", "store")
@pytest.mark.matter("delivery", "store")
def test_each_line_goes_its_own_way_in_one_order_credited_to_store_and_seller(
    tablet: Tablet, cards: None
) -> None:
    have(tablet, TENT_2P=1, MUG_BLUE=0, BOOK=0)
    counter = scan(tablet, "TENT-2P")
    assert counter.way("TENT-2P") == "now"
    counter.press("more:TENT-2P")
    assert counter.way("TENT-2P") == "now:1+door"  # the shelf has one of two
    assert "1 of 2 on the shelf" in words(counter.page)
    assert "This has changed" not in words(counter.page)
    counter.press(sku="MUG-BLUE")
    counter.press(sku="BOOK")
    assert (counter.way("MUG-BLUE"), counter.way("BOOK")) == ("door", "door")
    counter.press(**CHLOE, **ADDRESS, **{"way:BOOK": "paris"})
    assert "€202.15" in words(counter.page)
    assert 'value="pickup"' not in counter.page.text

    basket = "SELECT sku, quantity FROM cart_line ORDER BY sku"
    held = tablet.rows(basket)
    for do, unread in (("look", "2 or 3"), ("place", "100"), ("look", "")):
        unreadable = counter.press(do, **{"quantity:MUG-BLUE": unread})
        assert unreadable.status_code == 422
        assert words(unreadable).count("Type a whole number, 99 at most.") == 2
        assert f'name="quantity:MUG-BLUE" inputmode="numeric" value="{unread}"' in unreadable.text
        assert (tablet.rows(basket), parts(tablet)) == (held, [])
    assert counter.press("less:MUG-BLUE", **{"quantity:MUG-BLUE": "two"}).status_code == 200
    assert counter.press(sku="MUG-BLUE").status_code == 200
    counter.press(**{"way:MUG-BLUE": "door"})
    nobody = counter.press("place", last_name="", line1="")
    assert (nobody.status_code, parts(tablet)) == (422, [])
    assert "Give number and street." in words(nobody)
    assert 'value="06 39 98 12 34"' in nobody.text
    placed = counter.press("place", last_name="Durand", line1="12 rue des Lilas", ticket="T-9")

    assert placed.status_code == 303, words(placed)
    assert parts(tablet) == [
        ("carry_out", "handed_over", "lyon", "TENT-2P", 1),
        ("delivery", "new", "paris", "MUG-BLUE", 1),
        ("delivery", "new", "paris", "TENT-2P", 1),
        ("pickup", "new", "paris", "BOOK", 1),
    ]
    credited = (
        "SELECT channel, l.code, seller_id FROM sales_order JOIN location l ON l.id = placed_at_id"
    )
    assert tablet.rows(credited) == [("store", "lyon", tablet.ines)]
    shown = words(tablet.client.get(placed.headers["Location"], headers=HTML))
    assert "Taken along now 1 × Two-person tent Give it to the customer" in shown
    assert "Collected at Paris Bastille" in shown
    assert "Sent by Paris Bastille" in shown
    assert "To pay" not in shown
    ordered = words(tablet.client.get(counter.path, headers=HTML))
    assert "This basket is ordered" in ordered


def test_what_changed_meanwhile_is_shown_and_nothing_typed_is_lost(
    tablet: Tablet, cards: None, connection: Connection
) -> None:
    have(tablet, TENT_2P=1, MUG_BLUE=3)
    counter = scan(tablet, "TENT-2P")
    counter.press(**CHLOE, **ADDRESS)
    assert counter.way("TENT-2P") == "now"
    have(tablet, TENT_2P=0)  # somebody sold it
    with nothing_moves(connection):
        refused = counter.press("place", ticket="T-9")
    assert refused.status_code == 409
    assert "Somebody else was quicker" in words(refused)
    assert "This has changed: what was chosen is no longer possible." in words(refused)
    form = fields_of(refused.text, counter.path)
    assert {name: form[name] for name in (*CHLOE, *ADDRESS, "ticket", "way:TENT-2P")} == {
        **CHLOE,
        **ADDRESS,
        "ticket": "T-9",
        "way:TENT-2P": "door",
    }

    with nothing_moves(connection):
        cheaper = counter.press("place", **{"seen:standard": "100"})
    assert cheaper.status_code == 409
    assert "The price was €1.00 and is €94.80 now." in words(cheaper)
    other = Counter(tablet, counter.path, tablet.client.get(counter.path, headers=HTML))
    other.press("more:TENT-2P")
    with nothing_moves(connection):
        stale = counter.press("place")
    assert stale.status_code == 409
    assert "changed on another device" in words(stale)
    form = fields_of(stale.text, counter.path)
    assert (form["quantity:TENT-2P"], form["line1"]) == ("2", "12 rue des Lilas")
    typed = counter.press("place", **{"quantity:TENT-2P": "1"})  # typed, and not looked at
    assert (typed.status_code, parts(tablet)) == (409, [])
    assert "The basket has changed: say the new total." in words(typed)
    twice = {counter.press("place").headers["Location"] for _ in range(2)}
    assert len(twice) == 1
    assert parts(tablet) == [("delivery", "new", "paris", "TENT-2P", 1)]


def test_a_returning_customer_is_known_by_phone_in_their_own_store_only(
    tablet: Tablet, cards: None
) -> None:
    have(tablet, TENT_2P=0, MUG_BLUE=0)
    elsewhere = order_body(
        channel="phone", store="paris", customer={"last_name": "Autre", "phone": "06 39 98 77 00"}
    )
    key = as_key(tablet.shop.agent)
    assert tablet.client.post("/api/v1/orders", json=elsewhere, headers=key).status_code == 201
    first = scan(tablet, "TENT-2P")
    first.press(**CHLOE, **ADDRESS, first_name="Chloé")
    assert "New in this store: ask for the name." in words(first.page)
    assert first.press("place", pay_by="till").status_code == 303

    again = scan(tablet, "MUG-BLUE")
    again.press(reach="0639981234")
    form = fields_of(again.page.text, again.path)
    known = {"first_name": "Chloé", "last_name": "Durand", **ADDRESS, "language": "en"}
    assert {name: form[name] for name in known} == known
    again.press(reach="06 39 98 77 00", last_name="Typed")
    assert "Autre" not in again.page.text
    assert 'value="Typed"' in again.page.text
    wrong = again.press("place", reach="12")
    assert wrong.status_code == 422
    assert "Write ten digits" in words(wrong)
    nobody = again.press("place", reach="")
    assert nobody.status_code == 422


@pytest.mark.matter("pay", "email")
def test_a_link_by_email_pays_a_mixed_order_and_what_leaves_is_never_paid_later(
    tablet: Tablet, cards: None, connection: Connection
) -> None:
    have(tablet, TENT_2P=2)
    counter = scan(tablet, "TENT-2P")
    counter.press(reach="chloe.durand@example.org", last_name="Durand")
    with nothing_moves(connection):
        forged = counter.press("place", pay_by="pickup")
    assert forged.status_code == 422
    assert "is paid first: choose how." in words(forged)
    placed = counter.press("place", pay_by="card")

    assert placed.status_code == 303, words(placed)
    assert parts(tablet) == [("carry_out", "pending", "lyon", "TENT-2P", 1)]
    links = "SELECT c.email, l.ended_at FROM pay_link l JOIN contact c ON c.id = l.contact_id"
    assert tablet.rows(links) == [("chloe.durand@example.org", None)]
    page = placed.headers["Location"].partition("/en/tablet")[2]
    shown = words(tablet.get(page))
    assert "To pay: €89.90" in shown
    assert "Not before it is paid" in shown
    assert press(tablet, page, ticket="").status_code == 422
    assert press(tablet, page, ticket="T-10").status_code == 303
    assert parts(tablet) == [("carry_out", "handed_over", "lyon", "TENT-2P", 1)]
    assert tablet.post(f"{page}/link", tablet.get("/")).status_code == 409


def test_what_is_collected_here_later_is_paid_on_collection_or_comes_from_another_store(
    tablet: Tablet, session: Session
) -> None:
    have(tablet, TENT_2P=2, BOOK=0)
    kept = scan(tablet, "TENT-2P")
    kept.press(**CHLOE, **{"way:TENT-2P": "here"})
    placed = kept.press("place")
    assert placed.status_code == 303, words(placed)
    assert parts(tablet) == [("pickup", "new", "lyon", "TENT-2P", 1)]
    page = words(tablet.client.get(placed.headers["Location"], headers=HTML))
    assert "Placed. €89.90 is paid on collection." in page

    assert "here" not in scan(tablet, "BOOK").page.text.split('name="way:BOOK"')[1]
    transfer = {"after_partial": "transfer", "after_none": "transfer"}
    rules = SetRules("Règles", Method.PICKUP, [{"rank": "distance"}], transfer)
    set_rules(session, rules, actor=SYSTEM)
    session.commit()
    sent = scan(tablet, "BOOK")
    assert "sent by Paris Bastille" in words(sent.page)
    sent.press(sku="TENT-2P", **{"way:BOOK": "here"})
    sent.press(**CHLOE, pay_by="till")
    assert sent.way("TENT-2P") == "now"
    assert sent.press("place", ticket="T-3").status_code == 303
    assert ("pickup", "in_transfer", "lyon", "BOOK", 1) in parts(tablet)


@pytest.mark.parametrize("ways", [("here",), ("now", "door", "paris")])
def test_placing_takes_few_statements_whatever_is_in_the_basket(
    tablet: Tablet, session: Session, statements: Callable[[], Any], ways: tuple[str, ...]
) -> None:
    skus = [f"WIDE-{at:02}" for at in range(39)]
    listed = [ListSku(sku, sku, {"fr": sku, "en": sku}, 100, "EUR", 2000) for sku in skus]
    list_skus(session, listed, brand_id=tablet.shop.brand_id)
    for location_id in (tablet.shop.lyon, tablet.shop.paris):
        receive(session, location_id=location_id, quantities=dict.fromkeys(skus, 9), actor=SYSTEM)
    session.commit()
    counts = []
    for lines in (len(ways), 39, len(ways)):  # the last one while two are open
        goods = [{"sku": sku, "quantity": 1} for sku in skus[:lines]]
        cart = api(tablet, "/carts", {"channel": "store", "store": "lyon", "items": goods})
        path = f"/en/tablet/baskets/{cart['token']}"
        counter = Counter(tablet, path, tablet.client.get(path, headers=HTML))
        chosen = {f"way:{sku}": ways[at % len(ways)] for at, sku in enumerate(skus[:lines])}
        counter.press(**CHLOE, **chosen)
        counter.press(**ADDRESS)
        ticket = {"ticket": f"T-{len(counts)}"} if len(ways) > 1 else {}
        with statements() as sent:
            placed = counter.press("place", **ticket)
        assert placed.status_code == 303, words(placed)
        counts.append(len(sent))
    more = 0 if len(ways) == 1 else BY_COLLECTED_PART + BY_BROUGHT_PART + 1 + TAKEN_ALONG
    assert len(set(counts)) == 1, counts
    assert counts[0] - TABLET_DOOR <= PLACING_MAX + more, sent
