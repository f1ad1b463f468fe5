"""A request that is sent again and again under one Idempotency-Key."""

from functools import partial
from uuid import uuid4

from tests.support.trade import Trade, together

CUSTOMER = {"first_name": "Chloé", "last_name": "Durand", "email": "chloe.durand@example.org"}


def test_an_order_sent_eight_times_at_once_is_one_order_with_eight_equal_answers(
    trade: Trade,
) -> None:
    sku, nonce = trade.list_article(units=10), str(uuid4())

    answers = together([partial(trade.place, {sku: 1}, nonce=nonce, customer=CUSTOMER)] * 8)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert trade.level(sku) == {"on_hand": 10, "reserved": 1, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_a_hand_over_sent_eight_times_at_once_is_one_with_eight_equal_answers(
    trade: Trade,
) -> None:
    sku, nonce = trade.list_article(units=10), str(uuid4())
    ready = trade.make_ready({sku: 1})
    body = {"store": "lyon", "code": ready.code, "ticket_number": "T-1"}
    key = trade.place_of_work.shop.associate

    answers = together([partial(trade.post, "/hand-overs", body, key=key, nonce=nonce)] * 8)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert trade.level(sku) == {"on_hand": 9, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_another_body_under_a_used_key_is_refused_and_nothing_moves(trade: Trade) -> None:
    sku, nonce = trade.list_article(units=10), str(uuid4())
    assert trade.place({sku: 1}, nonce=nonce, customer=CUSTOMER).status_code == 201

    other = trade.place({sku: 2}, nonce=nonce, customer=CUSTOMER)

    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert trade.level(sku) == {"on_hand": 10, "reserved": 1, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_a_refused_key_may_be_tried_again(trade: Trade) -> None:
    sku, nonce = trade.list_article(units=1), str(uuid4())
    first = trade.place({sku: 1}).json()
    refused = trade.place({sku: 1}, nonce=nonce, customer=CUSTOMER)
    assert refused.status_code == 409
    assert trade.cancel(first["id"]).status_code == 200

    again = trade.place({sku: 1}, nonce=nonce, customer=CUSTOMER)

    assert again.status_code == 201
    assert trade.level(sku) == {"on_hand": 1, "reserved": 1, "quarantined": 0}
    assert trade.place_of_work.broken() == []
