"""An account over HTTP, as a headless shop uses it: the same use cases as its pages."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.cli.check import run_checks
from customers.queries import code_of
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves, problem

ACCOUNT = "/api/v1/account"
CHLOE, MALLORY = "chloe.durand@example.org", "mallory@example.org"
PHONE = "06 39 98 12 34"
PASSWORD = "marmotte-parapluie-violet"  # noqa: S105 (a test's)
HOME = {"line1": "3 rue des Fleurs", "postcode": "69 004", "city": "Lyon"}
NOTHING = "00000000-0000-7000-8000-000000000000"


class Headless:
    """A program that acts for one shopper, and reads the codes that arrive."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.token = client, ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a request with the token there is, and a new Idempotency-Key."""
        said = {"Idempotency-Key": str(uuid4()), **headers}
        if self.token:
            said["Authorization"] = f"Bearer {self.token}"
        path = path if path.startswith("/") else f"{ACCOUNT}/{path}".rstrip("/")
        return self.client.open(path, method=method, json=body, headers=said)

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """Do something that works; return what is told."""
        answered = self.ask(method, path, body)
        assert answered.status_code in {200, 201}, answered.text
        return answered.json

    def sign_in(self, email: str) -> Any:
        """Sign in by the code that arrives at an address."""
        asked = self.done("POST", "codes", {"email": email})
        said = {**asked, "code": digits(asked)}
        entered = self.done("POST", "sign-in", said)
        self.token = entered["token"]
        return entered

    def prove(self, **reach: str) -> TestResponse:
        """Add a contact point whose codes arrive here."""
        asked = self.done("POST", "points", reach)
        return self.ask("POST", "points/proofs", {**asked, "code": digits(asked)})


def digits(asked: dict[str, str]) -> str:
    return code_of(UUID(asked["challenge_id"]))


@pytest.fixture
def headless(client: FlaskClient, shop: Shop) -> Any:
    """Return a new program each time it is asked for one."""
    return lambda: Headless(client)


def place(client: FlaskClient, shop: Shop, **customer: Any) -> dict[str, Any]:
    body = order_body() | {"items": [{"sku": "MUG-BLUE", "quantity": 1}]}
    body["customer"] = {"first_name": "Chloé", "last_name": "Durand", **customer}
    placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.text
    return dict(placed.json)


def test_a_code_opens_an_account_whose_orders_are_what_is_proven(
    headless: Any, client: FlaskClient, shop: Shop, connection: Connection
) -> None:
    mine, theirs = place(client, shop, email=CHLOE), place(client, shop, email=MALLORY)
    by_phone = place(client, shop, email="friend@example.org", phone=PHONE)
    chloe = headless()
    assert chloe.sign_in(CHLOE)["is_new"] is True
    known = chloe.done("GET", "")
    assert (known["email"], known["first_name"], known["has_password"]) == (CHLOE, "Chloé", False)
    assert [each["id"] for each in chloe.done("GET", "orders")["orders"]] == [mine["id"]]

    assert chloe.prove(phone=PHONE, country="FR").status_code == 201
    first = chloe.done("GET", "orders?limit=1")
    rest = chloe.done("GET", f"orders?limit=1&cursor={first['next']}")
    assert [page["orders"][0]["id"] for page in (first, rest)] == [by_phone["id"], mine["id"]]
    assert chloe.done("GET", f"orders?limit=1&cursor={rest['next']}")["orders"] == []

    path = f"/api/v1/orders/{mine['id']}"
    assert chloe.done("GET", path)["number"] == mine["number"]
    with nothing_moves(connection):
        for method, foreign in (
            ("GET", f"/api/v1/orders/{theirs['id']}"),
            ("GET", f"/api/v1/orders?number={theirs['number']}"),
            ("POST", f"/api/v1/orders/{theirs['id']}/cancel"),
        ):
            refused = chloe.ask(method, foreign, {} if method == "POST" else None)
            assert problem(refused) == (404, "unknown-order"), foreign
    assert chloe.done("POST", f"{path}/cancel", {})["status"] == "cancelled"
    assert run_checks() == []
    facts = connection.execute(text("SELECT string_agg(facts::text, '') FROM event")).scalar_one()
    kept = connection.execute(text("SELECT string_agg(body::text, '') FROM stored_answer"))
    assert "example.org" not in f"{facts}{kept.scalar_one()}"


