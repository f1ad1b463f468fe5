"""Two people at the counter, on the telephone or with a tablet want the same parcel."""

import threading
from collections import Counter
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import event

import orders.jobs
import orders.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import HandOver
from orders.services import checking
from tests.support.launch import hold_nothing
from tests.support.trade import Ready, Trade, in_turn, together

PAIRS = 20
APART_S = 0.6


@pytest.mark.parametrize("associates", [2, 8])
def test_of_associates_who_scan_one_code_at_once_exactly_one_hands_over(
    trade: Trade, associates: int
) -> None:
    sku = trade.list_article(units=10)
    ready = trade.make_ready({sku: 2})

    answers = scan_at_once(trade, ready, associates)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: associates - 1}
    (written,) = trade.place_of_work.rows(
        "SELECT staff_name, handed_over_at, quantities FROM hand_over"
        " WHERE fulfillment_id = %(id)s",
        id=ready.id,
    )
    assert written["quantities"] == {sku: 2}
    for refusal in (answer.json() for answer in answers if answer.status_code == 409):
        assert refusal["type"] == "/problems/already-collected"
        assert refusal["by"] == written["staff_name"] == "Inès"
        assert refusal["at"] == written["handed_over_at"].isoformat()
    assert trade.level(sku) == {"on_hand": 8, "reserved": 0, "quarantined": 0}
    assert len(tickets(trade, ready)) == 1
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_same_code_is_handed_over_twice(unguarded: Trade) -> None:
    ready = unguarded.make_ready({unguarded.list_article(units=10): 2})

    answers = scan_at_once(unguarded, ready, 2)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert "INV-15" in unguarded.place_of_work.broken()


def test_a_parcel_that_is_cancelled_while_handed_over_ends_one_way_only(trade: Trade) -> None:
    sku = trade.list_article()
    waiting = [trade.make_ready({sku: 1}) for _ in range(PAIRS)]

    handed_over = sum(
        _hand_over_or_cancel(trade, ready, turn) for turn, ready in enumerate(waiting)
    )

    assert 0 < handed_over < PAIRS, "one side always won: this was no race"
    assert trade.level(sku)["reserved"] == PAIRS - handed_over, "the others lie in their bins"
    assert trade.put_back(sku) == PAIRS - handed_over
    assert trade.level(sku)["reserved"] == 0
    assert trade.level(sku)["on_hand"] == 100_000 - handed_over
    assert trade.place_of_work.broken() == []


def test_a_parcel_that_expires_while_handed_over_ends_one_way_only(trade: Trade) -> None:
    sku = trade.list_article()
    waiting = [trade.make_ready({sku: 1}) for _ in range(PAIRS)]

    with trade.place_of_work.inside():
        handed_over = sum(
            _hand_over_or_expire(trade, ready, turn) for turn, ready in enumerate(waiting)
        )

    assert 0 < handed_over < PAIRS, "one side always won: this was no race"
    assert trade.level(sku)["reserved"] == PAIRS - handed_over, "the others lie in their bins"
    assert trade.put_back(sku) == PAIRS - handed_over
    assert trade.level(sku)["reserved"] == 0
    assert trade.level(sku)["on_hand"] == 100_000 - handed_over
    assert trade.place_of_work.broken() == []


