"""What is expected, and what of it came in."""

from typing import Any

import pytest
from sqlalchemy import Connection

from tests.inventory.conftest import Floor
from tests.unmoved import nothing_moves, problem


def expect(floor: Floor, day: str, reference: str | None = None, **quantities: int) -> Any:
    items = [{"sku": sku.replace("_", "-"), "quantity": each} for sku, each in quantities.items()]
    body = {"items": items, "expected_on": day, **({"reference": reference} if reference else {})}
    expected = floor.post("/stores/lyon/incoming", body)
    assert expected.status_code == 201, expected.json
    return expected.json["incoming"]


def receive(floor: Floor, quantity: int, **more: Any) -> Any:
    body = {"items": [{"sku": "BOOK", "quantity": quantity}], **more}
    return floor.post("/stores/lyon/receipts", body)


def still_expected(floor: Floor) -> list[tuple[str, str, int]]:
    rows = floor.get("/stores/lyon/incoming")["incoming"]
    return [(row["expected_on"], row["sku"], row["open"]) for row in rows]


def test_what_comes_in_is_taken_off_the_oldest_day_first(floor: Floor) -> None:
    expect(floor, "2031-05-03", BOOK=5)
    expect(floor, "2031-05-01", BOOK=4, MUG_BLUE=1)
    assert still_expected(floor) == [
        ("2031-05-01", "BOOK", 4),
        ("2031-05-01", "MUG-BLUE", 1),
        ("2031-05-03", "BOOK", 5),
    ]
    assert receive(floor, 6).status_code == 201
    assert still_expected(floor) == [("2031-05-01", "MUG-BLUE", 1), ("2031-05-03", "BOOK", 3)]
    assert receive(floor, 7).status_code == 201
    assert still_expected(floor) == [("2031-05-01", "MUG-BLUE", 1)]
    assert floor.level() == (23, 0, 0)
    assert floor.broken() == []


def test_what_is_named_by_reference_or_id_is_that(floor: Floor, connection: Connection) -> None:
    expect(floor, "2031-05-01", "PO-1", BOOK=4)
    named = expect(floor, "2031-05-02", "PO-2", BOOK=4)
    expect(floor, "2031-05-03", "PO-3", BOOK=4)
    receive(floor, 1, reference="PO-3")
    receive(floor, 2, incoming=[named["BOOK"]])
    assert [each[2] for each in still_expected(floor)] == [4, 2, 3]
    receive(floor, 2, incoming=[named["BOOK"]])
    assert [each[2] for each in still_expected(floor)] == [4, 3]
    with nothing_moves(connection):
        gone = receive(floor, 1, incoming=[named["BOOK"]])
    assert problem(gone) == (404, "unknown-incoming")
    receive(floor, 1, reference="PO-9")
    assert [each[2] for each in still_expected(floor)] == [4, 3]


def test_a_day_is_moved_and_what_does_not_come_is_closed(
    floor: Floor, connection: Connection
) -> None:
    ids = expect(floor, "2031-05-01", BOOK=4, MUG_BLUE=2)
    moved = floor.post(f"/incoming/{ids['BOOK']}/move", {"expected_on": "2031-06-01"})
    assert moved.status_code == 200
    address = f"/incoming/{ids['MUG-BLUE']}/close"
    assert floor.post(address, {"reason": "sold out at the supplier"}).status_code == 200
    assert still_expected(floor) == [("2031-06-01", "BOOK", 4)]
    with nothing_moves(connection):
        again = floor.post(address, {"reason": "twice"})
        foreign = floor.post(
            f"/incoming/{ids['BOOK']}/close", {"reason": "x"}, key=floor.shop.paris_associate
        )
    assert problem(again) == (404, "unknown-incoming")
    assert problem(foreign) == (404, "unknown-incoming")


@pytest.mark.parametrize("day", ["2020-01-01", "9999-12-31", "0001-01-01"])
def test_goods_are_expected_on_a_day_they_can_arrive(
    floor: Floor, connection: Connection, day: str
) -> None:
    ids = expect(floor, "2031-05-01", BOOK=4)
    items = [{"sku": "BOOK", "quantity": 2}]
    body = {"from_store": "lyon", "to_store": "paris", "items": items}
    transfer_id = floor.post("/transfers", body).json["transfer_id"]
    with nothing_moves(connection):
        for address, said in (
            ("/stores/lyon/incoming", {"items": items}),
            (f"/incoming/{ids['BOOK']}/move", {}),
            (f"/transfers/{transfer_id}/send", {}),
        ):
            refused = floor.post(address, {**said, "expected_on": day})
            assert problem(refused) == (422, "validation"), address


def test_what_comes_by_a_transfer_is_not_taken_off_by_a_receipt(floor: Floor) -> None:
    items = [{"sku": "BOOK", "quantity": 2}]
    body = {"from_store": "paris", "to_store": "lyon", "items": items}
    transfer_id = floor.post("/transfers", body).json["transfer_id"]
    key = floor.shop.paris_associate
    floor.post(f"/transfers/{transfer_id}/send", {"expected_on": "2031-05-01"}, key=key)
    receive(floor, 2)
    (row,) = floor.get("/stores/lyon/incoming")["incoming"]
    assert (row["open"], row["transfer_id"]) == (2, transfer_id)
    closed = floor.post(f"/incoming/{row['id']}/close", {"reason": "x"})
    assert problem(closed) == (404, "unknown-incoming")


def test_expected_goods_are_listed_page_by_page_and_by_article(floor: Floor) -> None:
    expect(floor, "2031-05-02", BOOK=1, MUG_BLUE=1)
    expect(floor, "2031-05-01", BOOK=1)
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = floor.get(f"/stores/lyon/incoming?limit=1{more}")
        seen += [(row["expected_on"], row["sku"]) for row in page["incoming"]]
        cursor = page["next"]
    assert seen == [("2031-05-01", "BOOK"), ("2031-05-02", "BOOK"), ("2031-05-02", "MUG-BLUE")]
    assert len(floor.get("/stores/lyon/incoming?sku=MUG-BLUE")["incoming"]) == 1
    assert problem(
        floor.client.get(
            "/api/v1/stores/lyon/incoming?cursor=bm8",
            headers={"Authorization": f"Bearer {floor.shop.associate}"},
        )
    ) == (422, "bad-cursor")
