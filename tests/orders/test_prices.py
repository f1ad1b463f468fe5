"""Prices that are dated, promotions that take off what they may, and the quote that tells of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from kernel.clock import db_now
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body
from tests.orders.conftest import TENT, Counter
from tests.unmoved import nothing_moves, problem

MUGS = {"sku": "MUG-BLUE", "quantity": 3}
DAY = timedelta(days=1)


@pytest.fixture
def admin(session: Session, shop: Shop) -> str:
    staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN, ()))
    key = stores.services.issue_key(
        session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM
    )[1]
    session.commit()
    return key


def promotion(**changes: Any) -> dict[str, Any]:
    """Return ten per cent off every mug."""
    return {
        "brand": "aubepin",
        "code": "mugs",
        "names": {"fr": "Les tasses à -10 %", "en": "10 % off mugs"},
        "kind": "percent",
        "amount": 1000,
        "on_what": "article",
        "on_code": "MUG",
        **changes,
    }


def set_promotion(client: Any, admin: str, **changes: Any) -> Any:
    return client.post("/api/v1/promotions", json=promotion(**changes), headers=as_key(admin))


def set_price(client: Any, admin: str, sku: str, amount_minor: int, **changes: Any) -> Any:
    body = {"brand": "aubepin", "prices": [{"sku": sku, "amount_minor": amount_minor, **changes}]}
    return client.post("/api/v1/prices", json=body, headers=as_key(admin))


def quote(client: Any, *items: dict[str, Any], **seller: Any) -> dict[str, Any]:
    body = {"items": list(items), **(seller or {"store": "lyon"})}
    answer = client.post("/api/v1/quotes", json=body)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def timeline(session: Session, sku: str) -> list[tuple[int, float, float | None]]:
    """Return each price of a SKU that holds or will, with its bounds in days from now."""
    rows = session.execute(
        text(
            "SELECT amount_minor, extract(epoch FROM valid_from - now()) / 86400,"
            " extract(epoch FROM valid_to - now()) / 86400 FROM price"
            " WHERE sku = :sku AND valid_to IS DISTINCT FROM valid_from ORDER BY valid_from"
        ),
        {"sku": sku},
    )
    return [
        (amount, round(start) + 0.0, None if end is None else round(end) + 0.0)
        for amount, start, end in rows
    ]


def test_a_quote_tells_each_line_its_discount_and_the_vat_of_each_rate(
    client: Any, admin: str
) -> None:
    assert set_promotion(client, admin).status_code == 201
    told = quote(client, MUGS, {"sku": "BOOK", "quantity": 2})
    mugs, books = told["lines"]
    assert (mugs["list_minor"], mugs["discount_minor"], mugs["amount_minor"]) == (3870, 387, 3483)
    assert (mugs["promotion_name"], books["discount_minor"]) == ("Les tasses à -10 %", 0)
    assert (told["total_minor"], told["discount_minor"]) == (4393, 387)
    assert [(each["rate_bp"], each["gross_minor"]) for each in told["vat"]] == [
        (550, 910),
        (2000, 3483),
    ]


def test_a_price_for_a_time_ends_and_what_was_before_holds_again(
    client: Any, session: Session, admin: str
) -> None:
    now = db_now(session)
    body = {"valid_from": (now + 2 * DAY).isoformat(), "valid_to": (now + 9 * DAY).isoformat()}
    assert set_price(client, admin, "BOOK", 300, is_reduced=True, **body).json == {"written": 2}
    assert timeline(session, "BOOK") == [(455, 0, 2), (300, 2, 9), (455, 9, None)]
    assert quote(client, {"sku": "BOOK", "quantity": 1})["total_minor"] == 455
    history = client.get("/api/v1/prices/BOOK?brand=aubepin", headers=as_key(admin)).json["prices"]
    assert [each["state"] for each in history] == ["planned", "planned", "present"]
    assert [each["author_name"] for each in history] == ["Comptoir", "Ada", "Comptoir"]


def test_a_price_from_now_on_sets_aside_what_was_planned(
    client: Any, session: Session, admin: str
) -> None:
    now = db_now(session)
    planned = {"valid_from": (now + 2 * DAY).isoformat(), "valid_to": (now + 9 * DAY).isoformat()}
    set_price(client, admin, "BOOK", 300, **planned)
    assert set_price(client, admin, "BOOK", 500).json == {"written": 1}
    assert timeline(session, "BOOK") == [(455, 0, 0), (500, 0, None)]
    assert set_price(client, admin, "BOOK", 500).json == {"written": 0}


def test_a_plan_inside_a_plan_cuts_it_and_one_over_its_end_moves_it(
    client: Any, session: Session, admin: str
) -> None:
    now = db_now(session)

    def plan(amount: int, first: int, last: int) -> None:
        bounds = {
            "valid_from": (now + first * DAY).isoformat(),
            "valid_to": (now + last * DAY).isoformat(),
        }
        assert set_price(client, admin, "BOOK", amount, **bounds).status_code == 200

    plan(300, 10, 20)
    plan(250, 12, 15)
    plan(400, 5, 11)
    assert timeline(session, "BOOK") == [
        (455, 0, 5),
        (400, 5, 11),
        (300, 11, 12),
        (250, 12, 15),
        (300, 15, 20),
        (455, 20, None),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_from": "2020-01-01T00:00:00Z"}, "price-in-the-past"),
        ({"valid_to": "2020-01-01T00:00:00Z"}, "price-in-the-past"),
        ({"sku": "NOTHING"}, "unknown-sku"),
        ({"amount_minor": -1}, "validation"),
        ({"amount_minor": "300"}, "validation"),
        ({"currency": "USD"}, "validation"),
    ],
)
def test_a_price_that_cannot_be_meant_changes_nothing(
    client: Any, connection: Connection, admin: str, changes: dict[str, Any], code: str
) -> None:
    body = {"brand": "aubepin", "prices": [{"sku": "BOOK", "amount_minor": 300, **changes}]}
    with nothing_moves(connection):
        refused = client.post("/api/v1/prices", json=body, headers=as_key(admin))
    assert problem(refused) == (422, code)


def test_nobody_but_head_office_sets_a_price_or_a_promotion(
    client: Any, connection: Connection, shop: Shop
) -> None:
    with nothing_moves(connection):
        refused = [
            (
                set_price(client, key, "BOOK", 1).status_code,
                set_promotion(client, key).status_code,
            )
            for key in (shop.manager, shop.associate, shop.agent, shop.integration)
        ]
    assert refused == [(403, 403)] * 4


def test_an_order_keeps_what_a_promotion_took_off_whatever_becomes_of_it_later(
    client: Any, session: Session, admin: str, counter: Counter
) -> None:
    set_promotion(client, admin)
    counter.place(items=[TENT, MUGS], seen_total_minor=8990 + 3483)
    assert counter.order["total_minor"] == 12473
    client.post(f"/api/v1/promotions/{_promotion_id(session)}/withdraw", headers=as_key(admin))
    assert quote(client, MUGS)["total_minor"] == 3870
    [order] = [_order(counter)]
    assert order["total_minor"] == 12473
    assert [line["discount_minor"] for line in order["fulfillments"][0]["lines"]] == [0, 387]


def test_another_price_than_the_one_seen_is_refused_with_both(
    client: Any, connection: Connection, admin: str, shop: Shop
) -> None:
    set_promotion(client, admin)
    body = order_body(items=[MUGS], seen_total_minor=3870)
    with nothing_moves(connection):
        refused = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert problem(refused) == (409, "price-changed")
    assert (refused.json["seen_minor"], refused.json["total_minor"]) == (3870, 3483)
    assert refused.json["lines"] == {"MUG-BLUE": 3483}


@pytest.mark.parametrize("field", ["price", "status", "amount", "discount", "total_minor"])
@pytest.mark.parametrize("where", ["order", "item", "customer"])
def test_no_order_states_a_price_a_status_or_an_amount(
    client: Any, connection: Connection, shop: Shop, field: str, where: str
) -> None:
    body = order_body()
    {"order": body, "item": body["items"][0], "customer": body["customer"]}[where][field] = 1
    with nothing_moves(connection):
        refused = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert problem(refused) == (422, "validation")


def test_a_limited_promotion_is_given_back_when_nothing_came_of_the_order(
    client: Any, session: Session, admin: str, counter: Counter, shop: Shop
) -> None:
    set_promotion(client, admin, uses_max=1)
    counter.place(items=[MUGS])
    assert counter.order["total_minor"] == 3483
    assert quote(client, MUGS)["total_minor"] == 3870
    refused = client.post(
        "/api/v1/orders",
        json=order_body(items=[MUGS], seen_total_minor=3483),
        headers=as_key(shop.integration),
    )
    assert problem(refused) == (409, "price-changed")
    assert counter.do("cancel").status_code == 200
    assert _uses(session) == [(0, 1, 1)]
    counter.place(items=[MUGS], seen_total_minor=3483)
    assert _uses(session) == [(1, 2, 1)]


def test_a_limited_promotion_is_given_back_when_nobody_collects(
    client: Any, session: Session, admin: str, counter: Counter
) -> None:
    set_promotion(client, admin, uses_max=1)
    counter.place(items=[MUGS])
    for command in ("accept", "start-picking"):
        counter.do(command)
    counter.do("pick", {"items": [MUGS]})
    counter.do("ready")
    assert _uses(session) == [(1, 1, 0)]
    counter.expire()
    assert (counter.status(), _uses(session)) == ("expired", [(0, 1, 1)])


def test_what_was_handed_over_in_part_keeps_its_use_and_agrees_to_the_cent(
    client: Any, session: Session, admin: str, counter: Counter
) -> None:
    set_promotion(client, admin, kind="amount", amount=100, uses_max=5)
    counter.place(items=[MUGS])
    for command in ("accept", "start-picking"):
        counter.do(command)
    counter.do("pick", {"items": [{"sku": "MUG-BLUE", "quantity": 2}]})
    counter.do("short", {"sku": "MUG-BLUE", "quantity": 1, "reason": "damaged"})
    counter.do("ready")
    assert counter.hand_over(qr=counter.qr()).status_code == 201
    assert _uses(session) == [(1, 1, 0)]
    paid = session.execute(text("SELECT sum(amount_minor) FROM till_payment")).scalar_one()
    assert (paid, _order(counter)["total_minor"]) == (2380, 2380)


def test_a_promotion_of_a_store_holds_there_and_nowhere_else(
    client: Any, admin: str, shop: Shop
) -> None:
    set_promotion(client, admin, location_id=str(shop.paris))
    assert quote(client, MUGS, store="paris")["total_minor"] == 3483
    assert quote(client, MUGS, store="lyon")["total_minor"] == 3870
    assert quote(client, MUGS, brand="aubepin")["total_minor"] == 3870


def test_three_for_two_gives_the_cheapest_and_never_the_eco_participation(
    client: Any, session: Session, admin: str
) -> None:
    session.execute(text("UPDATE sku SET eco_minor = 20 WHERE code = 'BOOK'"))
    session.commit()
    three = {"kind": "n_for_m", "take": 3, "pay": 2, "amount": None}
    set_promotion(client, admin, **three, on_what="everything", on_code=None)
    told = quote(client, {"sku": "MUG-BLUE", "quantity": 2}, {"sku": "BOOK", "quantity": 1})
    assert [each["discount_minor"] for each in told["lines"]] == [0, 435]
    assert (told["eco_minor"], told["total_minor"]) == (20, 2600)


def test_a_changed_promotion_ends_and_begins_anew_under_its_code(
    client: Any, session: Session, admin: str
) -> None:
    first = set_promotion(client, admin).json
    changed = promotion(amount=2000)
    del changed["brand"]
    second = client.post(
        f"/api/v1/promotions/{first['id']}/change", json=changed, headers=as_key(admin)
    )
    assert (second.status_code, second.json["code"], second.json["state"]) == (
        201,
        "mugs",
        "running",
    )
    assert quote(client, MUGS)["total_minor"] == 3096
    ended = client.get(f"/api/v1/promotions/{first['id']}", headers=as_key(admin)).json
    assert ended["state"] == "withdrawn"
    again = client.post(f"/api/v1/promotions/{first['id']}/withdraw", headers=as_key(admin))
    assert problem(again) == (409, "promotion-ended")
    assert problem(set_promotion(client, admin)) == (409, "promotion-code-taken")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 10_001}, "unreadable-promotion"),
        ({"amount": None}, "unreadable-promotion"),
        ({"take": 3}, "unreadable-promotion"),
        ({"kind": "n_for_m", "amount": None, "take": 2, "pay": 2}, "unreadable-promotion"),
        ({"on_code": None}, "unreadable-promotion"),
        ({"valid_to": "2020-01-01T00:00:00Z"}, "unreadable-promotion"),
        ({"on_what": "category", "on_code": "NOTHING"}, "unknown-category"),
        ({"on_code": "NOTHING"}, "unknown-article"),
        ({"code": "Not a code"}, "validation"),
        ({"uses": 3}, "validation"),
    ],
)
def test_a_promotion_whose_parts_do_not_fit_changes_nothing(
    client: Any, connection: Connection, admin: str, changes: dict[str, Any], code: str
) -> None:
    with nothing_moves(connection):
        refused = set_promotion(client, admin, **changes)
    assert problem(refused)[1] == code


def test_a_substitute_never_costs_more_than_what_is_missing_after_its_discount(
    client: Any, admin: str, counter: Counter
) -> None:
    set_promotion(client, admin, on_code="TENT", amount=9900)
    counter.place(items=[TENT])
    for command in ("accept", "start-picking"):
        counter.do(command)
    offered = counter.ask(
        f"fulfillments/{counter.parcel}/substitutes",
        {**TENT, "substitute_sku": "BOOK", "reason": "damaged"},
    )
    assert (offered.status_code, offered.json["amount_minor"]) == (201, 90)


def _order(counter: Counter) -> dict[str, Any]:
    path = f"/api/v1/orders/{counter.order['id']}"
    return dict(counter.client.get(path, headers=as_key(counter.shop.agent)).json)


def _promotion_id(session: Session) -> str:
    return str(session.execute(text("SELECT id FROM promotion")).scalar_one())


def _uses(session: Session) -> list[tuple[int, int, int]]:
    """Return of each promotion its uses, the orders that have or had it, and those given back."""
    rows = session.execute(
        text(
            "SELECT p.uses, count(u.*), count(u.given_back_at) FROM promotion p"
            " LEFT JOIN promotion_use u ON u.promotion_id = p.id GROUP BY p.id, p.uses"
        )
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def test_a_share_that_went_astray_on_the_way_to_another_store_is_found(
    client: Any, session: Session, admin: str, counter: Counter
) -> None:
    set_promotion(client, admin, kind="n_for_m", take=3, pay=2, amount=None)
    counter.place(items=[{**MUGS, "quantity": 4}])
    counter.do("accept")
    counter.do("short", {**MUGS, "quantity": 1, "reason": "damaged"})
    assert counter.do("reassign").status_code == 200
    assert run_checks() == []
    by_one = "UPDATE fulfillment_line SET discount_minor = discount_minor - :by WHERE %s"
    moved = by_one % "fulfillment_id IN (SELECT rerouted_to FROM fulfillment)"
    for sql in (moved, by_one % "true"):
        session.execute(text(sql), {"by": 1})
        assert {each.check.id for each in run_checks()} == {"PROMO-03"}
        session.execute(text(sql), {"by": -1})
    assert run_checks() == []