def test_the_expiry_job_run_by_four_at_once_ends_each_parcel_once(trade: Trade) -> None:
    sku = trade.list_article()
    waiting = [trade.make_ready({sku: 1}) for _ in range(10)]
    for ready in waiting:
        let_collection_pass(trade, ready)

    with trade.place_of_work.inside():
        ended = together([orders.jobs.expire_uncollected] * 4)

    assert sum(ended) == len(waiting)
    assert trade.put_back(sku) == len(waiting)
    assert trade.level(sku) == {"on_hand": 100_000, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.rows(
        "SELECT count(*) AS told, count(DISTINCT aggregate_id) AS parcels FROM event"
        " WHERE name = 'fulfillment.expired.v1' AND aggregate_id = ANY(%(ids)s::uuid[])",
        ids=[ready.id for ready in waiting],
    ) == [{"told": 10, "parcels": 10}]
    assert trade.place_of_work.broken() == []


def test_two_tablets_never_pick_more_than_was_ordered(trade: Trade) -> None:
    sku = trade.list_article(units=10)
    parcel = trade.place({sku: 3}).json()["fulfillment_id"]
    key = trade.place_of_work.shop.associate
    assert trade.post(f"/fulfillments/{parcel}/accept", {}, key=key).status_code == 200

    body = {"items": [{"sku": sku, "quantity": 1}]}
    answers = together([partial(trade.post, f"/fulfillments/{parcel}/pick", body, key=key)] * 8)

    assert Counter(answer.status_code for answer in answers) == {200: 3, 422: 5}
    refusals = [answer.json() for answer in answers if answer.status_code == 422]
    assert {refusal["type"] for refusal in refusals} == {"/problems/not-ordered"}
    (line,) = trade.parcel(parcel)["lines"]
    assert (line["quantity"], line["picked"]) == (3, 3)
    assert trade.place_of_work.broken() == []


def scan_at_once(trade: Trade, ready: Ready, associates: int) -> list[httpx.Response]:
    """Return the answers to so many scans of one code at the same moment, each with its ticket."""
    key = trade.place_of_work.shop.associate
    return together(
        [partial(trade.hand_over, ready, key=key, ticket=f"T-{n}") for n in range(associates)]
    )


def tickets(trade: Trade, ready: Ready) -> list[dict[str, object]]:
    """Return the payments recorded for a parcel."""
    return trade.place_of_work.rows(
        "SELECT ticket_number FROM till_payment"
        " WHERE reference_id = (SELECT order_id FROM fulfillment WHERE id = %(id)s)",
        id=ready.id,
    )


def let_collection_pass(trade: Trade, ready: Ready) -> None:
    """The last moment to collect a parcel was a minute ago."""
    trade.place_of_work.rows(
        "UPDATE fulfillment SET collect_by = now() - interval '1 minute' WHERE id = %(id)s",
        id=ready.id,
    )


def _hand_over_or_cancel(trade: Trade, ready: Ready, turn: int) -> bool:
    """Return whether the hand-over won; exactly one side did, and the other was told why."""
    key = trade.place_of_work.shop.associate

    taken, called_off = in_turn(
        partial(trade.hand_over, ready, key=key),
        partial(trade.cancel, ready.order_id),
        turn=turn,
        turns=PAIRS,
        apart_s=APART_S,
    )
    status = trade.parcel(ready.id)["status"]
    if taken.status_code == 201:
        assert (called_off.status_code, status) == (409, "handed_over")
        assert called_off.json()["type"] == "/problems/order-not-cancellable"
        return True
    assert (taken.status_code, called_off.status_code, status) == (409, 200, "cancelled")
    assert taken.json()["type"] == "/problems/order-cancelled"
    assert tickets(trade, ready) == []
    return False


def _hand_over_or_expire(trade: Trade, ready: Ready, turn: int) -> bool:
    """Return whether the hand-over won; exactly one side did."""
    key = trade.place_of_work.shop.associate
    let_collection_pass(trade, ready)

    taken, ended = in_turn(
        partial(trade.hand_over, ready, key=key),
        orders.jobs.expire_uncollected,
        turn=turn,
        turns=PAIRS,
        apart_s=APART_S,
    )
    status = trade.parcel(ready.id)["status"]
    if taken.status_code == 201:
        assert (ended, status) == (0, "handed_over")
        return True
    assert (taken.status_code, ended, status) == (409, 1, "expired")
    assert taken.json()["type"] == "/problems/pickup-expired"
    assert tickets(trade, ready) == []
    return False


def test_two_who_take_one_each_both_pay(trade: Trade) -> None:
    ready = trade.make_ready({trade.list_article(units=10): 2})

    take_one_while_another_does(trade, ready)

    assert len(tickets(trade, ready)) == 2
    assert trade.place_of_work.broken() == []


def test_without_holding_the_order_one_of_two_pays_nothing(
    unguarded: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "hold_money", hold_nothing)
    ready = unguarded.make_ready({unguarded.list_article(units=10): 2})

    take_one_while_another_does(unguarded, ready)

    assert len(tickets(unguarded, ready)) == 1
    assert "INV-16" in unguarded.place_of_work.broken()


def take_one_while_another_does(trade: Trade, ready: Ready) -> None:
    """Somebody takes one unit; having read what was handed over, they look late at what was paid.

    Meanwhile somebody else takes the other unit, if they can.
    """
    reading, taken = threading.Event(), threading.Event()
    (line,) = trade.parcel(ready.id)["lines"]

    def take(ticket: str) -> None:
        with transaction() as session:
            command = HandOver(
                "lyon", qr=ready.qr, ticket_number=ticket, quantities={line["sku"]: 1}
            )
            orders.services.hand_over(session, command, actor=SYSTEM)

    def read_late(*args: Any) -> None:
        if threading.current_thread().name == "late" and "till_payment" in args[2]:
            reading.set()
            taken.wait(APART_S)

    with trade.place_of_work.inside():
        with transaction() as session:
            engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", read_late)
        late = threading.Thread(target=take, args=["T-LATE"], name="late")
        late.start()
        assert reading.wait(APART_S * 10)
        take("T-QUICK")
        taken.set()
        late.join()
        event.remove(engine, "before_cursor_execute", read_late)
