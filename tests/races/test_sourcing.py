"""Two brands for the last unit of a shared warehouse; twenty orders for one place in its day."""

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.services
import stores.queries
import stores.services
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.commands import ExpectGoods
from inventory.services import expect_goods, receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import Method, PricedBy, SetDeliveryMethod, SetDeliveryZone, SetRules
from stores.commands import OpenBrand, Scope, SetRule
from tests.orders.doors import NAMES, delivery_body
from tests.support.depot import depot as depot_near_tours
from tests.support.trade import Trade, together

BRANDS = ("aubepin", "bruyere")
BUYERS = 20
TRIES = 40


def open_depot(trade: Trade) -> UUID:
    """Have a warehouse that serves both brands, which both bring orders everywhere."""
    shop = trade.place_of_work.shop
    with trade.place_of_work.inside(), transaction() as session:
        second = OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
        stores.services.open_brand(session, second)
        depot, _ = stores.services.open_location(session, depot_near_tours(shop.brand_id))
        stores.services.share_location(session, code="depot", brands=["bruyere"], actor=SYSTEM)
        if not session.execute(text("SELECT 1 FROM delivery_method")).first():
            for brand in BRANDS:
                way = SetDeliveryMethod(brand, "standard", NAMES, "local", PricedBy.AMOUNT, 2_000)
                method_id = orders.services.set_delivery_method(session, way, actor=SYSTEM)
                digits = list("0123456789")
                zone = SetDeliveryZone(method_id, "France", "FR", digits, 2, 3, [(None, 490)])
                orders.services.set_delivery_zone(session, zone, actor=SYSTEM)
            wait = {"after_none": "wait"}
            only = SetRules("Depot", Method.DELIVERY, [{"filter": "capacity"}], wait)
            orders.services.set_rules(session, only, actor=SYSTEM)
    return depot


def stock(trade: Trade, depot: UUID, *, units: int) -> str:
    """Return a new SKU of both brands with so many units in the warehouse alone."""
    sku = f"S-{secrets.token_hex(6)}".upper()
    article = ListSku(sku, sku, {"fr": sku}, 1000, "EUR", 2000)
    with trade.place_of_work.inside(), transaction() as session:
        for brand in BRANDS:
            list_skus(session, [article], brand_id=brand_id(session, brand))
        if units:
            receive(session, location_id=depot, quantities={sku: units}, actor=SYSTEM)
    return sku


def brand_id(session: Session, code: str) -> UUID:
    found = stores.queries.find_brand(session, code)
    assert found is not None
    return found.id


def order(trade: Trade, sku: str, brand: str) -> httpx.Response:
    customer = {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"}
    body: dict[str, Any] = delivery_body({sku: 1}, brand=brand, customer=customer)
    return trade.post("/orders/deliveries", body, key=trade.place_of_work.shop.integration)


def rush(trade: Trade, sku: str) -> list[httpx.Response]:
    """Return the answers to twenty buyers of both brands who order one unit at the same moment."""
    return together([partial(order, trade, sku, BRANDS[at % 2]) for at in range(BUYERS)])


def limit(trade: Trade, orders_per_day: int | None) -> None:
    command = SetRule(Scope.STORE, "depot", "orders_per_day", orders_per_day)
    with trade.place_of_work.inside(), transaction() as session:
        stores.services.set_setting(session, command, actor=SYSTEM)


def test_the_last_unit_of_a_shared_warehouse_goes_to_one_of_two_brands(trade: Trade) -> None:
    sku = stock(trade, open_depot(trade), units=1)

    answers = rush(trade, sku)

    assert Counter(each.status_code for each in answers) == {201: 1, 409: BUYERS - 1}
    refusals = {each.json()["type"] for each in answers if each.status_code == 409}
    assert refusals <= {"/problems/out-of-stock", "/problems/not-deliverable"}
    levels = "SELECT sum(reserved) AS reserved FROM stock_level WHERE sku = %(sku)s"
    assert trade.place_of_work.rows(levels, sku=sku) == [{"reserved": 1}]
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_last_unit_is_sold_to_both_brands(unguarded: Trade) -> None:
    depot = open_depot(unguarded)
    for _try in range(TRIES):
        answers = rush(unguarded, stock(unguarded, depot, units=1))
        if sum(each.status_code == 201 for each in answers) > 1:
            return
    pytest.fail("nobody met: the race is none")


def announce(trade: Trade, depot: UUID) -> str:
    """Return a SKU of which there is none, and one unit is announced for the day after next."""
    sku = stock(trade, depot, units=0)
    on = (datetime.now(UTC) + timedelta(days=2)).date()
    with trade.place_of_work.inside(), transaction() as session:
        expect_goods(session, ExpectGoods(depot, {sku: 1}, on), actor=SYSTEM)
    return sku


def test_one_order_waits_for_the_one_unit_that_is_announced(trade: Trade) -> None:
    answers = rush(trade, announce(trade, open_depot(trade)))

    assert Counter(each.status_code for each in answers) == {201: 1, 409: BUYERS - 1}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_several_orders_wait_for_one_announced_unit(unguarded: Trade) -> None:
    depot = open_depot(unguarded)
    for _try in range(TRIES):
        answers = rush(unguarded, announce(unguarded, depot))
        if sum(each.status_code == 201 for each in answers) > 1:
            return
    pytest.fail(str([(e.status_code, e.text[:150]) for e in answers][:4]))


def test_a_warehouses_day_takes_no_more_orders_than_it_is_limited_to(trade: Trade) -> None:
    sku = stock(trade, open_depot(trade), units=BUYERS)
    limit(trade, 1)

    answers = rush(trade, sku)

    limit(trade, None)
    assert Counter(each.status_code for each in answers) == {201: 1, 409: BUYERS - 1}
    refusals = {each.json()["type"] for each in answers if each.status_code == 409}
    assert refusals <= {"/problems/day-full", "/problems/not-deliverable"}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_a_day_takes_more_than_it_is_limited_to(unguarded: Trade) -> None:
    depot = open_depot(unguarded)
    for _try in range(TRIES):
        sku = stock(unguarded, depot, units=BUYERS)
        unguarded.place_of_work.rows("DELETE FROM day_load RETURNING location_id")
        limit(unguarded, 1)
        answers = rush(unguarded, sku)
        limit(unguarded, None)
        if sum(each.status_code == 201 for each in answers) > 1:
            return
    pytest.fail("nobody met: the race is none")
