"""Bad input gets its problem, is never our error, and changes nothing."""

import json
import re
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

import stores.services
from app import web
from kernel.web import make_cursor
from stores.commands import HireStaff, StaffRole
from tests.app.nasty import (
    COLUMNS,
    NEVER_OURS_TO_GIVE,
    NOT_ADDRESSES,
    NOT_AN_OBJECT,
    NOT_BASKETS,
    NOT_EMAILS,
    NOT_JSON,
    NOT_PAUSES,
    NOT_PHONES,
    NOT_QUANTITIES,
    NOT_QUERIES,
    NOT_TEXTS,
    UNKNOWN_SKUS,
    WRITES,
)
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves, problem, state

HTML = {"Accept": "text/html"}
WORD = "a long enough word to come in by"
FIELD = re.compile(r'name="([a-z_0-9]+)"')
VALIDATION = (422, "validation")
MALFORMED = (400, "malformed-body")
NO_KEY = (400, "idempotency-key-required")


def put(body: dict[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """Return the body with another value at a JSON pointer."""
    changed = deepcopy(body)
    *way, last = pointer.strip("/").split("/")
    here: Any = changed
    for step in way:
        here = here[int(step) if isinstance(here, list) else step]
    here[last] = value
    return changed


def place(client: Any, shop: Shop, body: object) -> Any:
    return client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))


def pointers(response: Any) -> list[str]:
    return [each["pointer"] for each in response.json["errors"]]


@pytest.mark.parametrize("quantity", NOT_QUANTITIES, ids=repr)
def test_only_whole_units_can_be_ordered(
    client: Any, connection: Connection, shop: Shop, quantity: object
) -> None:
    body = put(order_body(), "/items/1/quantity", quantity)
    with nothing_moves(connection):
        response = place(client, shop, body)
    assert problem(response) == VALIDATION
    assert pointers(response) == ["/items/1/quantity"]


@pytest.mark.parametrize("value", NOT_TEXTS, ids=repr)
@pytest.mark.parametrize("pointer", ["/items/0/sku", "/store", "/customer/last_name"])
def test_texts_are_texts_that_can_be_stored(
    client: Any, connection: Connection, shop: Shop, pointer: str, value: object
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, put(order_body(), pointer, value))
    assert problem(response) == VALIDATION
    assert pointers(response) == [pointer]


@pytest.mark.parametrize("sku", UNKNOWN_SKUS, ids=ascii)
def test_what_we_do_not_sell_is_named_back(
    client: Any, connection: Connection, shop: Shop, sku: str
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, put(order_body(), "/items/0/sku", sku))
    assert problem(response) == (422, "unknown-sku")
    assert response.json["skus"] == [sku]


@pytest.mark.parametrize("email", NOT_EMAILS)
def test_an_address_that_cannot_be_one_is_refused(
    client: Any, connection: Connection, shop: Shop, email: str
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, put(order_body(), "/customer/email", email))
    assert problem(response) == (422, "unreadable-email")


@pytest.mark.parametrize("email", ["a@b.co\nBcc: x@y.z", f"{'a' * 64}@{'b' * 250}.org", 5, []])
def test_an_address_is_one_short_line(
    client: Any, connection: Connection, shop: Shop, email: object
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, put(order_body(), "/customer/email", email))
    assert problem(response) == VALIDATION
    assert pointers(response) == ["/customer/email"]


@pytest.mark.parametrize("phone", NOT_PHONES)
def test_a_number_that_cannot_be_one_or_costs_money_is_refused(
    client: Any, connection: Connection, shop: Shop, phone: str
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, put(order_body(), "/customer/phone", phone))
    assert problem(response) == (422, "unreadable-phone")


def test_somebody_nobody_can_reach_cannot_order(
    client: Any, connection: Connection, shop: Shop
) -> None:
    body = order_body(customer={"last_name": "Durand"})
    with nothing_moves(connection):
        response = place(client, shop, body)
    assert problem(response) == VALIDATION
    assert pointers(response) == ["/customer/email"]


