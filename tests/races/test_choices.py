"""A choice is made once: from two devices, by the deadline, or while the order is called off."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from uuid import UUID

import httpx
import pytest

import orders.jobs
import orders.queries
from app.embedded import Cluster
from kernel.db import transaction
from kernel.links import choice_token
from tests.support.installation import installation
from tests.support.trade import Trade, both, together

ROUNDS = 12
DEVICES = 6


@pytest.fixture
def trusting(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """A web server that writes an answer down whoever gave one before."""
    with installation(cluster, tmp_path_factory.mktemp("choices")) as house:
        yield Trade(house, house.open_web("--without-guard", "choice"))


def test_of_devices_that_answer_at_once_exactly_one_is_heard(trade: Trade) -> None:
    for _ in range(ROUNDS // 3):
        sku = trade.list_article(units=5)
        order_id, parcel, token = reject(trade, sku)

        answers = together(
            [partial(answer, trade, token, "other_store", store="paris")] * (DEVICES // 2)
            + [partial(answer, trade, token, "refund")] * (DEVICES // 2)
        )

        assert Counter(each.status_code for each in answers) == {200: 1, 409: DEVICES - 1}
        refused = {each.json()["type"] for each in answers if each.status_code == 409}
        assert refused == {"/problems/choice-answered"}
        said = next(each.json()["answer"] for each in answers if each.status_code == 200)
        parcels = trade.place_of_work.rows(
            "SELECT status FROM fulfillment WHERE order_id = %(id)s ORDER BY id", id=order_id
        )
        ends = {"refund": ["cancelled"], "other_store": ["rerouted", "new"]}[said]
        assert [each["status"] for each in parcels] == ends
        assert events(trade, parcel, "choice.answered.v1") == 1
    assert trade.place_of_work.broken() == []


def test_without_its_guard_a_choice_is_made_by_everybody(trusting: Trade) -> None:
    _, parcel, token = reject(trusting, trusting.list_article(units=5))

    answers = together([partial(answer, trusting, token, "wait")] * DEVICES)

    assert Counter(each.status_code for each in answers) == {200: DEVICES}
    assert events(trusting, parcel, "choice.answered.v1") == DEVICES


def test_an_order_called_off_while_its_choice_is_made_ends_one_way_only(trade: Trade) -> None:
    ends: Counter[tuple[int, int, tuple[str, ...]]] = Counter()
    for _ in range(ROUNDS):
        sku = trade.list_article(units=5)
        order_id, _, token = reject(trade, sku)
        chosen, cancelled = both(
            partial(answer, trade, token, "other_store", store="paris"),
            partial(trade.cancel, order_id),
        )
        parcels = trade.place_of_work.rows(
            "SELECT status FROM fulfillment WHERE order_id = %(id)s ORDER BY id", id=order_id
        )
        states = tuple(each["status"] for each in parcels)
        ends[chosen.status_code, cancelled.status_code, states] += 1
        assert reserved(trade, sku) == 0
    assert set(ends) <= {
        (409, 200, ("cancelled",)),
        (200, 200, ("rerouted", "cancelled")),
    }
    assert trade.place_of_work.broken() == []


def test_the_deadline_and_an_answer_never_both_hold(trade: Trade) -> None:
    for _ in range(ROUNDS):
        sku = trade.list_article(units=5)
        order_id, parcel, token = reject(trade, sku)
        trade.place_of_work.rows(
            "UPDATE choice SET answer_by = now() - interval '1 minute'"
            " WHERE fulfillment_id = %(id)s",
            id=parcel,
        )
        with trade.place_of_work.inside():
            both(
                partial(answer, trade, token, "other_store", store="paris"),
                orders.jobs.answer_overdue,
            )
        assert events(trade, parcel, "choice.answered.v1") == 1
        parcels = trade.place_of_work.rows(
            "SELECT status FROM fulfillment WHERE order_id = %(id)s ORDER BY id", id=order_id
        )
        assert [each["status"] for each in parcels] in (["cancelled"], ["rerouted", "new"])
    assert trade.place_of_work.broken() == []


def reject(trade: Trade, sku: str) -> tuple[str, str, str]:
    """Order two in Lyon, which has no time; return order, parcel, and the token of its choice."""
    placed = trade.place({sku: 2}).json()
    parcel = placed["fulfillment_id"]
    key = trade.place_of_work.shop.associate
    response = trade.post(f"/fulfillments/{parcel}/reject", {"reason": "no_time"}, key=key)
    assert response.status_code == 200, response.text
    with trade.place_of_work.inside(), transaction() as session:
        choice = orders.queries.list_choices(session, [UUID(parcel)])[UUID(parcel)]
        return placed["id"], parcel, choice_token(choice.id)


def answer(trade: Trade, token: str, said: str, **more: str) -> httpx.Response:
    """Answer from one more device."""
    key = trade.place_of_work.shop.integration
    return trade.post(f"/choices/{token}", {"answer": said, **more}, key=key)


def events(trade: Trade, parcel: str, name: str) -> int:
    (row,) = trade.place_of_work.rows(
        "SELECT count(*) FROM event WHERE aggregate_id = %(id)s AND name = %(name)s",
        id=parcel,
        name=name,
    )
    return int(row["count"])


def reserved(trade: Trade, sku: str) -> int:
    (row,) = trade.place_of_work.rows(
        "SELECT sum(reserved) FROM stock_level WHERE sku = %(sku)s", sku=sku
    )
    return int(row["sum"])
