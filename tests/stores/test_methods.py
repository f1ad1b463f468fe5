"""Ways to get an order: each is switched and paused by itself, and the whole store wins."""

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from stores import queries
from stores.commands import StoreMethod
from tests.conftest import Shop
from tests.stores.conftest import Ask, ahead
from tests.unmoved import nothing_moves, problem


def ways(answer: Any) -> dict[str, bool]:
    assert answer.status_code == 200, answer.text
    return {each["method"]: each["offered"] for each in answer.json["methods"]}


def test_without_a_word_the_roles_of_a_store_decide(see: Ask) -> None:
    assert ways(see("stores/lyon/methods")) == {
        "pickup": True,
        "drive": False,
        "ship": False,
        "reservation": False,
    }


def test_a_store_that_no_longer_offers_pickup_takes_no_order_and_moves_nothing(
    ask: Ask, see: Ask, order: Ask, connection: Connection
) -> None:
    switched = ask("stores/lyon/methods/pickup", {"offered": False})
    assert ways(switched)["pickup"] is False
    with nothing_moves(connection):
        assert problem(order()) == (409, "pickup-not-offered")
    assert see("stores/lyon").json["offered"] is False

    assert ways(ask("stores/lyon/methods/pickup", {"offered": True}))["pickup"] is True
    assert order().status_code == 201


def test_a_pause_of_one_way_tells_until_when_and_why_and_leaves_the_others(
    ask: Ask, order: Ask, session: Session, connection: Connection
) -> None:
    ask("stores/lyon/methods/drive", {"offered": True})
    until = ahead(hours=2)
    paused = ask("stores/lyon/methods/pickup/pause", {"until": until, "reason": "stocktaking"})
    assert [each["paused"] for each in paused.json["methods"]] == [True, False, False, False]
    with nothing_moves(connection):
        refused = order()
        assert problem(refused) == (409, "store-paused")
    assert (refused.json["until"], refused.json["reason"]) == (until, "stocktaking")
    judged = {
        method: queries.get_store(session, "lyon", method=method)
        for method in (StoreMethod.PICKUP, StoreMethod.DRIVE)
    }
    assert [judged[each].paused for each in judged] == [True, False]
    assert [judged[each].offered for each in judged] == [True, True]

    ask("stores/lyon/methods/pickup/resume")
    assert order().status_code == 201


def test_a_pause_of_the_whole_store_wins_over_that_of_one_way(
    ask: Ask, session: Session, shop: Shop
) -> None:
    ask("stores/lyon/methods/pickup/pause", {"until": ahead(hours=9), "reason": "tills"})
    ask("stores/lyon/pause", {"until": ahead(hours=1), "reason": "flood"})
    store = queries.get_store(session, "lyon")
    assert (store.paused, store.pause_reason) == (True, "flood")
    ask("stores/lyon/resume")
    store = queries.get_store(session, "lyon")
    assert (store.paused, store.pause_reason) == (True, "tills")
    session.execute(text("UPDATE location_method SET paused_until = now() - interval '1 second'"))
    store = queries.get_store(session, "lyon")
    assert (store.paused, store.paused_until, store.pause_reason) == (False, None, None)


def test_what_is_not_offered_cannot_be_paused(ask: Ask, connection: Connection) -> None:
    with nothing_moves(connection):
        refused = ask("stores/lyon/methods/ship/pause", {"until": ahead(hours=1), "reason": "x"})
        assert problem(refused) == (409, "method-not-offered")
        unknown = ask("stores/lyon/methods/balloon", {"offered": True})
        assert problem(unknown) == (404, "not-found")


@pytest.mark.parametrize("path", ["", "/pause", "/resume"])
def test_nobody_switches_the_ways_of_another_store(
    ask: Ask, connection: Connection, path: str
) -> None:
    body: dict[str, Any] = {
        "": {"offered": False},
        "/pause": {"until": ahead(hours=1), "reason": "prank"},
        "/resume": {},
    }[path]
    with nothing_moves(connection):
        refused = ask(f"stores/paris/methods/pickup{path}", body)
        assert problem(refused) == (404, "unknown-location")


def test_a_store_that_is_being_set_up_is_shown_to_nobody_else_and_takes_no_order(
    client: Any, order: Ask, see: Ask, session: Session, connection: Connection
) -> None:
    session.execute(text("UPDATE location SET opened_at = NULL WHERE code = 'lyon'"))
    session.commit()
    codes = [each["code"] for each in client.get("/api/v1/stores").json["stores"]]
    assert codes == ["paris"]
    assert problem(client.get("/api/v1/stores/lyon")) == (404, "unknown-location")
    assert see("stores/lyon").json["offered"] is False
    with nothing_moves(connection):
        assert problem(order()) == (409, "pickup-not-offered")
