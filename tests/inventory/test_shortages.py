"""More promised than there is: somebody has to know, in time, and only while it is so."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

import inventory.services
from inventory.commands import Hold
from kernel.ids import new_id
from tests.conftest import Shop
from tests.inventory.conftest import Floor
from tests.unmoved import nothing_moves, problem


def shortages(floor: Floor, state: str = "open") -> Any:
    return floor.get(f"/stores/lyon/shortages?state={state}")["shortages"]


def test_a_loss_below_what_is_promised_opens_one_case_that_follows_what_is_missing(
    floor: Floor,
) -> None:
    floor.place(BOOK=6)
    floor.adjust(BOOK=-7)
    floor.adjust(BOOK=-1)
    (case,) = shortages(floor)
    assert (case["sku"], case["missing"], case["overdue"]) == ("BOOK", 4, False)
    assert floor.broken() == []
    floor.age("shortage_case", 5)
    assert shortages(floor)[0]["overdue"] is True


def test_a_receipt_that_covers_it_closes_the_case(floor: Floor, shop: Shop) -> None:
    floor.place(BOOK=6)
    floor.adjust(BOOK=-7)
    body = {"items": [{"sku": "BOOK", "quantity": 2}]}
    floor.post("/stores/lyon/receipts", body, key=shop.manager)
    assert [case["missing"] for case in shortages(floor)] == [1]
    floor.post("/stores/lyon/receipts", body, key=shop.manager)
    assert shortages(floor) == []
    (case,) = shortages(floor, "closed")
    assert (case["resolution"], case["closed_by_name"]) == ("covered", None)
    assert floor.broken() == []


def test_an_order_given_up_closes_the_case(floor: Floor, shop: Shop) -> None:
    parcel = floor.place(BOOK=6)
    floor.adjust(BOOK=-7)
    order_id = floor.get(f"/fulfillments/{parcel}")["order_id"]
    body = {"reason": "out_of_stock"}
    assert floor.post(f"/orders/{order_id}/cancel", body, key=shop.agent).status_code == 200
    assert shortages(floor) == []
    assert floor.level() == (3, 0, 0)
    assert floor.broken() == []


def test_a_hand_over_of_goods_nobody_booked_closes_the_case_and_asks_for_a_count(
    floor: Floor,
) -> None:
    parcel = floor.place(BOOK=3)
    floor.pick(parcel, BOOK=3)
    floor.post(f"/fulfillments/{parcel}/ready", {"bin": "A7"})
    floor.adjust(BOOK=-9)
    assert [case["missing"] for case in shortages(floor)] == [2]
    body = {
        "store": "lyon",
        "fulfillment_id": parcel,
        "ticket_number": "T-1",
        "identity_seen": True,
    }
    assert floor.post("/hand-overs", body).status_code == 201
    assert floor.level() == (0, 0, 0)
    assert shortages(floor) == []
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert (task["sku"], task["cause"]) == ("BOOK", "sold_at_zero")
    assert floor.broken() == []


def test_a_count_opens_and_closes_cases(floor: Floor) -> None:
    floor.place(BOOK=8)
    floor.count({"BOOK": 6})
    assert [case["missing"] for case in shortages(floor)] == [2]
    floor.count({"BOOK": 9})
    assert shortages(floor) == []
    assert floor.broken() == []


def hold(floor: Floor, quantity: int) -> None:
    """Somebody is at paying for so many books, and takes too long."""
    inventory.services.reserve(
        floor.session,
        fulfillment_id=new_id(),
        location_id=floor.shop.lyon,
        quantities={"BOOK": quantity},
        hold=Hold(35, 60),
    )
    floor.session.execute(text("UPDATE reservation SET held_until = held_until - interval '1 h'"))
    floor.session.commit()


@pytest.mark.parametrize("who", ["buyer", "job"])
def test_a_hold_that_is_over_and_gives_way_closes_the_case(floor: Floor, who: str) -> None:
    hold(floor, 6)
    floor.adjust(BOOK=-7)
    assert [case["missing"] for case in shortages(floor)] == [3]
    if who == "buyer":
        floor.place(BOOK=2)
    else:
        assert inventory.services.free_expired(floor.session, grace_s=0, limit=10) == 1
    assert shortages(floor) == []
    assert [case["resolution"] for case in shortages(floor, "closed")] == ["covered"]
    assert "INV-03" not in floor.broken()


def test_a_case_has_an_owner_and_is_not_closed_while_goods_are_missing(
    floor: Floor, shop: Shop, connection: Connection
) -> None:
    floor.place(BOOK=6)
    floor.adjust(BOOK=-7)
    (case,) = shortages(floor)
    address = f"/shortages/{case['id']}"
    assert floor.post(f"{address}/take").status_code == 200
    assert shortages(floor)[0]["owner_name"] == "Inès"
    body = {"staff_id": floor.second_manager_id}
    assert floor.post(f"{address}/assign", body, key=shop.manager).status_code == 200
    assert shortages(floor)[0]["owner_name"] == "Omar"
    with nothing_moves(connection):
        closed = floor.post(f"{address}/close", {"resolution": "bought"}, key=shop.manager)
        foreign = floor.post(f"{address}/take", key=shop.paris_associate)
    assert problem(closed) == (409, "still-short")
    assert closed.json["missing"] == 3
    assert problem(foreign) == (404, "unknown-shortage")
