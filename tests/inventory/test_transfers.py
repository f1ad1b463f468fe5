"""Goods between two stores: on one shelf, on nobody's, on the other."""

from typing import Any

import pytest
from sqlalchemy import Connection

from tests.conftest import Shop
from tests.inventory.conftest import Floor
from tests.unmoved import nothing_moves, problem

DAY = "2031-05-02"


def draft(floor: Floor, **quantities: int) -> str:
    items = [{"sku": sku.replace("_", "-"), "quantity": each} for sku, each in quantities.items()]
    body = {"from_store": "lyon", "to_store": "paris", "items": items}
    drafted = floor.post("/transfers", body)
    assert drafted.status_code == 201, drafted.json
    return str(drafted.json["transfer_id"])


def send(floor: Floor, **quantities: int) -> str:
    transfer_id = draft(floor, **quantities)
    sent = floor.post(f"/transfers/{transfer_id}/send", {"expected_on": DAY})
    assert sent.json == {"transfer_id": transfer_id, "status": "sent"}
    return transfer_id


def receive(floor: Floor, transfer_id: str, **quantities: int) -> Any:
    items = [{"sku": sku.replace("_", "-"), "quantity": each} for sku, each in quantities.items()]
    key = floor.shop.paris_associate
    return floor.post(f"/transfers/{transfer_id}/receive", {"items": items}, key=key)


def in_paris(floor: Floor, sku: str = "BOOK") -> int:
    return floor.level(sku, store="paris", key=floor.shop.paris_associate)[0]


def expected_in_paris(floor: Floor) -> list[tuple[str, int, str]]:
    rows = floor.get("/stores/paris/incoming", key=floor.shop.paris_associate)["incoming"]
    return [(row["sku"], row["open"], row["expected_on"]) for row in rows]


def lines(floor: Floor, transfer_id: str) -> Any:
    return floor.get(f"/transfers/{transfer_id}")["lines"]


def test_what_is_on_the_way_is_on_nobodys_shelf(floor: Floor) -> None:
    transfer_id = draft(floor, BOOK=4, MUG_BLUE=1)
    assert (floor.level()[0], in_paris(floor)) == (10, 10)
    floor.post(f"/transfers/{transfer_id}/send", {"expected_on": DAY})
    assert (floor.level()[0], in_paris(floor)) == (6, 10)
    assert expected_in_paris(floor) == [("BOOK", 4, DAY), ("MUG-BLUE", 1, DAY)]
    assert floor.ledger()[0] == ("sent", -4)
    assert floor.broken() == []
    assert receive(floor, transfer_id, BOOK=4, MUG_BLUE=1).json["status"] == "received"
    assert (floor.level()[0], in_paris(floor)) == (6, 14)
    assert floor.ledger(store="paris", key=floor.shop.paris_associate)[0] == ("arrived", 4)
    assert expected_in_paris(floor) == []
    assert floor.broken() == []


def test_a_transfer_arrives_in_parts(floor: Floor) -> None:
    transfer_id = send(floor, BOOK=4, MUG_BLUE=2)
    assert receive(floor, transfer_id, BOOK=1).json["status"] == "part_received"
    assert receive(floor, transfer_id, BOOK=2).json["status"] == "part_received"
    assert expected_in_paris(floor) == [("BOOK", 1, DAY), ("MUG-BLUE", 2, DAY)]
    assert floor.broken() == []
    assert receive(floor, transfer_id, BOOK=1, MUG_BLUE=2).json["status"] == "received"
    again = receive(floor, transfer_id, BOOK=1)
    assert problem(again) == (409, "transfer-state")
    assert again.json["state"] == "received"
    assert in_paris(floor) == 14


def test_more_than_was_sent_is_booked_as_it_is_and_shown(floor: Floor) -> None:
    transfer_id = send(floor, BOOK=2, MUG_BLUE=2)
    assert receive(floor, transfer_id, BOOK=3, MUG_BLUE=2).json["status"] == "received"
    assert in_paris(floor) == 13
    assert [(line["sku"], line["surplus"]) for line in lines(floor, transfer_id)] == [
        ("BOOK", 1),
        ("MUG-BLUE", 0),
    ]
    assert floor.broken() == []


def test_what_is_promised_or_doubted_is_not_sent_and_every_shortage_is_named(
    floor: Floor, connection: Connection
) -> None:
    parcel = floor.place(BOOK=3, MUG_BLUE=2)
    floor.pick(parcel, MUG_BLUE=1)
    body = {"sku": "MUG-BLUE", "quantity": 1, "reason": "damaged"}
    floor.post(f"/fulfillments/{parcel}/short", body)
    transfer_id = draft(floor, BOOK=8, MUG_BLUE=9, TENT_2P=1)
    with nothing_moves(connection):
        refused = floor.post(f"/transfers/{transfer_id}/send", {"expected_on": DAY})
    assert problem(refused) == (409, "out-of-stock")
    assert refused.json["shortages"] == {"BOOK": 7, "MUG-BLUE": 8}


