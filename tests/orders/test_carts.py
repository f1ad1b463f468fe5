"""Baskets that go from hand to hand, through the API."""

from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.jobs
from kernel.links import cart_token, read_cart_token
from tests.conftest import Shop, as_key, order_body

TENT: Final = {"sku": "TENT-2P", "quantity": 1}
MUGS: Final = {"sku": "MUG-BLUE", "quantity": 2}
WHO: Final = order_body()["customer"]


def ask(client: Any, path: str, body: Any = None, *, key: str, version: int | None = None) -> Any:
    """POST something about baskets; a change names the version it saw."""
    headers = as_key(key) | ({"If-Match": f'"{version}"'} if version is not None else {})
    return client.post(f"/api/v1/carts{path}", json=body or {}, headers=headers)


def change(client: Any, token: str, body: Any, *, key: str, version: int) -> Any:
    headers = as_key(key) | {"If-Match": str(version)}
    return client.patch(f"/api/v1/carts/{token}", json=body, headers=headers)


@pytest.fixture
def cart(client: Any, shop: Shop) -> dict[str, Any]:
    """A basket of one tent and two mugs that an agent began for Lyon."""
    body = {"channel": "phone", "store": "lyon", "items": [TENT, MUGS], "note": "Pour le jardin"}
    answer = ask(client, "", body, key=shop.agent)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def test_a_basket_is_filled_changed_and_ordered_once_by_whoever_holds_it(
    client: Any, session: Session, shop: Shop, cart: dict[str, Any]
) -> None:
    token = cart["token"]
    assert cart == {
        "token": token,
        "version": 1,
        "code": None,
        "channel": "phone",
        "store": "lyon",
        "note": "Pour le jardin",
        "ordered": False,
        "items": [MUGS, TENT],
    }
    code = ask(client, f"/{token}/code", key=shop.agent).json["code"]
    typed = ask(client, "/resume", {"code": code.lower()}, key=shop.associate).json
    assert (typed["token"], typed["code"]) == (token, code)

    fewer = {"items": [{**MUGS, "quantity": 0}, {"sku": "BOOK", "quantity": 3}], "store": "paris"}
    changed = change(client, token, fewer, key=shop.associate, version=1).json
    assert (changed["version"], changed["store"]) == (2, "paris")
    assert changed["items"] == [TENT, {"sku": "BOOK", "quantity": 3}]

    stale = change(client, token, {"items": [TENT]}, key=shop.agent, version=1)
    assert (stale.status_code, stale.json["type"]) == (409, "/problems/cart-changed")
    assert (stale.json["version"], stale.json["store"], stale.json["items"]) == (
        2,
        "paris",
        changed["items"],
    )
    order = {"channel": "phone", "customer": WHO, "seen_total_minor": 1}
    dearer = ask(client, f"/{token}/order", order, key=shop.agent, version=2)
    assert (dearer.json["type"], dearer.json["total_minor"]) == ("/problems/price-changed", 10355)
    assert client.get(f"/api/v1/carts/{token}").json == changed

    agreed = {**order, "seen_total_minor": 10355}
    assert ask(client, f"/{token}/order", agreed, key=shop.agent, version=1).status_code == 409
    placed = ask(client, f"/{token}/order", agreed, key=shop.agent, version=2)
    assert (placed.status_code, placed.json["total_minor"]) == (201, 10355)
    again = ask(client, f"/{token}/order", agreed, key=shop.agent, version=3)
    late = change(client, token, {"items": []}, key=shop.agent, version=3)
    assert {again.json["type"], late.json["type"]} == {"/problems/cart-ordered"}
    assert client.get(f"/api/v1/carts/{token}").json["ordered"] is True
    assert session.execute(
        text(
            "SELECT o.channel, count(*) OVER () FROM sales_order o JOIN cart c ON c.order_id = "
            "o.id AND c.id = :id"
        ),
        {"id": read_cart_token(token)},
    ).one() == ("phone", 1)


