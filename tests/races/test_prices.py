"""Many buyers of a promotion for few, and many editors of one price."""

import secrets
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import httpx

import orders.services
import stores.services
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.db import transaction
from orders.commands import PromotionKind, PromotionOn, SetPromotion
from stores.commands import HireStaff, StaffRole
from tests.support.trade import Trade, together

BUYERS, USES = 12, 3
EDITORS = 8
DAY = timedelta(days=1)


def rush(trade: Trade) -> tuple[list[httpx.Response], list[int]]:
    """Have twelve buy at once what three may have cheaper; return the answers and the discounts.

    Each buys another option: nobody waits for anybody's stock.
    """
    house, code = trade.place_of_work, f"T-{secrets.token_hex(4)}".upper()
    skus = [f"{code}-{each}" for each in range(BUYERS)]
    options = [ListSku(sku, code, {"fr": sku}, 1000, "EUR", 2000) for sku in skus]
    command = SetPromotion(
        f"few-{secrets.token_hex(4)}",
        {"fr": "Pour trois"},
        PromotionKind.PERCENT,
        PromotionOn.ARTICLE,
        code,
        amount=2000,
        uses_max=USES,
    )
    with house.inside(), transaction() as session:
        list_skus(session, options, brand_id=house.shop.brand_id)
        receive(
            session,
            location_id=house.shop.lyon,
            quantities=dict.fromkeys(skus, BUYERS),
            actor=SYSTEM,
        )
        orders.services.set_promotion(session, command, brand_id=house.shop.brand_id, actor=SYSTEM)
    answers = together([partial(trade.place, {sku: 1}, seen_total_minor=800) for sku in skus])
    rows = house.rows(
        "SELECT discount_minor FROM order_line WHERE sku LIKE %(like)s", like=f"{code}-%"
    )
    return answers, [each["discount_minor"] for each in rows]


def test_of_12_buyers_at_once_exactly_3_have_what_3_may_have(trade: Trade) -> None:
    answers, discounts = rush(trade)

    assert Counter(each.status_code for each in answers) == {201: USES, 409: BUYERS - USES}
    refused = [each.json() for each in answers if each.status_code == 409]
    assert {each["type"] for each in refused} == {"/problems/price-changed"}
    assert {(each["seen_minor"], each["total_minor"]) for each in refused} == {(800, 1000)}
    assert discounts == [200] * USES
    assert trade.place_of_work.broken() == []


def test_without_its_guard_more_have_it_than_may(unguarded: Trade) -> None:
    answers, discounts = rush(unguarded)

    assert len(discounts) == sum(each.status_code == 201 for each in answers) > USES


def plan(trade: Trade) -> tuple[list[httpx.Response], int]:
    """Have eight plan prices that overlap at once; return the answers and how many overlap."""
    sku, house = trade.list_article(), trade.place_of_work
    with house.inside(), transaction() as session:
        staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN, ()))
        key = stores.services.issue_key(
            session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM
        )[1]
        now = db_now(session)

    def set_price(amount: int, starts: datetime, ends: datetime) -> httpx.Response:
        bounds = {"valid_from": starts.isoformat(), "valid_to": ends.isoformat()}
        price = {"sku": sku, "amount_minor": amount, **bounds}
        return trade.post("/prices", {"brand": "aubepin", "prices": [price]}, key=key)

    assert set_price(900, now + DAY, now + 60 * DAY).status_code == 200
    answers = together(
        [
            partial(set_price, 500 + each, now + (each + 2) * DAY, now + (each + 5) * DAY)
            for each in range(EDITORS)
        ]
    )
    overlapping = house.rows(
        "SELECT a.id FROM price a JOIN price b ON b.sku = a.sku AND b.id > a.id"
        " AND tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to)"
        " WHERE a.sku = %(sku)s",
        sku=sku,
    )
    return answers, len(overlapping)


def test_prices_that_8_plan_at_once_never_hold_at_one_instant(trade: Trade) -> None:
    answers, overlapping = plan(trade)

    assert ({each.status_code for each in answers}, overlapping) == ({200}, 0)
    assert trade.place_of_work.broken() == []


def test_without_its_guard_two_prices_hold_at_one_instant(unguarded: Trade) -> None:
    _answers, overlapping = plan(unguarded)

    assert overlapping > 0