def test_what_never_arrives_is_given_up_with_a_reason(
    floor: Floor, shop: Shop, connection: Connection
) -> None:
    transfer_id = send(floor, BOOK=4, MUG_BLUE=3, TENT_2P=1)
    receive(floor, transfer_id, BOOK=1, TENT_2P=1)
    address = f"/transfers/{transfer_id}/close"
    lost = {"sku": "BOOK", "reason": "lost"}
    with nothing_moves(connection):
        unsaid = floor.post(address, {"items": [lost]}, key=shop.manager)
        by_associate = floor.post(address, {"items": [lost]})
    assert problem(unsaid) == (422, "reason-missing")
    assert unsaid.json["missing"] == {"MUG-BLUE": 3}
    assert problem(by_associate) == (403, "forbidden")
    items = [lost, {"sku": "MUG-BLUE", "reason": "came_back"}]
    closed = floor.post(address, {"items": items}, key=shop.manager)
    assert closed.json["missing"] == {"BOOK": 3, "MUG-BLUE": 3}
    assert (floor.level("BOOK")[0], floor.level("MUG-BLUE")[0]) == (6, 10)
    assert floor.ledger("MUG-BLUE")[0] == ("returned", 3)
    assert expected_in_paris(floor) == []
    assert [
        (line["sku"], line["open"], line["missing"], line["missing_reason"])
        for line in lines(floor, transfer_id)
    ] == [
        ("BOOK", 0, 3, "lost"),
        ("MUG-BLUE", 0, 3, "came_back"),
        ("TENT-2P", 0, 0, None),
    ]
    assert floor.broken() == []


def test_each_end_does_its_own_part(
    floor: Floor, shop: Shop, session: Any, connection: Connection
) -> None:
    transfer_id = draft(floor, BOOK=1)
    with nothing_moves(connection):
        body = {"expected_on": DAY}
        sent = floor.post(f"/transfers/{transfer_id}/send", body, key=shop.paris_associate)
    assert problem(sent) == (403, "wrong-end")
    floor.post(f"/transfers/{transfer_id}/send", {"expected_on": DAY})
    with nothing_moves(connection):
        items = {"items": [{"sku": "BOOK", "quantity": 1}]}
        received = floor.post(f"/transfers/{transfer_id}/receive", items)
        strange = receive(floor, transfer_id, TENT_2P=1)
    assert problem(received) == (403, "wrong-end")
    assert problem(strange) == (422, "not-in-transfer")


def test_a_draft_is_changed_or_given_up_and_what_was_sent_is_not(
    floor: Floor, connection: Connection
) -> None:
    transfer_id = draft(floor, BOOK=1)
    items = {"items": [{"sku": "MUG-BLUE", "quantity": 2}]}
    assert floor.post(f"/transfers/{transfer_id}/change", items).status_code == 200
    assert [(line["sku"], line["quantity"]) for line in lines(floor, transfer_id)] == [
        ("MUG-BLUE", 2)
    ]
    floor.post(f"/transfers/{transfer_id}/send", {"expected_on": DAY})
    with nothing_moves(connection):
        for act in ("change", "cancel", "send"):
            body = {"expected_on": DAY} if act == "send" else items if act == "change" else {}
            late = floor.post(f"/transfers/{transfer_id}/{act}", body)
            assert problem(late) == (409, "transfer-state"), act
    other = draft(floor, BOOK=1)
    assert floor.post(f"/transfers/{other}/cancel").json["status"] == "cancelled"
    assert problem(receive(floor, other, BOOK=1)) == (409, "transfer-state")
    assert floor.broken() == []


@pytest.mark.parametrize(
    ("ends", "refusal"),
    [
        (("lyon", "lyon"), (422, "same-place")),
        (("paris", "nowhere"), (404, "unknown-location")),
    ],
)
def test_a_transfer_needs_two_places(
    floor: Floor, connection: Connection, ends: tuple[str, str], refusal: tuple[int, str]
) -> None:
    items = [{"sku": "BOOK", "quantity": 1}]
    body = {"from_store": ends[0], "to_store": ends[1], "items": items}
    with nothing_moves(connection):
        assert problem(floor.post("/transfers", body)) == refusal


def test_both_ends_list_it_and_nobody_else(floor: Floor, shop: Shop) -> None:
    first, second = send(floor, BOOK=1), draft(floor, MUG_BLUE=1)
    out = floor.get("/stores/lyon/transfers?direction=out")["transfers"]
    assert [(each["id"], each["status"]) for each in out] == [(second, "draft"), (first, "sent")]
    assert floor.get("/stores/lyon/transfers?direction=in")["transfers"] == []
    page = floor.get("/stores/paris/transfers?limit=1", key=shop.paris_associate)
    assert [each["from_name"] for each in page["transfers"]] == ["Lyon Croix-Rousse"]
    address = f"/stores/paris/transfers?limit=1&cursor={page['next']}"
    page = floor.get(address, key=shop.paris_associate)
    assert [(each["id"], each["sent"]) for each in page["transfers"]] == [(first, 1)]
    sent = floor.get("/stores/lyon/transfers?status=sent")["transfers"]
    assert [each["to_code"] for each in sent] == ["paris"]


def test_what_arrives_covers_a_shortage(floor: Floor, shop: Shop) -> None:
    items = [{"sku": "BOOK", "quantity": 3}]
    body = {"from_store": "paris", "to_store": "lyon", "items": items}
    transfer_id = floor.post("/transfers", body).json["transfer_id"]
    floor.post(f"/transfers/{transfer_id}/send", {"expected_on": DAY}, key=shop.paris_associate)
    floor.place(BOOK=8)
    floor.adjust(BOOK=-5)
    assert len(floor.get("/stores/lyon/shortages")["shortages"]) == 1
    floor.post(f"/transfers/{transfer_id}/receive", {"items": items})
    assert floor.get("/stores/lyon/shortages")["shortages"] == []
    assert floor.broken() == []