@pytest.mark.parametrize("name", NEVER_OURS_TO_GIVE, ids=ascii)
@pytest.mark.parametrize("pointer", ["/", "/customer/", "/items/0/"])
def test_nobody_sets_what_is_ours_to_compute(
    client: Any, connection: Connection, shop: Shop, pointer: str, name: str
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, put(order_body(), pointer + name, 1))
    assert problem(response) == VALIDATION
    assert pointers(response) == [pointer + name]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"store": "nowhere"}, (404, "unknown-location")),
        ({"channel": "fax"}, VALIDATION),
        ({"channel": ["web"]}, VALIDATION),
        ({"channel": "pos"}, (403, "channel-not-allowed")),
        ({"language": "de"}, VALIDATION),
        ({"language": {}}, VALIDATION),
        ({"items": []}, VALIDATION),
        ({"items": [{"sku": "BOOK", "quantity": 1}] * 1_001}, VALIDATION),
        ({"items": [{"sku": "BOOK", "quantity": 100_000}] * 2}, VALIDATION),
        ({"customer": None}, VALIDATION),
        ({"customer": []}, VALIDATION),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_order_that_cannot_be_meant_is_refused(
    client: Any,
    connection: Connection,
    shop: Shop,
    changes: dict[str, Any],
    said: tuple[int, str],
) -> None:
    with nothing_moves(connection):
        response = place(client, shop, order_body(**changes))
    assert problem(response) == said


def test_every_wrong_field_is_named_at_once_but_at_most_fifty(
    client: Any, connection: Connection, shop: Shop
) -> None:
    with nothing_moves(connection):
        two = place(client, shop, order_body(store="", language="de"))
        many = place(client, shop, order_body(items=[{"sku": "BOOK", "quantity": 0}] * 60))
    assert sorted(pointers(two)) == ["/language", "/store"]
    assert len(pointers(many)) == 50


@pytest.mark.parametrize("data", NOT_JSON, ids=lambda data: ascii(data[:30]))
def test_what_is_not_strict_json_is_not_read(
    client: Any, connection: Connection, shop: Shop, data: bytes
) -> None:
    with nothing_moves(connection):
        response = client.post(
            "/api/v1/orders",
            data=data,
            content_type="application/json",
            headers=as_key(shop.integration),
        )
    assert problem(response) == MALFORMED


@pytest.mark.parametrize("data", NOT_AN_OBJECT)
def test_json_of_another_shape_is_not_valid(
    client: Any, connection: Connection, shop: Shop, data: bytes
) -> None:
    with nothing_moves(connection):
        response = client.post(
            "/api/v1/orders",
            data=data,
            content_type="application/json",
            headers=as_key(shop.integration),
        )
    assert problem(response) == VALIDATION


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"],
)
def test_only_json_is_read_as_json(
    client: Any, connection: Connection, shop: Shop, media_type: str | None
) -> None:
    with nothing_moves(connection):
        response = client.post(
            "/api/v1/orders",
            data=json.dumps(order_body()).encode(),
            content_type=media_type,
            headers=as_key(shop.integration),
        )
    assert problem(response) == (415, "unsupported-media-type")


def test_a_body_of_more_than_a_mebibyte_is_not_read(
    client: Any, connection: Connection, shop: Shop
) -> None:
    with nothing_moves(connection):
        response = client.post(
            "/api/v1/orders",
            data=b" " * (1024 * 1024 + 1),
            content_type="application/json",
            headers=as_key(shop.integration),
        )
    assert problem(response) == (413, "too-large")


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [""],
        ["1234567"],
        ["x" * 201],
        ["x" * 10_000],
        ["tab\tbed-key"],
        ["clé-française"],
        ["first-key-1", "second-key-2"],
    ],
    ids=lambda keys: ascii(keys)[:30],
)
def test_a_keyed_request_needs_exactly_one_usable_key(
    client: Any, connection: Connection, shop: Shop, keys: list[str]
) -> None:
    headers = [("Authorization", f"Bearer {shop.integration}")]
    with nothing_moves(connection):
        response = client.post(
            "/api/v1/orders",
            json=order_body(),
            headers=[*headers, *(("Idempotency-Key", key) for key in keys)],
        )
    assert problem(response) == NO_KEY


