"""Tablets that come back to the network at the same moment.

That two hand-overs of one parcel exclude each other is the counter's guard; its negative control is
in `test_counter.py`. That a fact is taken in once is its nonce's: seen best where nothing else
excludes, as goods left against the rules.
"""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import stores.services
from kernel.db import transaction
from tests.support.trade import Ready, Trade, together


def enrol(trade: Trade) -> UUID:
    """Return one more tablet of Lyon."""
    place = trade.place_of_work
    with place.inside(), transaction() as session:
        lyon = place.shop.lyon
        code = stores.services.offer_enrolment(session, location_id=lyon, tablet_name="Tablet")
        return stores.services.enrol_tablet(session, code=code).id


def told(trade: Trade, tablet: UUID, ready: Ready, sku: str, nonce: UUID) -> Any:
    """Send that a tablet handed one unit over."""
    fact = {
        "nonce": str(nonce),
        "seq": 1,
        "kind": "hand_over",
        "happened_at": "2026-11-21T16:20:00+01:00",
        "fulfillment_id": ready.id,
        "identity_seen": True,
        "ticket_number": f"T-{tablet}",
        "items": [{"sku": sku, "quantity": 1}],
    }
    body = {"tablet_id": str(tablet), "facts": [fact]}
    return trade.post("/offline/facts", body, key=trade.place_of_work.shop.associate)


def test_a_batch_sent_six_times_at_once_is_taken_in_once(trade: Trade) -> None:
    sku = trade.list_article(units=10)
    ready, tablet, nonce = trade.make_ready({sku: 1}), enrol(trade), uuid4()

    answers = together([partial(told, trade, tablet, ready, sku, nonce)] * 6)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["facts"][0]["outcome"] == "applied"
    assert trade.level(sku) == {"on_hand": 9, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def call_off(trade: Trade, ready: Ready) -> None:
    answer = trade.post(
        f"/orders/{ready.order_id}/cancel",
        {"reason": "customer_remorse"},
        key=trade.place_of_work.shop.manager,
    )
    assert answer.status_code == 200, answer.text


def hand_overs(trade: Trade, ready: Ready) -> list[dict[str, Any]]:
    return trade.place_of_work.rows(
        "SELECT conflict FROM hand_over WHERE fulfillment_id = %(id)s", id=ready.id
    )


def test_a_fact_against_the_rules_sent_six_times_at_once_moves_goods_once(trade: Trade) -> None:
    sku = trade.list_article(units=10)
    ready, tablet, nonce = trade.make_ready({sku: 1}), enrol(trade), uuid4()
    call_off(trade, ready)

    answers = together([partial(told, trade, tablet, ready, sku, nonce)] * 6)

    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["facts"][0]["outcome"] == "conflict"
    assert hand_overs(trade, ready) == [{"conflict": True}]
    assert trade.level(sku) == {"on_hand": 9, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_without_its_guard_the_same_fact_moves_goods_twice(unguarded: Trade) -> None:
    sku = unguarded.list_article(units=10)
    ready, tablet, nonce = unguarded.make_ready({sku: 1}), enrol(unguarded), uuid4()
    call_off(unguarded, ready)

    answers = together([partial(told, unguarded, tablet, ready, sku, nonce)] * 2)

    assert {answer.json()["facts"][0]["outcome"] for answer in answers} == {"conflict"}
    assert hand_overs(unguarded, ready) == [{"conflict": True}] * 2
    assert unguarded.level(sku)["on_hand"] == 8
    assert "OFF-01" in unguarded.place_of_work.broken()


def test_four_tablets_that_gave_out_one_parcel_are_one_hand_over_and_three_conflicts(
    trade: Trade,
) -> None:
    sku = trade.list_article(units=10)
    ready = trade.make_ready({sku: 1})
    tablets = [enrol(trade) for _ in range(4)]

    answers = together([partial(told, trade, tablet, ready, sku, uuid4()) for tablet in tablets])

    found = [answer.json()["facts"][0] for answer in answers]
    assert sorted(each["outcome"] for each in found) == ["applied", *["conflict"] * 3]
    assert {each["refusal"] for each in found} == {None, "already-collected"}
    assert len({each["case_id"] for each in found if each["case_id"]}) == 3
    assert trade.level(sku) == {"on_hand": 6, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []
