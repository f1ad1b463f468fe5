"""The account in the shop: who may enter it, what it shows, and what nobody gets by typing."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.cli.check import run_checks
from customers.queries import code_of
from kernel.links import order_token
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves

HTML = {"Accept": "text/html"}
COOKIE = "comptoir-shopper"
VICTIM, VICTIM_PHONE = "chloe.durand@example.org", "06 39 98 12 34"
ATTACKER = "mallory@example.org"
PASSWORD = "correct horse battery"  # noqa: S105 (that of every test)
WRONG = "not this one at all"


@dataclass
class Browser:
    """Somebody's browser in the shop, who reads the codes that arrive at `reads`."""

    client: FlaskClient
    session: Session

    def open(self, path: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, headers=HTML)

    def read(self, path: str) -> str:
        """Return what a page says."""
        response = self.open(path)
        assert response.status_code == 200, response.text
        return plain(response)

    def send(self, path: str, **said: Any) -> TestResponse:
        """Send a form as a page of the shop would."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.open("/en/place").text)
        assert found is not None
        body = {"csrf": found[1], "form": str(uuid4()), **said}
        return self.client.post(path, data=body, headers=HTML)

    def ask(self, email: str, **said: Any) -> str:
        """Have a code sent; return where it is typed."""
        sent = self.send("/en/account/sign-in", email=email, **said)
        assert sent.status_code == 303, sent.text
        return str(sent.headers["Location"])

    def sign_in(self, email: str) -> TestResponse:
        """Come in by the code that arrives at an address."""
        path = self.ask(email)
        answered = self.send(path, code=code_at(path))
        assert answered.status_code == 303, answered.text
        return answered

    def prove(self, reach: str) -> TestResponse:
        """Add a contact point whose codes this person reads."""
        sent = self.send("/en/account/points", reach=reach)
        assert sent.status_code == 303, sent.text
        path = sent.headers["Location"]
        return self.send(path, code=code_at(path))

    @property
    def cookie(self) -> str:
        """Return the token by which the shop knows this browser."""
        found = self.client.get_cookie(COOKIE)
        return found.value if found else ""


def plain(response: TestResponse) -> str:
    """Return the text of a page in one line."""
    words = re.sub(r"<[^>]+>", " ", response.text)
    return " ".join(unescape(words).replace("\xa0", " ").replace("\u202f", " ").split())


def code_at(path: str) -> str:
    """Return the digits that arrived for the challenge of an address."""
    return code_of(UUID(path.partition("?")[0].rsplit("/", 1)[1]))


@pytest.fixture
def browser(app: Flask, session: Session, shop: Shop) -> Any:
    """Return a new browser each time it is asked for one."""
    return lambda: Browser(app.test_client(), session)


def place(client: FlaskClient, shop: Shop, **customer: Any) -> str:
    """Have an order placed for somebody; return its number as it is shown."""
    body = order_body()
    body["customer"] = {"first_name": "Chloé", "last_name": "Durand", **customer}
    placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.text
    return str(placed.json["number"])


def test_one_code_opens_an_account_and_signs_in_under_a_new_cookie(
    browser: Any, connection: Connection, client: FlaskClient, shop: Shop
) -> None:
    number = place(client, shop, email=VICTIM)
    other = place(client, shop, email=ATTACKER)
    chloe = browser()
    path = chloe.ask("Chloe.Durand@Example.org", to="/en/checkout")
    planted = chloe.cookie
    answered = chloe.send(path, code=code_at(path), to="/en/checkout")
    assert answered.headers["Location"] == "/en/account/details?done=opened&to=/en/checkout"
    assert chloe.cookie not in {"", planted}

    page = chloe.read("/en/account")
    assert number in page
    assert other not in page
    assert "Chloé" in chloe.read("/en/")  # named as the newest order of this address
    stranger = browser()
    stranger.client.set_cookie(COOKIE, planted)
    assert stranger.open("/en/account").headers["Location"].startswith("/en/account/sign-in")
    again = chloe.send(path, code=code_at(path))
    assert "This code is over" in plain(again)
    assert run_checks() == []
    facts = connection.execute(text("SELECT string_agg(facts::text, '') FROM event")).scalar_one()
    assert "example.org" not in facts


def test_an_unknown_address_and_a_known_one_are_answered_alike(
    browser: Any, client: FlaskClient, shop: Shop
) -> None:
    browser().sign_in(VICTIM)
    told = []
    for address in (VICTIM, "nobody@example.org"):
        someone = browser()
        page = someone.open(someone.ask(address)).text.replace(address, "…")
        told.append(re.sub(r'value="[^"]{20,}"|code/[0-9a-f-]+|[?][v]=\w+', "", page))
    assert told[0] == told[1]
    passwords = [
        browser().send("/en/account/password-sign-in", email=address, password=PASSWORD)
        for address in (VICTIM, "nobody@example.org")
    ]
    assert [each.status_code for each in passwords] == [422, 422]
    assert plain(passwords[0]) == plain(passwords[1])


def test_five_wrong_answers_end_a_code_even_for_the_right_one(
    browser: Any, connection: Connection
) -> None:
    mallory = browser()
    path = mallory.ask(VICTIM)
    wrong = f"{(int(code_at(path)) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert "not the six digits" in plain(mallory.send(path, code=wrong))
    with nothing_moves(connection):
        over = mallory.send(path, code=code_at(path))
    assert (over.status_code, "This code is over" in plain(over)) == (422, True)
    assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 0


def test_a_code_is_answered_in_ten_minutes_once_and_by_who_asked(
    browser: Any, connection: Connection
) -> None:
    chloe, mallory = browser(), browser()
    path = chloe.ask(VICTIM)
    mallory.open("/en/place")
    with nothing_moves(connection):
        assert mallory.send(path, code=code_at(path)).status_code == 404
    assert VICTIM not in mallory.read(path)
    late = chloe.ask(VICTIM)
    connection.execute(text("UPDATE challenge SET answer_by = now() - interval '1 second'"))
    assert "This code is over" in plain(chloe.send(late, code=code_at(late)))
    assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 0


def test_codes_to_one_address_are_counted_whoever_asks(browser: Any) -> None:
    for _ in range(5):
        browser().ask(VICTIM)
    sixth = browser().send("/en/account/sign-in", email=VICTIM.upper())
    assert (sixth.status_code, "Try again in an hour" in plain(sixth)) == (429, True)
    browser().ask(ATTACKER)


def test_typing_somebodys_number_or_address_shows_nothing_of_theirs(
    browser: Any, client: FlaskClient, shop: Shop, connection: Connection
) -> None:
    """Before and after: the attacker's order names the victim's number, the victim's follows."""
    theirs = place(client, shop, first_name="Mallory", email=ATTACKER, phone=VICTIM_PHONE)
    mallory = browser()
    mallory.sign_in(ATTACKER)
    hers = place(client, shop, email=VICTIM, phone=VICTIM_PHONE)
    assert theirs in mallory.read("/en/account")
    assert hers not in mallory.read("/en/account")
    assert VICTIM_PHONE not in mallory.read("/en/account/details")

    chloe = browser()
    chloe.sign_in(VICTIM)
    assert hers in chloe.read("/en/account")
    assert ATTACKER not in chloe.read("/en/account/details")
    owners = connection.execute(text("SELECT count(DISTINCT customer_id) FROM account"))
    assert owners.scalar_one() == 2

    mallory.send("/en/account/points", reach=VICTIM_PHONE)
    mallory.send("/en/account/points", reach=VICTIM)
    assert hers not in mallory.read("/en/account")
    chloe.prove(VICTIM_PHONE)
    assert theirs in chloe.read("/en/account")  # it was ordered for her number
    assert hers not in mallory.read("/en/account")
    assert run_checks() == []