@pytest.mark.parametrize("path", NOT_ADDRESSES, ids=lambda path: path[:50])
def test_an_address_that_names_nothing_is_not_found(
    client: Any, connection: Connection, shop: Shop, path: str
) -> None:
    with nothing_moves(connection):
        response = client.get(path, headers={"Authorization": f"Bearer {shop.manager}"})
    assert problem(response)[0] == 404


@pytest.mark.parametrize("path", NOT_QUERIES, ids=lambda path: path[:60])
def test_a_question_that_cannot_be_meant_is_refused(
    client: Any, connection: Connection, shop: Shop, path: str
) -> None:
    with nothing_moves(connection):
        response = client.get(path, headers={"Authorization": f"Bearer {shop.manager}"})
    assert problem(response) == VALIDATION
    assert all(pointer.startswith("/query") for pointer in pointers(response))


@pytest.mark.parametrize("parts", [("one",), ("one", "two"), ("one", "two", "three")])
@pytest.mark.parametrize("path", ["/api/v1/articles?", "/api/v1/fulfillments?store=lyon&"])
def test_a_cursor_of_another_listing_is_refused(
    client: Any, shop: Shop, path: str, parts: tuple[str, ...]
) -> None:
    if (len(parts) == 1) == path.startswith("/api/v1/articles"):
        pytest.skip("this is how cursors of this listing look")
    response = client.get(
        f"{path}cursor={make_cursor(*parts)}", headers={"Authorization": f"Bearer {shop.manager}"}
    )
    assert problem(response) == (422, "bad-cursor")


@pytest.mark.parametrize(
    "cursor", ["x", "%25%25", "AAAA", "_w", "é", "x" * 400, "MjAyNi0wMS0wMQp4", "Cg"]
)
@pytest.mark.parametrize(
    "path", ["/api/v1/articles?", "/api/v1/stores?", "/api/v1/fulfillments?store=lyon&"]
)
def test_an_altered_cursor_is_no_error_of_ours(
    client: Any, shop: Shop, path: str, cursor: str
) -> None:
    response = client.get(
        f"{path}cursor={cursor}", headers={"Authorization": f"Bearer {shop.manager}"}
    )
    if response.status_code != 200:
        assert problem(response) == (422, "bad-cursor")


@pytest.mark.parametrize("body", NOT_BASKETS, ids=lambda body: str(body)[-60:])
def test_a_basket_that_cannot_be_meant_is_refused(
    client: Any, connection: Connection, shop: Shop, body: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {shop.manager}"}
    with nothing_moves(connection):
        response = client.post("/api/v1/availability", json=body, headers=headers)
    assert problem(response) == VALIDATION


@pytest.mark.parametrize("body", NOT_PAUSES, ids=str)
def test_a_pause_ends_at_a_time_to_come(
    client: Any, connection: Connection, shop: Shop, body: dict[str, Any]
) -> None:
    with nothing_moves(connection):
        response = client.post("/api/v1/stores/lyon/pause", json=body, headers=as_key(shop.manager))
    assert problem(response) == VALIDATION


@pytest.mark.parametrize("quantity", NOT_QUANTITIES, ids=repr)
def test_only_whole_units_can_be_received(
    client: Any, connection: Connection, shop: Shop, quantity: object
) -> None:
    body = {"items": [{"sku": "BOOK", "quantity": quantity}]}
    with nothing_moves(connection):
        response = client.post(
            "/api/v1/stores/lyon/receipts", json=body, headers=as_key(shop.manager)
        )
    assert problem(response) == VALIDATION


def test_trusted_looking_headers_change_nothing(client: Any, shop: Shop) -> None:
    response = client.get(
        "/api/v1/fulfillments?store=lyon",
        headers={
            "X-Forwarded-For": "127.0.0.1",
            "X-HTTP-Method-Override": "DELETE",
            "X-Original-URL": "/health/live",
            "Host": "evil.test",
            "Range": "bytes=0-1",
        },
    )
    assert problem(response) == (401, "unauthenticated")


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write[0])
def test_no_route_takes_a_column_it_did_not_ask_for(
    client: Any, connection: Connection, shop: Shop, write: tuple[str, dict[str, Any]]
) -> None:
    order = place(client, shop, order_body()).json
    names = {"parcel": order["fulfillment_id"], "order": order["id"]}
    path = "/api/v1" + write[0].format(**names)
    with nothing_moves(connection):
        for column in COLUMNS:
            response = client.post(path, json={**write[1], column: 1}, headers=as_key(shop.manager))
            assert problem(response) == VALIDATION
            assert f"/{column}" in pointers(response)


