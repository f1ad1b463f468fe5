"""Two tablets, a caller and a clock want the same parcels while they are picked."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest

import orders.services
from app.embedded import Cluster
from kernel.db import transaction
from tests.support.installation import installation
from tests.support.trade import Trade, both, in_turn, together

PAIRS = 8
ROUNDS = 12
APART_S = 0.05


@pytest.fixture(scope="module")
def unlocked(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """The same without the locks of parcels and walks: what these races would look like then."""
    with installation(cluster, tmp_path_factory.mktemp("unlocked")) as house:
        options = [word for guard in ("wave", "lock") for word in ("--without-guard", guard)]
        yield Trade(house, house.open_web(*options))


def test_two_tablets_that_begin_walks_at_once_never_take_the_same_parcel(trade: Trade) -> None:
    parcels = placed(trade, 12)
    answers = begin_walks(trade, parcels)
    taken = [
        each["id"] for answer in answers if answer.status_code == 201 for each in boxes(answer)
    ]
    assert Counter(answer.status_code for answer in answers) <= Counter({201: 4, 409: 3})
    assert sorted(taken) == sorted(parcels)
    assert trade.place_of_work.broken() == []


def test_without_its_guard_two_walks_want_the_same_parcels(unlocked: Trade) -> None:
    for _ in range(ROUNDS):
        parcels = placed(unlocked, 4)
        answers = begin_walks(unlocked, parcels)
        taken = [each["id"] for answer in answers if answer.is_success for each in boxes(answer)]
        if any(answer.status_code >= 500 for answer in answers) or len(taken) > len(set(taken)):
            return
    pytest.fail("walks that take what they see never wanted the same parcel")


def test_two_tablets_that_scan_in_one_walk_fill_each_box_once(trade: Trade) -> None:
    sku = trade.list_article(units=20)
    for quantity in (1, 2, 3):
        trade.place({sku: quantity})
    key = trade.place_of_work.shop.associate
    mine = trade.place_of_work.rows(
        "SELECT fulfillment_id::text AS id FROM fulfillment_line WHERE sku = %(sku)s", sku=sku
    )
    body = {"fulfillment_ids": [each["id"] for each in mine]}
    wave = trade.post("/stores/lyon/waves", body, key=key).json()["id"]
    scan = partial(trade.post, f"/waves/{wave}/scan", {"sku": sku}, key=key)

    answers = together([scan] * 8)

    assert Counter(answer.status_code for answer in answers) == {200: 6, 422: 2}
    (row,) = trade.place_of_work.rows(
        "SELECT sum(picked)::int AS picked, w.ended_at IS NOT NULL AS ended FROM fulfillment_line"
        " JOIN fulfillment f ON f.id = fulfillment_id JOIN wave w ON w.id = f.wave_id"
        " WHERE sku = %(sku)s GROUP BY w.ended_at",
        sku=sku,
    )
    assert row == {"picked": 6, "ended": True}
    assert trade.place_of_work.broken() == []


def test_without_its_lock_two_tablets_pick_one_unit_twice(unlocked: Trade) -> None:
    for _ in range(ROUNDS):
        sku = unlocked.list_article(units=20)
        parcel = accepted(unlocked, {sku: 4})
        body = {"items": [{"sku": sku, "quantity": 1}]}
        key = unlocked.place_of_work.shop.associate
        pick = partial(unlocked.post, f"/fulfillments/{parcel}/pick", body, key=key)
        taken = sum(answer.status_code == 200 for answer in together([pick] * 4))
        (line,) = unlocked.parcel(parcel)["lines"]
        if line["picked"] < taken:
            assert "BIN-01" in unlocked.place_of_work.broken()
            return
    pytest.fail("tablets without a lock never lost a unit")


def test_a_shortage_against_a_cancellation_leaves_nothing_promised(trade: Trade) -> None:
    sku = trade.list_article(units=1_000)
    ends = [_short_and_cancel(trade, sku, turn) for turn in range(PAIRS)]
    assert {(called_off, status) for _, called_off, status in ends} == {(200, "cancelled")}
    assert {short for short, _, _ in ends} <= {200, 409}
    assert trade.level(sku)["reserved"] == 0
    assert trade.level(sku)["quarantined"] == sum(short == 200 for short, _, _ in ends)
    assert trade.place_of_work.broken() == []


def test_without_its_lock_a_shortage_spoils_a_cancellation(unlocked: Trade) -> None:
    sku = unlocked.list_article(units=1_000)
    for turn in range(ROUNDS):
        _, called_off, status = _short_and_cancel(unlocked, sku, PAIRS // 2 + turn % 3)
        if called_off != 200 or status != "cancelled" or unlocked.place_of_work.broken():
            return
    pytest.fail("a shortage without a lock never spoiled a cancellation")


def test_a_substitute_is_accepted_or_lapses_never_both(trade: Trade) -> None:
    ends = Counter(_accept_or_lapse(trade, turn) for turn in range(PAIRS))
    assert set(ends) <= {"accepted", "lapsed"}
    assert trade.place_of_work.broken() == []


def test_without_its_lock_a_substitute_is_both_accepted_and_declined(unlocked: Trade) -> None:
    key = unlocked.place_of_work.shop.associate
    for _ in range(ROUNDS):
        _parcel, substitute = asked(unlocked)
        path = f"/substitutes/{substitute}"
        yes = partial(unlocked.post, f"{path}/accept", {}, key=key)
        no = partial(unlocked.post, f"{path}/decline", {}, key=key)
        codes = {answer.status_code for answer in both(yes, no)}
        if codes == {200} or 500 in codes:
            return
    pytest.fail("answers without a lock never met")


def placed(trade: Trade, count: int) -> list[str]:
    """Place so many orders of one article; return their parcels."""
    sku = trade.list_article()
    return [str(trade.place({sku: 1}).json()["fulfillment_id"]) for _ in range(count)]


def begin_walks(trade: Trade, parcels: list[str]) -> list[httpx.Response]:
    """Begin walks over the same parcels on four tablets at the same moment."""
    body = {"fulfillment_ids": parcels}
    key = trade.place_of_work.shop.associate
    return together([partial(trade.post, "/stores/lyon/waves", body, key=key)] * 4)


def boxes(answer: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()["parcels"]
    return found


def accepted(trade: Trade, items: dict[str, int]) -> str:
    """Place an order the store takes on; return its parcel."""
    parcel = str(trade.place(items).json()["fulfillment_id"])
    key = trade.place_of_work.shop.associate
    assert trade.post(f"/fulfillments/{parcel}/accept", {}, key=key).status_code == 200
    return parcel


def asked(trade: Trade) -> tuple[str, str]:
    """Offer another article for one that is missing; return the parcel and the offer."""
    sku, instead = trade.list_article(units=50), trade.list_article(units=50)
    parcel = accepted(trade, {sku: 2})
    body = {"sku": sku, "substitute_sku": instead, "quantity": 1, "reason": "damaged"}
    key = trade.place_of_work.shop.associate
    offered = trade.post(f"/fulfillments/{parcel}/substitutes", body, key=key)
    assert offered.status_code == 201, offered.text
    return parcel, str(offered.json()["id"])


def _short_and_cancel(trade: Trade, sku: str, turn: int) -> tuple[int, int, str]:
    """Return what both were answered, and where the parcel stands then."""
    placed_order = trade.place({sku: 2}).json()
    parcel, key = placed_order["fulfillment_id"], trade.place_of_work.shop.associate
    trade.post(f"/fulfillments/{parcel}/accept", {}, key=key)
    body = {"sku": sku, "quantity": 1, "reason": "damaged"}

    short, called_off = in_turn(
        partial(trade.post, f"/fulfillments/{parcel}/short", body, key=key),
        partial(trade.cancel, placed_order["id"]),
        turn=turn,
        turns=PAIRS,
        apart_s=APART_S,
    )
    return short.status_code, called_off.status_code, str(trade.parcel(parcel)["status"])


def _accept_or_lapse(trade: Trade, turn: int) -> str:
    """Return which of the two it was; exactly one."""
    _parcel, substitute = asked(trade)
    key = trade.place_of_work.shop.associate
    trade.place_of_work.rows(
        "UPDATE substitution SET answer_by = now() WHERE id = %(id)s", id=substitute
    )

    def lapse() -> bool:
        with transaction() as session:
            return orders.services.lapse_substitute(session, UUID(substitute))

    accept = partial(trade.post, f"/substitutes/{substitute}/accept", {}, key=key)
    with trade.place_of_work.inside():
        answered, lapsed = in_turn(accept, lapse, turn=turn, turns=PAIRS, apart_s=APART_S)
    if answered.status_code == 200:
        assert not lapsed
        return "accepted"
    assert (answered.status_code, lapsed) == (409, True)
    assert answered.json()["answer"] == "lapsed"
    return "lapsed"