def test_a_number_goes_to_whom_it_reaches_and_an_address_of_an_account_stays(
    browser: Any,
) -> None:
    first, second = browser(), browser()
    first.sign_in(VICTIM)
    second.sign_in(ATTACKER)
    assert first.prove(VICTIM_PHONE).status_code == 303
    assert second.prove(VICTIM_PHONE).status_code == 303  # the number changed hands
    assert "98 12 34" not in first.read("/en/account/details")
    path = second.send("/en/account/points", reach=VICTIM).headers["Location"]
    refused = second.send(path, code=code_at(path))
    assert (refused.status_code, "opens another account" in plain(refused)) == (409, True)
    assert run_checks() == []


def test_a_password_needs_a_code_and_signs_other_browsers_out(browser: Any) -> None:
    chloe, elsewhere = browser(), browser()
    chloe.sign_in(VICTIM)
    elsewhere.sign_in(VICTIM)
    path = chloe.send("/en/account/password").headers["Location"]
    weak = {
        "short": "Take 10 to 72 signs",
        "password123": "Others would guess this one",
        "chloe.durand@example.org": "Others would guess this one",
    }
    for typed, said in weak.items():
        refused = chloe.send(path, code=code_at(path), password=typed)
        assert (refused.status_code, said in plain(refused)) == (422, True)
    assert chloe.send(path, code="000000x", password=PASSWORD).status_code == 422
    assert chloe.send(path, code=code_at(path), password=PASSWORD).status_code == 303
    assert elsewhere.open("/en/account").status_code == 303
    assert chloe.open("/en/account").status_code == 200

    entered = elsewhere.send("/en/account/password-sign-in", email=VICTIM, password=PASSWORD)
    assert entered.headers["Location"] == "/en/account"
    wrong = browser()
    told = [
        wrong.send("/en/account/password-sign-in", email=VICTIM, password=WRONG).status_code
        for _ in range(9)
    ]
    assert told == [422] * 8 + [429]
    path = chloe.send("/en/account/password").headers["Location"]
    assert chloe.send(path, code=code_at(path), remove="yes").status_code == 303
    gone = browser().send("/en/account/password-sign-in", email=VICTIM, password=PASSWORD)
    assert gone.status_code == 429
    assert run_checks() == []


