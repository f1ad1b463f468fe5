"""What a till asks and does while the customer stands there; and the guide it is written from."""

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from pos_adapter.routes.blueprint import CODE_TRIES_DEVICE
from tests.conftest import ROOT, Shop
from tests.pos_adapter.conftest import Books
from tests.support.till import Till, line
from tests.unmoved import problem

DUE = 11570
SHOP = "https://shop.test"


def parcels(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json["parcels"])


@pytest.mark.matter("state", "pos")
@pytest.mark.parametrize(
    ("name", "asked"),
    [("qr", "qr"), ("code", "code"), ("order_number", "number"), ("phone", None)],
)
def test_whoever_stands_at_the_till_is_found(
    till: Till, ready: dict[str, str], name: str, asked: str | None
) -> None:
    said = ready[asked] if asked else "06 39 98 12 34"
    (found,) = parcels(till.post("/look-ups", {name: said}))
    lines = found.pop("lines")
    assert found == {
        "fulfillment_id": ready["parcel"],
        "order_number": ready["number"],
        "store": "lyon",
        "store_name": "Lyon Croix-Rousse",
        "here": True,
        "status": "ready",
        "customer_name": "Chloé Durand",
        "bin": "A7",
        "currency": "EUR",
        "due_minor": DUE,
        "obstacle": None,
    }
    assert [(each["sku"], each["collectable"]) for each in lines] == [
        ("TENT-2P", 1),
        ("MUG-BLUE", 2),
    ]


def test_a_line_says_what_a_promotion_takes_off_and_what_is_left_to_pay(
    till: Till, ready: dict[str, str], session: Session
) -> None:
    session.execute(text("UPDATE fulfillment_line SET discount_minor = 258 WHERE sku = 'MUG-BLUE'"))
    session.commit()

    (found,) = parcels(till.post("/look-ups", {"order_number": ready["number"]}))

    lines = {each["sku"]: (each["discount_minor"], each["amount_minor"]) for each in found["lines"]}
    assert lines == {"TENT-2P": (0, 8990), "MUG-BLUE": (258, 2 * 1290 - 258)}
    assert found["due_minor"] == DUE - 258


def test_of_another_stores_parcel_only_where_it_waits_is_told(
    paris_till: Till, ready: dict[str, str]
) -> None:
    (found,) = parcels(paris_till.post("/look-ups", {"order_number": ready["number"]}))
    assert (found["here"], found["store"], found["obstacle"]) == (False, "lyon", "wrong-store")
    assert (found["customer_name"], found["lines"], found["bin"]) == ("", [], None)
    scanned = paris_till.post("/look-ups", {"qr": ready["qr"]})
    assert problem(scanned) == (409, "wrong-store")
    assert scanned.json["store"] == "lyon"
    assert parcels(paris_till.post("/look-ups", {"phone": "0639981234"})) == []


def test_what_keeps_a_parcel_from_being_handed_over_is_told(
    till: Till, ready: dict[str, str]
) -> None:
    handed = {"qr": ready["qr"], "ticket_number": "T-1", "amount_minor": DUE}
    assert till.post("/hand-overs", handed, key=str(uuid4())).status_code == 201
    (found,) = parcels(till.post("/look-ups", {"order_number": ready["number"]}))
    assert (found["obstacle"], found["due_minor"]) == ("already-collected", None)
    assert problem(till.post("/look-ups", {"qr": ready["qr"]})) == (409, "already-collected")


def test_an_unknown_number_is_told_so_and_a_till_sale_too(till: Till) -> None:
    assert problem(till.post("/look-ups", {"order_number": "7K3-M9PX"})) == (404, "unknown-order")
    assert problem(till.post("/look-ups", {"order_number": "x"})) == (404, "unknown-order")
    number = till.ring_up(line("BOOK", 1, 455)).json["order_number"]
    (found,) = parcels(till.post("/look-ups", {"order_number": number}))
    assert (found["status"], found["customer_name"]) == ("handed_over", "–")


@pytest.mark.parametrize("body", [{}, {"qr": "a", "code": "b"}, {"phone": "123"}, {"name": "x"}])
def test_a_look_up_says_exactly_one_thing(till: Till, body: dict[str, str]) -> None:
    assert problem(till.post("/look-ups", body)) == (422, "validation")


def test_wrong_codes_are_counted_and_a_right_one_is_not(till: Till, ready: dict[str, str]) -> None:
    for _ in range(CODE_TRIES_DEVICE + 1):
        assert till.post("/look-ups", {"code": ready["code"]}).status_code == 200
    for _ in range(CODE_TRIES_DEVICE):
        assert problem(till.post("/look-ups", {"code": "0000-0000"})) == (404, "pass-not-valid")
    stopped = till.post("/look-ups", {"code": ready["code"]})
    assert problem(stopped) == (429, "too-many-attempts")
    assert len(parcels(till.post("/look-ups", {"order_number": ready["number"]}))) == 1