def test_a_code_is_answered_once_by_who_asked_and_tells_nobody_who_has_an_account(
    headless: Any, connection: Connection
) -> None:
    chloe, mallory = headless(), headless()
    chloe.sign_in(CHLOE)
    shapes = []
    for email in (CHLOE, "nobody@example.org"):
        asked = mallory.ask("POST", "codes", {"email": email})
        shapes.append((asked.status_code, re.sub(r"[\w-]{20,}", "…", asked.text)))
        wrong = {"email": email, "password": PASSWORD}
        refused = mallory.ask("POST", "password-sign-in", wrong)
        assert problem(refused) == (403, "account-sign-in-refused")
    assert shapes[0] == shapes[1]

    key = str(uuid4())
    asked = [
        mallory.ask("POST", "codes", {"email": MALLORY}, **{"Idempotency-Key": key}).json
        for _ in range(2)
    ]
    assert asked[0] == asked[1]  # sent once
    (one, *_), good = asked, digits(asked[0])
    other = mallory.done("POST", "codes", {"email": CHLOE})
    with nothing_moves(connection):
        stolen = {"challenge_id": one["challenge_id"], "token": other["token"], "code": good}
        assert problem(mallory.ask("POST", "sign-in", stolen)) == (404, "unknown-challenge")
        guessed = {**one, "token": "guessed", "code": good}
        assert problem(mallory.ask("POST", "sign-in", guessed)) == (404, "unknown-challenge")
    wrong = {**one, "code": f"{(int(good) + 1) % 1_000_000:06}"}
    for _ in range(4):
        assert problem(mallory.ask("POST", "sign-in", wrong)) == (403, "code-refused")
    assert mallory.done("POST", "sign-in", {**one, "code": good})["is_new"] is True
    spent = mallory.ask("POST", "sign-in", {**one, "code": good})
    assert problem(spent) == (404, "unknown-challenge")
    unsigned = headless()
    unsigned.token = other["token"]  # who only asked is nobody
    assert problem(unsigned.ask("GET", "")) == (401, "unauthenticated")


def test_the_brakes_of_codes_are_those_of_the_pages(
    headless: Any, shop: Shop, connection: Connection
) -> None:
    someone = headless()
    for _ in range(5):
        someone.done("POST", "codes", {"email": CHLOE})
    refused = someone.ask("POST", "codes", {"email": CHLOE.upper()})
    assert problem(refused) == (429, "too-many-attempts")
    wrong = {"email": CHLOE, "password": "wrong"}
    told = [someone.ask("POST", "password-sign-in", wrong).status_code for _ in range(9)]
    assert told == [403] * 8 + [429]
    someone.token = shop.integration  # a server that asks for its shoppers is counted by its key
    someone.done("POST", "codes", {"email": MALLORY})
    scopes = "SELECT scope, tries FROM attempt WHERE scope LIKE 'code:network%' ORDER BY tries"
    counted = [tuple(row) for row in connection.execute(text(scopes))]
    assert [tries for _, tries in counted] == [1, 5]
    assert counted[0][0].startswith("code:network:key:")


