"""Twenty buyers for three places: of a slot, and of a day."""

from collections import Counter
from datetime import time
from functools import partial

import httpx

from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import AddPattern, Scope, SetRule, StoreMethod
from stores.services import add_pattern, set_setting
from tests.support.trade import Trade, together

BUYERS, PLACES = 20, 3


def offer_slots(trade: Trade) -> str:
    """Have Paris offer slots for three; return the id of one that nobody has."""
    pattern = AddPattern(StoreMethod.PICKUP, (1, 2, 3, 4, 5, 6, 7), time(0), time(23), 60, PLACES)
    with trade.place_of_work.inside(), transaction() as session:
        add_pattern(session, pattern, code="paris", actor=SYSTEM)
    answer = trade.get("/stores/paris/slots", key=trade.place_of_work.shop.manager, limit="1")
    return str(answer["slots"][0]["id"])


def rush(trade: Trade, **changes: object) -> list[httpx.Response]:
    sku = trade.list_article()
    buy = partial(trade.place, {sku: 1}, store="paris", **changes)
    return together([buy] * BUYERS)


def booked(trade: Trade, slot_id: str) -> object:
    rows = trade.place_of_work.rows("SELECT booked FROM slot WHERE id = %(id)s", id=slot_id)
    return rows[0]["booked"]


def test_of_20_buyers_at_once_exactly_3_get_one_of_3_places_of_a_slot(trade: Trade) -> None:
    slot_id = offer_slots(trade)

    answers = rush(trade, slot_id=slot_id)

    assert Counter(each.status_code for each in answers) == {201: PLACES, 409: BUYERS - PLACES}
    refusals = {each.json()["type"] for each in answers if each.status_code == 409}
    assert refusals == {"/problems/slot-unavailable"}
    assert booked(trade, slot_id) == PLACES
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_same_slot_is_given_to_more_than_it_holds(unguarded: Trade) -> None:
    slot_id = offer_slots(unguarded)

    answers = rush(unguarded, slot_id=slot_id)

    given = sum(each.status_code == 201 for each in answers)
    assert given > PLACES
    assert booked(unguarded, slot_id) == given


def test_a_day_takes_exactly_as_many_as_it_is_limited_to(trade: Trade) -> None:
    limit = partial(SetRule, Scope.STORE, "paris", "orders_per_day")
    with trade.place_of_work.inside(), transaction() as session:
        set_setting(session, limit(PLACES), actor=SYSTEM)

    answers = rush(trade)

    with trade.place_of_work.inside(), transaction() as session:
        set_setting(session, limit(None), actor=SYSTEM)
    assert {each.status_code for each in answers} <= {201, 409}
    assert {each.json()["type"] for each in answers if each.status_code == 409} <= {
        "/problems/day-full"
    }
    loads = trade.place_of_work.rows("SELECT booked FROM day_load ORDER BY day")
    assert max(each["booked"] for each in loads) == PLACES
    assert sum(each["booked"] for each in loads) == sum(each.status_code == 201 for each in answers)
    assert trade.place_of_work.broken() == []