@pytest.mark.matter("pay", "pos")
@pytest.mark.matter("collect", "pos")
def test_the_ticket_pays_and_the_parcel_goes(
    till: Till, ready: dict[str, str], books: Books, shop: Shop
) -> None:
    body = {"code": ready["code"], "ticket_number": "T-812", "amount_minor": DUE}
    key = str(uuid4())
    first, again = (till.post("/hand-overs", body, key=key) for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert first.status_code == 201
    told = dict(first.json)
    given = told.pop("hand_over_id")
    assert told == {"order_number": ready["number"], "status": "handed_over", "paid_minor": DUE}
    assert books.rows("SELECT id, terminal_id FROM hand_over") == [
        {"id": UUID(given), "terminal_id": UUID(till.id)}
    ]
    assert books.rows("SELECT location_id, ticket_number, amount_minor FROM till_payment") == [
        {"location_id": shop.lyon, "ticket_number": "T-812", "amount_minor": DUE}
    ]
    assert books.level("MUG-BLUE") == (8, 0, 0)
    assert [finding.check.id for finding in run_checks()] == []


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"ticket_number": "T-1", "amount_minor": DUE - 1}, (409, "amount-differs")),
        ({}, (409, "amount-differs")),
        ({"amount_minor": DUE}, (422, "validation")),
        ({"ticket_number": "T-1", "amount_minor": -1}, (422, "validation")),
        ({"items": [{"sku": "BOOK", "quantity": 1}]}, (422, "not-ordered")),
    ],
)
def test_a_ticket_for_something_else_hands_nothing_over(
    till: Till,
    ready: dict[str, str],
    books: Books,
    body: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    before = books.moved()
    answer = till.post("/hand-overs", {"qr": ready["qr"], **body}, key=str(uuid4()))
    assert problem(answer) == refusal
    if refusal[1] == "amount-differs":
        assert (answer.json["due_minor"], answer.json["currency"]) == (DUE, "EUR")
    assert books.moved() == before


def test_a_hand_over_needs_its_key(till: Till, ready: dict[str, str]) -> None:
    body = {"qr": ready["qr"], "ticket_number": "T-1", "amount_minor": DUE}
    assert problem(till.post("/hand-overs", body)) == (400, "idempotency-key-required")


def test_a_part_is_paid_and_the_rest_waits(till: Till, ready: dict[str, str]) -> None:
    part = {
        "qr": ready["qr"],
        "ticket_number": "T-1",
        "amount_minor": 1290,
        "items": [{"sku": "MUG-BLUE", "quantity": 1}],
    }
    told = till.post("/hand-overs", part, key=str(uuid4())).json
    assert (told["status"], told["paid_minor"]) == ("ready", 1290)
    (found,) = parcels(till.post("/look-ups", {"qr": ready["qr"]}))
    assert found["due_minor"] == DUE - 1290


def test_another_stores_till_hands_nothing_over(
    paris_till: Till, ready: dict[str, str], books: Books
) -> None:
    before = books.moved()
    body = {"fulfillment_id": ready["parcel"], "ticket_number": "T-1", "amount_minor": DUE}
    answer = paris_till.post("/hand-overs", body, key=str(uuid4()))
    assert problem(answer) == (404, "unknown-fulfillment")
    assert books.moved() == before


@pytest.mark.matter("availability", "pos")
def test_what_is_here_and_what_is_around(till: Till, ready: dict[str, str]) -> None:
    here = till.get("/availability?article=MUG-BLUE&quantity=3&radius_km=200").json
    assert here == {
        "sku": "MUG-BLUE",
        "gtin": None,
        "name": "Tasse, blue",
        "on_hand": 10,
        "reserved": 2,
        "available": 8,
        "nearby": [],
    }
    assert problem(till.get("/availability?article=GONE")) == (422, "unknown-sku")
    assert problem(till.get("/availability?article=BOOK&radius_km=0")) == (422, "validation")


def test_stores_around_are_told_nearest_first(till: Till, session: Session, shop: Shop) -> None:
    session.execute(
        text("UPDATE location SET latitude = 45.75, longitude = 4.85 WHERE code = 'paris'")
    )
    session.commit()
    (near,) = till.get("/availability?article=BOOK&quantity=3").json["nearby"]
    ready_at = near.pop("ready_at")
    assert near == {
        "store": "paris",
        "name": "Paris Bastille",
        "city": "Paris",
        "distance_km": near["distance_km"],
        "available": 3,
    }
    assert ready_at is not None
    assert 2 < near["distance_km"] < 4


def test_asking_moves_nothing_but_the_nonce(
    till: Till, ready: dict[str, str], books: Books
) -> None:
    before = books.moved()
    for asked in ({"qr": ready["qr"]}, {"phone": "0639981234"}, {"order_number": ready["number"]}):
        till.post("/look-ups", asked)
    till.get("/availability?article=BOOK")
    till.get("/receipts/gaps")
    assert books.moved() == before


def test_the_guides_example_is_a_till(
    till: Till, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, books: Books
) -> None:
    guide = (ROOT / "docs/tills.md").read_text()
    example = re.search(r"```python\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)  # noqa: S102 (the guide's own text)

    @contextmanager
    def carry(request: urllib.request.Request, *, timeout: int) -> Iterator[BytesIO]:
        assert timeout > 0
        path = request.full_url.removeprefix(SHOP)
        got = client.open(path, method=request.method, data=request.data, headers=request.headers)
        assert got.status_code == 201, got.text
        yield BytesIO(got.data)

    monkeypatch.setattr(urllib.request, "urlopen", carry)
    receipt = till.receipt(line("BOOK", 2, 910))
    told = names["send"](SHOP, till.id, till.key, "/api/v1/till/receipts", receipt)
    assert (told["seq"], told["found"]) == (1, {})
    assert books.level("BOOK") == (8, 0, 0)


def test_the_guides_receipt_is_one(till: Till, ready: dict[str, str]) -> None:
    guide = (ROOT / "docs/tills.md").read_text()
    (shown,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    body = shown.replace("7K3-M9PX", ready["number"]).encode()
    target = "/api/v1/till/receipts"
    answer = till.send("POST", target, body, till.headers("POST", target, body))
    assert problem(answer) == (422, "unknown-sku")
    assert answer.json["skus"] == ["3017620422003"]