def test_names_addresses_and_points_are_the_owners_and_nobody_elses(
    headless: Any, connection: Connection
) -> None:
    chloe, mallory = headless(), headless()
    chloe.sign_in(CHLOE)
    mallory.sign_in(MALLORY)
    named = {"first_name": "Chloé", "last_name": "Durand", "language": "en"}
    assert chloe.done("PUT", "", named)["language"] == "en"
    assert problem(chloe.ask("PUT", "", named | {"language": "de"})) == (422, "validation")
    kept = chloe.done("POST", "addresses", HOME)
    one = f"addresses/{kept['id']}"
    refused = chloe.ask("POST", "addresses", HOME | {"postcode": "9"})
    assert problem(refused) == (422, "unreadable-postcode")
    chloe.done("PUT", one, HOME | {"line1": "5 rue des Fleurs"})
    (address,) = chloe.done("GET", "addresses")["addresses"]
    assert (address["line1"], address["postcode"]) == ("5 rue des Fleurs", "69004")

    assert chloe.prove(email="chloe@work.example.org").status_code == 201
    points = {each["value"]: each["id"] for each in chloe.done("GET", "")["points"]}
    assert sorted(points) == [CHLOE, "chloe@work.example.org"]
    point = f"points/{points['chloe@work.example.org']}"
    said: dict[str, set[str]] = {}
    with nothing_moves(connection):
        for method, path, body in (
            ("PUT", one, HOME),
            ("DELETE", one, None),
            ("DELETE", point, None),
            ("POST", f"{point}/sign-in", None),
        ):
            for target in (path, re.sub(r"[0-9a-f-]{36}", NOTHING, path)):
                answer = mallory.ask(method, target, body)
                assert answer.status_code == 404, target
                said.setdefault(f"{method} {path}", set()).add(str({**answer.json, "instance": ""}))
    assert all(len(each) == 1 for each in said.values())  # as if it did not exist

    held = f"points/{points[CHLOE]}"
    assert problem(chloe.ask("DELETE", held)) == (409, "last-sign-in")
    chloe.done("POST", f"{point}/sign-in")
    assert chloe.done("GET", "")["email"] == "chloe@work.example.org"
    chloe.done("DELETE", held)
    chloe.done("DELETE", one)
    assert chloe.done("GET", "addresses") == {"addresses": []}
    taken = mallory.prove(email="chloe@work.example.org")
    assert problem(taken) == (409, "contact-point-of-another-account")
    assert run_checks() == []


def test_a_password_signs_in_and_signing_out_ends_what_it_says(headless: Any) -> None:
    chloe, phone = headless(), headless()
    chloe.sign_in(CHLOE)
    phone.sign_in(CHLOE)
    asked = chloe.done("POST", "password/code")
    weak = {**asked, "code": digits(asked), "password": "short"}
    assert problem(chloe.ask("PUT", "password", weak)) == (422, "weak-password")
    chloe.done("PUT", "password", weak | {"password": PASSWORD})
    assert problem(phone.ask("GET", "")) == (401, "unauthenticated")
    phone.token = ""
    phone.token = phone.done("POST", "password-sign-in", {"email": CHLOE, "password": PASSWORD})[
        "token"
    ]
    assert phone.done("GET", "")["has_password"] is True
    chloe.done("POST", "sign-out", {})
    assert problem(chloe.ask("GET", "")) == (401, "unauthenticated")
    tablet = headless()
    tablet.sign_in(CHLOE)
    tablet.done("POST", "sign-out", {"everywhere": True})
    assert problem(phone.ask("GET", "")) == (401, "unauthenticated")
    last = headless()
    last.sign_in(CHLOE)
    assert last.done("DELETE", "") == {"done": True}
    assert problem(last.ask("GET", "")) == (401, "unauthenticated")
    assert run_checks() == []


def test_a_cookie_opens_nothing_of_it_and_a_key_is_nobodys_account(
    headless: Any, client: FlaskClient, shop: Shop
) -> None:
    chloe = headless()
    chloe.sign_in(CHLOE)
    client.set_cookie("comptoir-shopper", chloe.token)
    assert problem(client.get(ACCOUNT)) == (401, "unauthenticated")
    client.delete_cookie("comptoir-shopper")
    for key in (shop.integration, shop.manager):
        assert problem(client.get(ACCOUNT, headers=as_key(key))) == (403, "forbidden")
    refused = client.get("/api/v1/customers?q=durand", headers=as_key(chloe.token))
    assert problem(refused) == (403, "forbidden")
