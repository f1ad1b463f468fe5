"""Counts are blind, compare like with like, and never book a sale twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from kernel.actors import SYSTEM
from stores.commands import Scope, SetRule
from stores.services import set_setting
from tests.conftest import Shop
from tests.inventory.conftest import Floor
from tests.unmoved import nothing_moves, problem


def enter(floor: Floor, count_id: str, **counted: int) -> Any:
    items = [{"sku": sku.replace("_", "-"), "counted": each} for sku, each in counted.items()]
    return floor.post(f"/counts/{count_id}/enter", {"items": items})


def open_count(floor: Floor, *skus: str) -> str:
    opened = floor.post("/stores/lyon/counts", {"skus": list(skus)})
    assert opened.status_code == 201, opened.json
    return str(opened.json["count_id"])


def test_nobody_who_counts_is_told_what_is_booked_until_the_count_is_submitted(
    floor: Floor,
) -> None:
    count_id = open_count(floor, "BOOK", "MUG-BLUE")
    enter(floor, count_id, BOOK=1)
    blind = floor.get(f"/counts/{count_id}")
    assert blind["count"]["differing"] is None
    assert [(line["sku"], line["counted"], line["shelf"]) for line in blind["lines"]] == [
        ("BOOK", 1, None),
        ("MUG-BLUE", None, None),
    ]
    assert {line["on_hand"] for line in blind["lines"]} == {None}
    assert {line["difference"] for line in blind["lines"]} == {None}
    enter(floor, count_id, MUG_BLUE=10)
    assert floor.post(f"/counts/{count_id}/submit").json["status"] == "submitted"
    shown = floor.get(f"/counts/{count_id}")
    assert shown["count"]["differing"] == 1
    assert [line["difference"] for line in shown["lines"]] == [-9, 0]


def test_what_lies_in_bins_is_on_hand_but_not_on_the_shelf(floor: Floor) -> None:
    parcel = floor.place(BOOK=3)
    floor.pick(parcel, BOOK=2)
    count_id, status = floor.count({"BOOK": 7})
    assert status == "applied"
    (line,) = floor.get(f"/counts/{count_id}")["lines"]
    del line["counted_at"]
    assert line == {
        "sku": "BOOK",
        "counted": 7,
        "on_hand": 10,
        "in_bins": 2,
        "shelf": 8,
        "difference": -1,
    }
    assert floor.level() == (9, 3, 0)
    assert floor.ledger()[0] == ("adjusted", -1)
    assert floor.broken() == []


def test_what_is_set_aside_leaves_with_the_customer_or_with_the_order(floor: Floor) -> None:
    parcel = floor.place(BOOK=3)
    floor.pick(parcel, BOOK=3)
    assert floor.broken() == []
    floor.post(f"/fulfillments/{parcel}/ready", {"bin": "A7"})
    body = {
        "store": "lyon",
        "fulfillment_id": parcel,
        "ticket_number": "T-1",
        "identity_seen": True,
    }
    handed = floor.post("/hand-overs", {**body, "items": [{"sku": "BOOK", "quantity": 2}]})
    assert handed.status_code in {200, 201}, handed.json
    assert floor.broken() == []
    (line,) = floor.get(f"/counts/{floor.count({'BOOK': 7})[0]}")["lines"]
    assert (line["on_hand"], line["in_bins"], line["shelf"]) == (8, 1, 7)


def test_what_is_sold_between_counting_and_approval_is_not_counted_twice(floor: Floor) -> None:
    count_id, status = floor.count({"BOOK": 2})
    assert status == "submitted"
    floor.adjust(BOOK=-4)
    approved = floor.post(f"/counts/{count_id}/approve", key=floor.shop.manager)
    assert approved.json == {"count_id": count_id, "status": "applied"}
    assert floor.level() == (0, 0, 0)
    assert floor.ledger()[:3] == [("adjusted", -8), ("found", 2), ("adjusted", -4)]
    assert floor.broken() == []


def test_a_figure_entered_again_replaces_the_first(floor: Floor) -> None:
    count_id = open_count(floor, "BOOK")
    enter(floor, count_id, BOOK=1)
    floor.adjust(BOOK=-3)
    enter(floor, count_id, BOOK=7)
    assert floor.post(f"/counts/{count_id}/submit").json["status"] == "applied"
    assert floor.level() == (7, 0, 0)


def test_five_units_are_booked_and_six_wait(floor: Floor) -> None:
    assert floor.count({"BOOK": 5})[1] == "applied"
    assert floor.count({"MUG-BLUE": 16})[1] == "submitted"
    assert (floor.level("BOOK"), floor.level("MUG-BLUE")) == ((5, 0, 0), (10, 0, 0))


def test_the_store_says_by_how_much_a_count_may_differ_and_how_soon_it_is_wanted(
    floor: Floor,
) -> None:
    for key, value in (("count_limit_units", 1), ("count_task_hours", 2)):
        set_setting(floor.session, SetRule(Scope.STORE, "lyon", key, value), actor=SYSTEM)
    floor.session.commit()

    assert floor.count({"BOOK": 11})[1] == "applied"
    assert floor.count({"MUG-BLUE": 12})[1] == "submitted"
    floor.post("/stores/lyon/count-tasks", {"skus": ["BOOK"]}, key=floor.shop.manager)
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    wait = datetime.fromisoformat(task["due_at"]) - datetime.fromisoformat(task["opened_at"])
    assert wait == timedelta(hours=2)


def test_whoever_counted_does_not_approve(floor: Floor, connection: Connection) -> None:
    count_id, _ = floor.count({"BOOK": 1}, key=floor.shop.manager)
    with nothing_moves(connection):
        own = floor.post(f"/counts/{count_id}/approve", key=floor.shop.manager)
        associate = floor.post(f"/counts/{count_id}/approve")
        foreign = floor.post(f"/counts/{count_id}/submit", key=floor.shop.paris_associate)
    assert problem(own) == (403, "own-count")
    assert problem(associate) == (403, "forbidden")
    assert problem(foreign) == (404, "unknown-count")
    approved = floor.post(f"/counts/{count_id}/approve", key=floor.second_manager)
    assert approved.status_code == 200
    assert floor.level() == (1, 0, 0)


def test_a_rejected_count_books_nothing_and_its_tasks_wait_for_another(floor: Floor) -> None:
    body = {"skus": ["BOOK"], "note": "after the move"}
    floor.post("/stores/lyon/count-tasks", body, key=floor.shop.manager)
    count_id, _ = floor.count({"BOOK": 1})
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert (task["count_id"], task["cause"], task["note"]) == (count_id, "asked", "after the move")
    rejected = floor.post(
        f"/counts/{count_id}/reject", {"reason": "count again"}, key=floor.shop.manager
    )
    assert rejected.json["status"] == "rejected"
    assert floor.level() == (10, 0, 0)
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert task["count_id"] is None
    again = floor.post(f"/counts/{count_id}/approve", key=floor.shop.manager)
    assert problem(again) == (409, "count-state")


def test_a_count_without_all_its_figures_is_not_submitted(
    floor: Floor, connection: Connection
) -> None:
    count_id = open_count(floor, "BOOK", "MUG-BLUE", "TENT-2P")
    enter(floor, count_id, MUG_BLUE=10)
    with nothing_moves(connection):
        unfinished = floor.post(f"/counts/{count_id}/submit")
        strange = enter(floor, count_id, NEVER=1)
        twice = floor.post(
            f"/counts/{count_id}/enter",
            {"items": [{"sku": "BOOK", "counted": 1}, {"sku": "BOOK", "counted": 2}]},
        )
    assert problem(unfinished) == (409, "not-counted")
    assert unfinished.json["skus"] == ["BOOK", "TENT-2P"]
    assert problem(strange) == (409, "not-counted")
    assert problem(twice) == (422, "validation")
    assert floor.post(f"/counts/{count_id}/cancel").json["status"] == "cancelled"
    assert problem(enter(floor, count_id, BOOK=1)) == (409, "count-state")


@pytest.mark.parametrize(
    "body", [{}, {"category": "nothing"}, {"skus": []}], ids=["empty", "category", "no skus"]
)
def test_a_count_of_nothing_is_not_opened(floor: Floor, body: dict[str, Any]) -> None:
    assert problem(floor.post("/stores/lyon/counts", body)) == (422, "nothing-to-count")


def test_a_doubt_opens_one_task_and_the_count_clears_it(floor: Floor) -> None:
    parcels = [floor.place(BOOK=2), floor.place(BOOK=2)]
    for parcel in parcels:
        floor.pick(parcel, BOOK=1)
        body = {"sku": "BOOK", "quantity": 1, "reason": "not_found"}
        assert floor.post(f"/fulfillments/{parcel}/short", body).status_code == 200
    assert floor.level() == (10, 2, 8)
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert (task["sku"], task["cause"], task["overdue"]) == ("BOOK", "not_found", False)
    opened = floor.post("/stores/lyon/counts", {"tasks": [task["id"]]}).json
    enter(floor, opened["count_id"], BOOK=6)
    assert floor.post(f"/counts/{opened['count_id']}/submit").json["status"] == "applied"
    assert floor.level() == (8, 2, 0)
    assert floor.get("/stores/lyon/count-tasks")["tasks"] == []
    assert floor.broken() == []


def test_a_doubt_newer_than_the_figure_stays_until_the_next_count(floor: Floor) -> None:
    parcel = floor.place(BOOK=2)
    floor.pick(parcel, BOOK=1)
    count_id = open_count(floor, "BOOK")
    enter(floor, count_id, BOOK=9)
    body = {"sku": "BOOK", "quantity": 1, "reason": "damaged"}
    floor.post(f"/fulfillments/{parcel}/short", body)
    floor.post(f"/counts/{count_id}/submit")
    assert floor.level() == (10, 1, 1)
    assert [task["sku"] for task in floor.get("/stores/lyon/count-tasks")["tasks"]] == ["BOOK"]


def test_what_is_due_longest_stands_first_page_by_page(floor: Floor, shop: Shop) -> None:
    for sku in ("TENT-2P", "BOOK"):
        floor.post("/stores/lyon/count-tasks", {"skus": [sku]}, key=shop.manager)
    floor.age("count_task", 25)
    floor.post("/stores/lyon/count-tasks", {"skus": ["MUG-BLUE", "BOOK"]}, key=shop.manager)
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = floor.get(f"/stores/lyon/count-tasks?limit=1{more}")
        seen += [(task["sku"], task["overdue"]) for task in page["tasks"]]
        cursor = page["next"]
    assert seen == [("TENT-2P", True), ("BOOK", True), ("MUG-BLUE", False)]


def test_a_task_is_taken_or_given_to_somebody_of_the_store(floor: Floor, shop: Shop) -> None:
    floor.post("/stores/lyon/count-tasks", {"skus": ["BOOK"]}, key=shop.manager)
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert floor.post(f"/count-tasks/{task['id']}/take").status_code == 200
    assert floor.get("/stores/lyon/count-tasks")["tasks"][0]["owner_name"] == "Inès"
    body = {"staff_id": floor.second_manager_id}
    assert (
        floor.post(f"/count-tasks/{task['id']}/assign", body, key=shop.manager).status_code == 200
    )
    assert floor.get("/stores/lyon/count-tasks")["tasks"][0]["owner_name"] == "Omar"
    nobody = {"staff_id": task["id"]}
    assigned = floor.post(f"/count-tasks/{task['id']}/assign", nobody, key=shop.manager)
    assert problem(assigned) == (404, "unknown-staff")
    foreign = floor.post(f"/count-tasks/{task['id']}/take", key=shop.paris_associate)
    assert problem(foreign) == (404, "unknown-count-task")


def test_counts_are_listed_newest_first(floor: Floor) -> None:
    first, _ = floor.count({"BOOK": 10})
    second, _ = floor.count({"MUG-BLUE": 1})
    page = floor.get("/stores/lyon/counts?limit=1")
    assert [each["id"] for each in page["counts"]] == [second]
    page = floor.get(f"/stores/lyon/counts?limit=1&cursor={page['next']}")
    assert [each["id"] for each in page["counts"]] == [first]
    waiting = floor.get("/stores/lyon/counts?status=submitted")["counts"]
    assert [(each["id"], each["opened_by_name"]) for each in waiting] == [(second, "Inès")]