def test_signing_out_ends_this_browser_and_everywhere_ends_all(browser: Any) -> None:
    chloe, phone = browser(), browser()
    chloe.sign_in(VICTIM)
    phone.sign_in(VICTIM)
    used = chloe.cookie
    assert chloe.send("/en/account/sign-out").status_code == 303
    chloe.client.set_cookie(COOKIE, used)
    assert chloe.open("/en/account").status_code == 303
    assert phone.open("/en/account").status_code == 200
    chloe = browser()
    chloe.sign_in(VICTIM)
    assert chloe.send("/en/account/sign-out", everywhere="yes").status_code == 303
    assert phone.open("/en/account").status_code == 303
    forged = phone.client.post("/en/account/sign-in", data={"email": VICTIM}, headers=HTML)
    assert forged.status_code == 403


def test_a_guest_opens_an_account_from_their_order_with_one_code(
    browser: Any, client: FlaskClient, shop: Shop, connection: Connection
) -> None:
    number = place(client, shop, email=VICTIM)
    order_id = connection.execute(text("SELECT id FROM sales_order")).scalar_one()
    page = f"/en/orders/{order_token(order_id)}"
    guest = browser()
    assert "Keep your orders together" in guest.read(page)
    path = guest.send(f"{page}/account").headers["Location"]
    assert VICTIM not in guest.open(path).text  # who holds the link need not know the address
    assert guest.send(path, code=code_at(path), hidden="yes").status_code == 303
    assert number in guest.read("/en/account")
    assert "Keep your orders together" not in guest.read(page)


