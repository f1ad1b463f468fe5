"""What is not a count and not an order: corrections with a reason, sales, returns."""

from typing import Any

from sqlalchemy import Connection, text

from catalog.commands import ListSku
from catalog.services import list_skus
from tests.conftest import Shop
from tests.inventory.conftest import Floor
from tests.unmoved import nothing_moves, problem


def sell(floor: Floor, **quantities: int) -> Any:
    items = [{"sku": sku.replace("_", "-"), "quantity": each} for sku, each in quantities.items()]
    sold = floor.post("/stores/lyon/sales", {"items": items}, key=floor.shop.manager)
    assert sold.status_code == 201, sold.json
    return sold.json["found"]


def test_a_correction_says_why(floor: Floor, shop: Shop) -> None:
    assert floor.adjust("theft", BOOK=-2, MUG_BLUE=1).status_code == 201
    assert (floor.level("BOOK"), floor.level("MUG-BLUE")) == ((8, 0, 0), (11, 0, 0))
    newest = floor.get("/stores/lyon/stock/BOOK")["movements"][0]
    assert (newest["kind"], newest["cause"], newest["reason"]) == (
        "adjusted",
        "adjustment",
        "theft",
    )
    assert floor.broken() == []


def test_a_correction_below_nothing_moves_nothing_and_says_what_is_there(
    floor: Floor, connection: Connection
) -> None:
    with nothing_moves(connection):
        refused = floor.adjust("lost", BOOK=-11, MUG_BLUE=-12, TENT_2P=-1)
    assert problem(refused) == (409, "not-on-shelf")
    assert refused.json["on_hand"] == {"BOOK": 10, "MUG-BLUE": 10}


def test_a_correction_needs_a_reason_a_difference_and_each_article_once(
    floor: Floor, shop: Shop, connection: Connection
) -> None:
    one = {"sku": "BOOK", "delta": 1}
    with nothing_moves(connection):
        for body in (
            {"items": [one]},
            {"items": [one], "reason": "because"},
            {"items": [one, one], "reason": "found"},
            {"items": [{"sku": "BOOK", "delta": 0}], "reason": "found"},
        ):
            refused = floor.post("/stores/lyon/adjustments", body, key=shop.manager)
            assert problem(refused) == (422, "validation"), body
        body = {"items": [{"sku": "NEVER", "delta": 1}], "reason": "found"}
        unknown = floor.post("/stores/lyon/adjustments", body, key=shop.manager)
        assert problem(unknown) == (422, "unknown-sku")
        foreign = floor.post(
            "/stores/paris/adjustments", {"items": [one], "reason": "found"}, key=shop.manager
        )
        assert problem(foreign) == (404, "unknown-location")


def test_a_sale_takes_also_what_is_kept_back_from_remote_sale(floor: Floor) -> None:
    floor.session.execute(text("UPDATE stock_level SET safety_stock = 9"))
    floor.session.commit()
    assert sell(floor, BOOK=4, MUG_BLUE=10) == {}
    assert (floor.level("BOOK"), floor.level("MUG-BLUE")) == ((6, 0, 0), (0, 0, 0))
    assert floor.ledger()[0] == ("sold", -4)
    assert floor.get("/stores/lyon/count-tasks")["tasks"] == []


def test_a_sale_at_zero_is_found_first_and_is_to_be_counted(floor: Floor) -> None:
    sell(floor, BOOK=9)
    assert sell(floor, BOOK=3) == {"BOOK": 2}
    assert floor.level() == (0, 0, 0)
    assert floor.ledger()[:2] == [("sold", -3), ("found", 2)]
    (task,) = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert (task["sku"], task["cause"]) == ("BOOK", "sold_at_zero")
    assert floor.broken() == []


def test_what_was_never_stocked_here_can_be_sold_all_the_same(floor: Floor, shop: Shop) -> None:
    article = ListSku("LAMP", "LAMP", {"fr": "Lampe", "en": "Lamp"}, 1990, "EUR", 2000)
    list_skus(floor.session, [article], brand_id=shop.brand_id)
    floor.session.commit()
    assert sell(floor, LAMP=1, BOOK=1) == {"LAMP": 1}
    assert (floor.level("LAMP"), floor.level("BOOK")) == ((0, 0, 0), (9, 0, 0))
    assert floor.broken() == []


def test_a_sale_of_what_is_promised_opens_a_shortage(floor: Floor) -> None:
    floor.place(BOOK=8)
    assert sell(floor, BOOK=5) == {}
    (case,) = floor.get("/stores/lyon/shortages")["shortages"]
    assert (case["sku"], case["missing"]) == ("BOOK", 3)
    assert floor.broken() == []


def test_the_same_sale_told_twice_is_one_sale(floor: Floor, shop: Shop, client: Any) -> None:
    headers = {"Authorization": f"Bearer {shop.manager}", "Idempotency-Key": "ticket-4711"}
    body = {"items": [{"sku": "BOOK", "quantity": 2}]}
    first, second = (
        client.post("/api/v1/stores/lyon/sales", json=body, headers=headers) for _ in range(2)
    )
    assert first.json == second.json
    assert floor.level() == (8, 0, 0)


def test_what_comes_back_is_sold_again_looked_at_or_thrown_away(floor: Floor, shop: Shop) -> None:
    sell(floor, BOOK=6, MUG_BLUE=1)
    items = [
        {"sku": "BOOK", "quantity": 1, "disposition": "restock"},
        {"sku": "BOOK", "quantity": 2, "disposition": "quarantine"},
        {"sku": "BOOK", "quantity": 3, "disposition": "write_off"},
        {"sku": "MUG-BLUE", "quantity": 1, "disposition": "restock"},
    ]
    returned = floor.post("/stores/lyon/returns", {"items": items}, key=shop.manager)
    assert returned.status_code == 201, returned.json
    assert (floor.level("BOOK"), floor.level("MUG-BLUE")) == ((7, 0, 2), (10, 0, 0))
    assert floor.ledger()[:3] == [("adjusted", -3), ("quarantined", 0), ("returned", 6)]
    tasks = floor.get("/stores/lyon/count-tasks")["tasks"]
    assert [(task["sku"], task["cause"]) for task in tasks] == [("BOOK", "returned")]
    assert floor.broken() == []


def test_goods_that_come_back_cover_what_is_missing(floor: Floor, shop: Shop) -> None:
    floor.place(BOOK=8)
    sell(floor, BOOK=5)
    items = [{"sku": "BOOK", "quantity": 3, "disposition": "restock"}]
    floor.post("/stores/lyon/returns", {"items": items}, key=shop.manager)
    assert floor.get("/stores/lyon/shortages")["shortages"] == []
    assert floor.broken() == []
