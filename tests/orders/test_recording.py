"""Goods that left against the rules: recorded, taken from stock, and somebody is asked."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.cli.check import run_checks
from kernel.actors import SYSTEM, Actor, ActorKind
from orders import services
from orders.commands import Found, RecordHandOver
from orders.services.parcels import lock_parcel
from tests.orders.conftest import ITEMS, Counter

CLERK = Actor(ActorKind.ASSOCIATE, name="Inès", location_ids=None)


def record(counter: Counter, quantities: dict[str, int], **more: Any) -> tuple[UUID, UUID]:
    command = RecordHandOver(UUID(counter.parcel), counter.shop.lyon, quantities, Found.QR, **more)
    ids = services.record_against_rules(counter.session, command, why="told-late", actor=CLERK)
    counter.session.commit()
    return ids


def level(counter: Counter, sku: str) -> tuple[int, int]:
    row = counter.session.execute(
        text("SELECT on_hand, reserved FROM stock_level WHERE sku = :sku AND location_id = :lyon"),
        {"sku": sku, "lyon": counter.shop.lyon},
    ).one()
    return row.on_hand, row.reserved


def rows(counter: Counter, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in counter.session.execute(text(sql), values)]


@pytest.mark.parametrize("place", ["handed_over", "cancelled", "expired"])
def test_what_was_not_owed_any_more_leaves_stock_and_opens_a_case(
    counter: Counter, place: str
) -> None:
    counter.bring_to(place)
    before = level(counter, "TENT-2P")

    hand_over_id, case_id = record(counter, {"TENT-2P": 1})

    assert level(counter, "TENT-2P") == (before[0] - 1, before[1])
    assert counter.status() == place
    assert rows(
        counter,
        "SELECT conflict, staff_name, quantities FROM hand_over WHERE id = :id",
        id=hand_over_id,
    ) == [(True, "Inès", {"TENT-2P": 1})]
    assert rows(
        counter,
        "SELECT kind, about_id, facts ->> 'what', facts ->> 'state', location_id,"
        " due_at - opened_at > interval '23 hours' FROM case_file WHERE id = :id",
        id=case_id,
    ) == [("conflict", hand_over_id, "told-late", place, counter.shop.lyon, True)]
    assert run_checks() == []


def test_what_waits_to_be_put_back_is_taken_from_there_first(counter: Counter) -> None:
    counter.bring_to("ready")
    locked = lock_parcel(counter.session, UUID(counter.parcel), actor=SYSTEM)
    services.ask_put_back(counter.session, locked, {"TENT-2P": 1, "MUG-BLUE": 1}, why="late")
    counter.session.commit()
    assert counter.do("cancel").status_code == 200
    before = level(counter, "TENT-2P")

    record(counter, {"TENT-2P": 1})

    assert level(counter, "TENT-2P") == (before[0] - 1, before[1] - 1)
    assert rows(counter, "SELECT quantities, done_at FROM put_back") == [({"MUG-BLUE": 1}, None)]

    record(counter, {"MUG-BLUE": 1})

    assert rows(counter, "SELECT quantities, done_at IS NULL, done_by_name FROM put_back") == [
        ({}, False, "Inès")
    ]


def test_goods_of_a_parcel_that_waits_are_handed_over_and_a_case_says_what_was_wrong(
    counter: Counter,
) -> None:
    counter.bring_to("ready")
    everything = {each["sku"]: each["quantity"] for each in ITEMS}

    hand_over_id, case_id = record(counter, everything)

    assert counter.status() == "handed_over"
    assert rows(counter, "SELECT id, conflict FROM hand_over") == [(hand_over_id, False)]
    [(due, currency, paid)] = rows(
        counter,
        "SELECT (facts ->> 'due_minor')::int, facts ->> 'currency', facts ->> 'ticket_number'"
        " FROM case_file WHERE id = :id",
        id=case_id,
    )
    assert (due > 0, currency, paid) == (True, "EUR", None)
    assert run_checks() == []


def test_money_a_till_took_for_it_is_recorded(counter: Counter) -> None:
    counter.bring_to("ready")
    everything = {each["sku"]: each["quantity"] for each in ITEMS}

    _id, case_id = record(counter, everything, ticket_number="OFF-7")

    assert rows(counter, "SELECT ticket_number FROM till_payment") == [("OFF-7",)]
    assert rows(
        counter, "SELECT facts ->> 'ticket_number' FROM case_file WHERE id = :id", id=case_id
    ) == [("OFF-7",)]
    assert run_checks() == []