def test_details_and_addresses_are_filled_in_at_checkout(
    browser: Any, shop: Shop, connection: Connection
) -> None:
    chloe, mallory = browser(), browser()
    chloe.sign_in(VICTIM)
    mallory.sign_in(ATTACKER)
    assert chloe.send("/en/account/details", first_name="", last_name="Durand").status_code == 422
    named = chloe.send("/en/account/details", first_name="Chloé", last_name="Durand", language="en")
    assert named.headers["Location"] == "/en/account/details?done=named"
    chloe.prove(VICTIM_PHONE)
    home = {"line1": "3 rue des Fleurs", "postcode": "69 004", "city": "Lyon"}
    assert chloe.send("/en/account/addresses", **home | {"postcode": "9"}).status_code == 422
    assert chloe.send("/en/account/addresses", **home).status_code == 303
    address = connection.execute(text("SELECT id FROM saved_address")).scalar_one()
    one = f"/en/account/addresses/{address}"
    assert chloe.send(one, **home | {"line1": "5 rue des Fleurs"}).status_code == 303
    assert "5 rue des Fleurs 69004 Lyon" in chloe.read("/en/account/addresses")
    with nothing_moves(connection):
        for path in (one, f"{one}/close"):
            assert mallory.send(path, **home).status_code == 404
        assert mallory.open(one).status_code == 404

    chloe.send("/en/basket/add", sku="MUG-BLUE", store="lyon")
    page = chloe.open("/en/checkout").text
    for typed in ("Chloé", "Durand", VICTIM, "+33639981234"):
        assert f'value="{typed}"' in page
    page = chloe.open("/en/checkout/delivery").text
    assert 'value="69004"' in page
    assert f"address={address}" in page
    assert chloe.send(f"{one}/close").status_code == 303
    assert "5 rue des Fleurs" not in chloe.read("/en/account/addresses")


def test_a_closed_account_keeps_orders_under_their_links_and_proves_nothing_any_more(
    browser: Any, client: FlaskClient, shop: Shop, connection: Connection
) -> None:
    by_number = place(client, shop, phone=VICTIM_PHONE)
    chloe = browser()
    chloe.sign_in(VICTIM)
    chloe.prove(VICTIM_PHONE)
    assert by_number in chloe.read("/en/account")
    assert chloe.send("/en/account/close").status_code == 303
    assert chloe.open("/en/account").status_code == 303
    order_id = connection.execute(text("SELECT id FROM sales_order")).scalar_one()
    assert by_number in chloe.read(f"/en/orders/{order_token(order_id)}")
    assert run_checks() == []

    heir = browser()  # the address has another owner by now, the number has not
    heir.sign_in(VICTIM)
    assert by_number not in heir.read("/en/account")
    assert run_checks() == []


def test_the_address_one_signs_in_with_changes_and_stays_while_it_is_used(browser: Any) -> None:
    chloe = browser()
    chloe.sign_in(VICTIM)
    assert chloe.prove("chloe@work.example.org").status_code == 303
    points = re.findall(r"/points/([0-9a-f-]{36})/sign-in", chloe.open("/en/account/details").text)
    assert chloe.send(f"/en/account/points/{points[0]}/sign-in").status_code == 303
    page = chloe.open("/en/account/details").text
    assert points[0] not in page
    kept = chloe.send(f"/en/account/points/{points[0]}/forget")
    assert (kept.status_code, "You sign in with this address" in plain(kept)) == (409, True)
    (old,) = re.findall(r"/points/([0-9a-f-]{36})/forget", page)
    by_either = browser()
    by_either.sign_in(VICTIM)  # still hers: the same account
    assert "chloe@work.example.org" in by_either.read("/en/account/details")
    assert chloe.send(f"/en/account/points/{old}/forget").status_code == 303
    assert chloe.send(f"/en/account/points/{old}/forget").status_code == 409
    assert run_checks() == []
