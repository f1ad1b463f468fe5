"""One person who orders several times in the same instant is one customer, with one limit."""

import secrets
from collections import Counter
from functools import partial

import httpx

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import Scope, SetRule
from tests.support.trade import Trade, together

ROUNDS, TRIES = 8, 40
AT_ONCE = 4
ALLOWED = 3
CUSTOMERS = (
    "SELECT count(DISTINCT k.customer_id) AS owners, count(DISTINCT c.id) AS customers"
    " FROM contact k JOIN customer c ON c.id = k.customer_id WHERE k.email = %(email)s"
)
MADE = "SELECT count(*) AS made FROM customer"


def order_at_once(trade: Trade) -> tuple[int, int]:
    """Have a new person order several times at once; return how many own it, and are new."""
    sku = trade.list_article(units=AT_ONCE)
    email = f"{secrets.token_hex(8)}@example.org"
    customer = {"first_name": "Chloé", "last_name": "Durand", "email": email}
    with_phone = customer | {"phone": f"+3363998{secrets.randbelow(10**4):04}"}
    before = trade.place_of_work.rows(MADE)[0]["made"]
    placed = together(
        [partial(trade.place, {sku: 1}, customer=customer)] * (AT_ONCE // 2)
        + [partial(trade.place, {sku: 1}, customer=with_phone)] * (AT_ONCE // 2)
    )
    assert [each.status_code for each in placed] == [201] * AT_ONCE
    owners = trade.place_of_work.rows(CUSTOMERS, email=email)[0]["owners"]
    return owners, trade.place_of_work.rows(MADE)[0]["made"] - before


def test_orders_of_one_new_person_at_once_make_one_customer(trade: Trade) -> None:
    assert {order_at_once(trade) for _ in range(ROUNDS)} == {(1, 1)}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_one_person_is_several(unguarded: Trade) -> None:
    assert any(order_at_once(unguarded) > (1, 1) for _ in range(TRIES))


def test_two_customers_joined_both_ways_at_once_are_joined_once(trade: Trade) -> None:
    for _ in range(ROUNDS // 2):
        one, other = (first_order(trade) for _ in range(2))
        agent = trade.place_of_work.shop.agent
        answers = together(
            [
                partial(trade.post, f"/customers/{kept}/merges", body, key=agent)
                for kept, merged in ((one, other), (other, one))
                for body in [{"customer_id": merged, "reason": "same voice"}]
            ]
        )
        assert sorted(each.status_code for each in answers) == [201, 409]
    assert trade.place_of_work.broken() == []


def reserve_at_once(trade: Trade) -> list[httpx.Response]:
    """Have one person, known by address and number, reserve by either of them at once."""
    with trade.place_of_work.inside(), transaction() as session:
        rule = SetRule(Scope.STORE, "lyon", "reservation", "on")
        stores.services.set_setting(session, rule, actor=SYSTEM)
    sku = trade.list_article()
    name = {"last_name": "Durand"}
    email = {"email": f"{secrets.token_hex(8)}@example.org"}
    phone = {"phone": f"+3363998{secrets.randbelow(10**4):04}"}
    assert trade.place({sku: 1}, customer=name | email | phone).status_code == 201
    reserve = partial(trade.place, {sku: 1}, reservation=True)
    return together([partial(reserve, customer=name | point) for point in (email, phone)] * ALLOWED)


def test_reservations_of_one_person_at_once_are_no_more_than_their_store_allows(
    trade: Trade,
) -> None:
    answers = reserve_at_once(trade)

    assert Counter(each.status_code for each in answers) == {201: ALLOWED, 409: ALLOWED}
    refused = {each.json()["type"] for each in answers if each.status_code == 409}
    assert refused == {"/problems/too-many-reservations"}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_one_person_reserves_more(unguarded: Trade) -> None:
    answers = reserve_at_once(unguarded)
    assert sum(each.status_code == 201 for each in answers) > ALLOWED


def first_order(trade: Trade) -> str:
    """Have somebody new order; return their customer."""
    order = trade.place({trade.list_article(units=1): 1}).json()
    rows = trade.place_of_work.rows(
        "SELECT customer_id FROM contact k JOIN sales_order o ON o.contact_id = k.id"
        " WHERE o.id = %(id)s",
        id=order["id"],
    )
    return str(rows[0]["customer_id"])
