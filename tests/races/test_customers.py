"""One person who orders for the first time twice in the same instant is one customer."""

import secrets
from functools import partial

from tests.support.trade import Trade, together

ROUNDS = 8
AT_ONCE = 4
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
    assert max(order_at_once(unguarded) for _ in range(ROUNDS)) > (1, 1)


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


def first_order(trade: Trade) -> str:
    """Have somebody new order; return their customer."""
    order = trade.place({trade.list_article(units=1): 1}).json()
    rows = trade.place_of_work.rows(
        "SELECT customer_id FROM contact k JOIN sales_order o ON o.contact_id = k.id"
        " WHERE o.id = %(id)s",
        id=order["id"],
    )
    return str(rows[0]["customer_id"])
