"""A promotion that ends between reading and ordering: every door refuses with both prices."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

import orders.services
from kernel.actors import SYSTEM
from orders.commands import PromotionKind, PromotionOn, SetPromotion
from stores.commands import StaffRole
from tests.app.test_aisle import scan
from tests.app.test_choosing import read, send
from tests.app.test_home_delivery_pages import BUYER
from tests.app.test_office import plain
from tests.app.test_shelf import enter
from tests.app.test_shop import CHLOE, fill
from tests.conftest import Shop, as_key, order_body
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.unmoved import nothing_moves, problem

TENT = [{"sku": "TENT-2P", "quantity": 1}]
BEFORE, NOW, FEE = 8091, 8990, 490
NAMES = {"fr": "Tentes -10 %", "en": "10 % off tents"}


@pytest.fixture
def ends(session: Session, shop: Shop) -> Callable[[], None]:
    """Ten per cent off tents, until this is called; Lyon and Paris send orders to doors."""
    have_ship(session, shop.lyon, shop.paris)
    open_way(session)
    tenth = SetPromotion("t", NAMES, PromotionKind.PERCENT, PromotionOn.ARTICLE, "TENT", 1000)
    promotion_id = orders.services.set_promotion(
        session, tenth, brand_id=shop.brand_id, actor=SYSTEM
    )
    session.commit()

    def end() -> None:
        orders.services.withdraw_promotion(session, promotion_id, actor=SYSTEM)
        session.commit()

    return end


def test_the_api_says_both_prices(
    client: FlaskClient, connection: Connection, shop: Shop, ends: Callable[[], None]
) -> None:
    quoted = client.post("/api/v1/quotes", json={"items": TENT, "store": "lyon"}).json
    asked = {"items": TENT, "postcode": "33000"}
    (option,) = client.post("/api/v1/delivery-options", json=asked).json["options"]
    assert (quoted["total_minor"], option["total_minor"]) == (BEFORE, BEFORE + FEE)
    ends()
    bodies: dict[str, Any] = {
        "orders": order_body(items=TENT, seen_total_minor=BEFORE),
        "orders/deliveries": delivery_body({"TENT-2P": 1}, seen_total_minor=BEFORE + FEE),
    }
    for path, body in bodies.items():
        with nothing_moves(connection):
            refused = client.post(f"/api/v1/{path}", json=body, headers=as_key(shop.integration))
        assert problem(refused) == (409, "price-changed")
        said = refused.json
        fee = body["seen_total_minor"] - BEFORE
        assert (said["seen_minor"], said["total_minor"]) == (BEFORE + fee, NOW + fee)
        assert (said["currency"], said["lines"]) == ("EUR", {"TENT-2P": NOW})


def test_the_shops_pages_say_both_prices_and_order_nothing(
    client: FlaskClient, connection: Connection, ends: Callable[[], None]
) -> None:
    fill(client, "TENT-2P")
    collected = read(client, "/fr/checkout")
    brought = read(client, "/fr/checkout/delivery?postcode=33000")
    assert f'name="total" value="{BEFORE}"' in collected
    assert f'name="seen:standard" value="{BEFORE + FEE}"' in brought
    ends()
    seen = {"seen:standard": str(BEFORE + FEE)}
    for page, path, said, prices in (
        (collected, "/fr/checkout", {**CHLOE, "total": str(BEFORE)}, ("80,91 €", "89,90 €")),
        (brought, "/fr/checkout/delivery", {**BUYER, **seen}, ("85,81 €", "94,80 €")),
    ):
        with nothing_moves(connection):
            refused = send(client, page, path, **said)
        assert refused.status_code == 409
        assert all(price in plain(refused) for price in prices), path


def test_the_tablet_says_both_prices_and_orders_nothing(
    client: FlaskClient,
    connection: Connection,
    session: Session,
    shop: Shop,
    ends: Callable[[], None],
) -> None:
    counter = scan(enter(client, session, shop, StaffRole.ASSOCIATE, "Inès Morel"), "TENT-2P")
    chosen = {"way:TENT-2P": "door", "reach": BUYER["email"]}
    buyer = {name: BUYER[name] for name in ("last_name", "line1", "postcode", "city")}
    assert f'name="seen:standard" value="{BEFORE + FEE}"' in counter.press(**chosen).text
    ends()
    for seen, sentence in (
        ({}, "The price was €85.81 and is €94.80 now."),
        ({"seen:standard": ""}, "It costs €94.80. Nothing was ordered."),
    ):
        with nothing_moves(connection):
            refused = counter.press("place", **buyer, **seen)
        assert refused.status_code == 409
        assert sentence in plain(refused)