ASKING_NOTHING = {"/fr/account/sign-out", "/fr/office/sign-out", "/fr/office/desk"}
"""Forms that act without a field."""


def test_no_form_and_no_question_of_a_page_breaks_on_a_sign_no_text_can_hold(
    app: Flask, session: Session, connection: Connection, shop: Shop
) -> None:
    people = HireStaff("Camille", StaffRole.ADMIN, (), email="camille@aubepin.test", password=WORD)
    stores.services.hire_staff(session, people)
    session.commit()
    guest, admin = app.test_client(), app.test_client()
    said = {"email": "camille@aubepin.test", "password": WORD}
    door = "/fr/office/sign-in"
    came = admin.post(door, data={"csrf": csrf_of(admin, door), **said}, headers=HTML)
    assert came.status_code == 303, came.text
    templates = (Path(web.__file__).parent / "templates").rglob("*.html")
    names = {name for each in templates for name in FIELD.findall(each.read_text())}
    broken = dict.fromkeys(names - {"csrf", "form"}, "a\0b")
    answers = Counter[int]()
    before = but_visits(connection)
    for client, at in ((guest, "/fr/place"), (admin, "/fr/office/orders")):
        form = {"csrf": csrf_of(client, at), **broken}
        for path in sorted(paths_of_forms(app) - ASKING_NOTHING):
            answered = client.post(path, data=form, headers=HTML)
            assert answered.status_code in {303, 400, 401, 403, 404, 409, 422}, path
            answers[answered.status_code] += 1
    asked = ("/fr/search?q=%00", "/fr/basket?aside=%00", "/fr/place?%00=1", "/fr/?q=%00")
    for path in (*asked, "/fr/office/orders?q=%00", "/fr/office/customers?q=%00"):
        assert admin.get(path, headers=HTML).status_code in {200, 303, 404, 422}, path
    assert but_visits(connection) == before
    assert answers[422] > 20, answers


def but_visits(connection: Connection) -> dict[str, str | None]:
    """Return what is kept, but who looked at a page and which forms were answered."""
    visits = {"shopper_session", "staff_session", "stored_answer"}
    return {table: rows for table, rows in state(connection).items() if table not in visits}


def csrf_of(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path, headers=HTML).text)
    assert found is not None, path
    return found[1]


def paths_of_forms(app: Flask) -> set[str]:
    """Return an address of each page that takes a form."""
    found = set()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith(("/api/", "/webhooks/")):
            continue
        path = rule.rule.replace("<language>", "fr").replace("<lang:language>", "fr")
        path = re.sub(r"<any\(.*?\):language>", "fr", path)
        path = re.sub(r"<uuid:\w+>", "00000000-0000-7000-8000-000000000000", path)
        found.add(re.sub(r"<[^>]*>", "1", path))
    return found