def test_a_basket_becomes_an_order_in_parts_with_one_article_in_two_of_them(
    client: Any, session: Session, shop: Shop, cart: dict[str, Any]
) -> None:
    mug = {"sku": "MUG-BLUE", "quantity": 1}
    parts = [
        {"method": "carry_out", "store": "lyon", "items": [TENT]},
        {"store": "lyon", "items": [mug]},
        {"store": "paris", "items": [mug]},
    ]
    order = {"customer": WHO, "channel": "store", "parts": parts, "pay_by": "till"}
    paid, path = order | {"placed_at": "lyon", "ticket_number": "T-5"}, f"/{cart['token']}/order"
    refused = {
        "validation": order | {"parts": parts, "slot_id": str(shop.lyon)},
        "cart-changed": paid | {"parts": parts[:2]},
        "unknown-location": paid | {"placed_at": "paris"},
    }
    for code, body in refused.items():
        answer = ask(client, path, body, key=shop.associate, version=1)
        assert answer.json["type"].rpartition("/")[2] == code, answer.text
    unpaid = ask(client, path, {**paid, "pay_by": "pickup"}, key=shop.associate, version=1)
    assert unpaid.json["errors"][0]["detail"] == "Only a till prints tickets."
    assert client.get(f"/api/v1/carts/{cart['token']}").json == cart

    placed = ask(client, path, paid, key=shop.associate, version=1)

    assert placed.status_code == 201, placed.text
    had = session.execute(
        text(
            "SELECT f.method, l.code, f.status, fl.sku, fl.quantity FROM fulfillment f"
            " JOIN location l ON l.id = f.location_id"
            " JOIN fulfillment_line fl ON fl.fulfillment_id = f.id ORDER BY 1, 2"
        )
    )
    assert [tuple(row) for row in had] == [
        ("carry_out", "lyon", "handed_over", "TENT-2P", 1),
        ("pickup", "lyon", "new", "MUG-BLUE", 1),
        ("pickup", "paris", "new", "MUG-BLUE", 1),
    ]


def test_what_is_not_in_order_changes_nothing(
    client: Any, shop: Shop, cart: dict[str, Any]
) -> None:
    token, key = cart["token"], shop.associate
    refused = {
        "unknown-sku": change(
            client, token, {"items": [{"sku": "NO", "quantity": 1}]}, key=key, version=1
        ),
        "unknown-location": change(client, token, {"store": "nowhere"}, key=key, version=1),
        "version-required": client.patch(f"/api/v1/carts/{token}", json={}, headers=as_key(key)),
        "unknown-cart": change(client, token[:-1] + "x", {}, key=key, version=1),
        "forbidden": change(client, token, {"note": "x"}, key=shop.integration, version=1),
        "channel-not-allowed": ask(client, "", {"channel": "chat"}, key=shop.integration),
        "validation": ask(
            client,
            f"/{token}/order",
            {"customer": WHO, "method": "delivery"},
            key=shop.integration,
            version=1,
        ),
    }
    assert {
        answer.json.get("type", answer.json).rpartition("/")[2] for answer in refused.values()
    } == set(refused)
    assert client.get(f"/api/v1/carts/{token}").json == cart

    empty = ask(client, "", {}, key=shop.integration).json
    order = f"/{empty['token']}/order"
    answer = ask(client, order, {"customer": WHO}, key=shop.integration, version=1)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/empty-cart")
    change(client, empty["token"], {"items": [TENT]}, key=shop.integration, version=1)
    answer = ask(client, order, {"customer": WHO}, key=shop.integration, version=2)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/no-store-chosen")


def test_wrong_codes_are_counted_and_a_right_one_costs_nothing(
    client: Any, shop: Shop, cart: dict[str, Any]
) -> None:
    code = ask(client, f"/{cart['token']}/code", key=shop.agent).json["code"]
    for _ in range(25):
        right = ask(client, "/resume", {"code": code}, key=shop.associate)
        assert right.status_code == 200
    wrong = [ask(client, "/resume", {"code": "ZZZZZZ"}, key=shop.associate) for _ in range(21)]
    assert [answer.status_code for answer in wrong] == [404] * 20 + [429]
    assert ask(client, "/resume", {"code": code}, key=shop.associate).status_code == 429
    assert ask(client, "/resume", {"code": code}, key=shop.agent).status_code == 200


def test_baskets_nobody_touched_for_90_days_are_forgotten_whatever_hangs_on_them(
    client: Any, session: Session, shop: Shop, cart: dict[str, Any]
) -> None:
    young = ask(client, "", {"items": [TENT]}, key=shop.integration).json["token"]
    ask(client, f"/{cart['token']}/send", {"email": "lea@example.org"}, key=shop.agent)
    session.execute(
        text("UPDATE cart SET changed_at = now() - interval '91 days' WHERE id = :id"),
        {"id": read_cart_token(cart["token"])},
    )
    session.commit()
    assert orders.jobs.forget_old_carts() == 1
    assert client.get(f"/api/v1/carts/{cart['token']}").status_code == 404
    assert client.get(f"/api/v1/carts/{young}").status_code == 200
    assert session.execute(text("SELECT count(*) FROM cart_line")).scalar_one() == 1
    assert orders.jobs.forget_old_carts() == 0


def test_a_link_of_a_basket_opens_nothing_else(client: Any, cart: dict[str, Any]) -> None:
    cart_id = read_cart_token(cart["token"])
    assert cart_id is not None
    assert cart_token(cart_id) == cart["token"]
    assert client.get(f"/fr/orders/{cart['token']}").status_code == 404
    assert client.get(f"/fr/wishes/{cart['token']}").status_code == 404
