"""Waves: several parcels in one walk, scanned, short, left, over by itself."""

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import place_skus, receive
from kernel.actors import SYSTEM
from stores.commands import Scope, SetRule
from stores.services import set_setting
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves, problem

GTIN = "03012345678900"


@pytest.fixture
def orders_of(client: Any, shop: Shop) -> Any:
    """Place orders of these items; return their parcels, soonest promise first."""

    def place(*baskets: dict[str, int]) -> list[str]:
        parcels = []
        for basket in baskets:
            items = [{"sku": sku, "quantity": quantity} for sku, quantity in basket.items()]
            placed = client.post(
                "/api/v1/orders", json=order_body(items=items), headers=as_key(shop.integration)
            )
            parcels.append(str(placed.json["fulfillment_id"]))
        return parcels

    return place


@pytest.fixture
def ask(client: Any, shop: Shop) -> Any:
    def post(path: str, body: Any = None, *, key: str | None = None) -> Any:
        headers = as_key(key or shop.associate)
        return client.post(f"/api/v1/{path}", json=body or {}, headers=headers)

    return post


def places(session: Session, shop: Shop, **where: str) -> None:
    told = {sku.replace("_", "-"): place for sku, place in where.items()}
    place_skus(session, location_id=shop.lyon, places=told, actor=SYSTEM)
    session.commit()


def test_a_wave_takes_the_soonest_promises_and_walks_by_shelf(
    ask: Any, orders_of: Any, session: Session, shop: Shop
) -> None:
    places(session, shop, MUG_BLUE="A10-1", BOOK="A2-3")
    one, two = orders_of({"MUG-BLUE": 2, "BOOK": 1}, {"TENT-2P": 1, "MUG-BLUE": 1})
    started = ask("stores/lyon/waves")
    assert started.status_code == 201, started.text
    wave = started.json
    assert [(each["id"], each["box"], each["status"]) for each in wave["parcels"]] == [
        (one, 1, "picking"),
        (two, 2, "picking"),
    ]
    assert [(each["sku"], each["place"], each["quantity"]) for each in wave["stops"]] == [
        ("BOOK", "A2-3", 1),
        ("MUG-BLUE", "A10-1", 3),
        ("TENT-2P", None, 1),
    ]
    mugs = wave["stops"][1]["parts"]
    assert [(each["box"], each["quantity"]) for each in mugs] == [(1, 2), (2, 1)]
    assert run_checks() == []


def test_a_scan_says_which_box_and_the_wave_ends_with_the_last_one(
    ask: Any, orders_of: Any, client: Any, session: Session, shop: Shop
) -> None:
    _give_barcode(session, shop)
    one, two = orders_of({"CUP": 2}, {"CUP": 1, "BOOK": 1})
    wave = ask("stores/lyon/waves").json["id"]
    first = ask(f"waves/{wave}/scan", {"gtin": GTIN[1:], "quantity": 1})
    assert first.status_code == 200, first.text
    assert first.json["taken"] == [{"fulfillment_id": one, "box": 1, "quantity": 1}]
    both = ask(f"waves/{wave}/scan", {"sku": "CUP", "quantity": 2}).json["taken"]
    assert both == [
        {"fulfillment_id": one, "box": 1, "quantity": 1},
        {"fulfillment_id": two, "box": 2, "quantity": 1},
    ]
    last = ask(f"waves/{wave}/short", {"sku": "BOOK", "quantity": 1, "reason": "not_found"})
    assert last.json["ended_at"] is not None
    assert last.json["undecided"] == 0
    listed = client.get("/api/v1/stores/lyon/waves", headers=as_key(shop.associate))
    assert listed.json == {"waves": []}
    told = session.execute(
        text("SELECT facts -> 'scanned' AS scanned FROM event WHERE name = 'fulfillment.picked.v1'")
    )
    assert {row.scanned for row in told} == {True}
    assert run_checks() == []


def test_a_scan_of_something_else_or_of_too_many_moves_nothing(
    ask: Any, orders_of: Any, connection: Connection
) -> None:
    orders_of({"BOOK": 1}, {"BOOK": 2})
    wave = ask("stores/lyon/waves").json["id"]
    with nothing_moves(connection):
        wrong = ask(f"waves/{wave}/scan", {"sku": "TENT-2P"})
        unknown = ask(f"waves/{wave}/scan", {"gtin": "4006381333931"})
        many = ask(f"waves/{wave}/scan", {"sku": "BOOK", "quantity": 4})
    assert problem(wrong) == (422, "not-on-this-list")
    assert problem(unknown) == (422, "not-on-this-list")
    assert problem(many) == (422, "not-ordered")
    assert many.json["open"] == {"BOOK": 3}


def test_a_wave_takes_as_many_as_the_store_says_and_nobody_elses(
    ask: Any, orders_of: Any, session: Session, shop: Shop, connection: Connection
) -> None:
    set_setting(session, SetRule(Scope.STORE, "lyon", "wave_size", 2), actor=SYSTEM)
    session.commit()
    parcels = orders_of(*[{"BOOK": 1}] * 3)
    first = ask("stores/lyon/waves").json
    assert [each["id"] for each in first["parcels"]] == parcels[:2]
    second = ask("stores/lyon/waves", {"fulfillment_ids": parcels}).json
    assert [each["id"] for each in second["parcels"]] == parcels[2:]
    with nothing_moves(connection):
        assert problem(ask("stores/lyon/waves")) == (409, "nothing-to-pick")
        elsewhere = ask(f"waves/{first['id']}/scan", {"sku": "BOOK"}, key=shop.paris_associate)
        assert problem(elsewhere) == (404, "unknown-wave")
        abroad = ask("stores/lyon/waves", key=shop.paris_associate)
        assert problem(abroad) == (404, "unknown-location")


@pytest.mark.parametrize(
    ("rule", "order"),
    [("promise", ["TENT-2P", "MUG-BLUE", "BOOK"]), ("shelf", ["BOOK", "MUG-BLUE", "TENT-2P"])],
)
def test_the_store_says_in_which_order_one_walks(
    *, ask: Any, orders_of: Any, session: Session, shop: Shop, rule: str, order: list[str]
) -> None:
    set_setting(session, SetRule(Scope.STORE, "lyon", "wave_order", rule), actor=SYSTEM)
    places(session, shop, BOOK="1", MUG_BLUE="2", TENT_2P="10")
    orders_of({"TENT-2P": 1}, {"MUG-BLUE": 1}, {"BOOK": 1})
    wave = ask("stores/lyon/waves").json
    assert (wave["walk"], [each["sku"] for each in wave["stops"]]) == (rule, order)


def test_a_parcel_that_leaves_keeps_the_numbers_of_the_other_boxes(
    ask: Any, orders_of: Any, client: Any, shop: Shop
) -> None:
    one, two = orders_of({"BOOK": 1}, {"BOOK": 1})
    wave = ask("stores/lyon/waves").json["id"]
    left = ask(f"fulfillments/{one}/leave-wave")
    assert (left.status_code, left.json["status"], left.json["wave_id"]) == (200, "picking", None)
    shown = client.get(f"/api/v1/waves/{wave}", headers=as_key(shop.associate)).json
    assert [(each["id"], each["box"]) for each in shown["parcels"]] == [(two, 2)]
    assert problem(ask(f"fulfillments/{one}/leave-wave")) == (409, "wrong-state")
    assert ask(f"waves/{wave}/scan", {"sku": "BOOK"}).json["wave"]["ended_at"] is not None


def test_a_wave_whose_last_order_is_cancelled_is_over(
    ask: Any, orders_of: Any, session: Session, shop: Shop
) -> None:
    orders_of({"BOOK": 1})
    wave = ask("stores/lyon/waves").json["id"]
    order_id = session.execute(text("SELECT id FROM sales_order")).scalar_one()
    assert ask(f"orders/{order_id}/cancel", key=shop.agent).status_code == 200
    ended = session.execute(text("SELECT ended_at FROM wave WHERE id = :id"), {"id": wave})
    assert ended.scalar_one() is not None
    assert run_checks() == []


def test_a_parcel_is_picked_by_its_barcodes(
    ask: Any, orders_of: Any, session: Session, shop: Shop, connection: Connection
) -> None:
    _give_barcode(session, shop)
    (parcel,) = orders_of({"CUP": 2})
    ask(f"fulfillments/{parcel}/accept")
    with nothing_moves(connection):
        wrong = ask(
            f"fulfillments/{parcel}/pick", {"items": [{"gtin": "4006381333931", "quantity": 1}]}
        )
        assert problem(wrong) == (422, "not-on-this-list")
    body = {"items": [{"gtin": GTIN, "quantity": 1}, {"gtin": GTIN}]}
    picked = ask(f"fulfillments/{parcel}/pick", body)
    assert picked.status_code == 200, picked.text
    assert picked.json["lines"][0]["picked"] == 2


def _give_barcode(session: Session, shop: Shop) -> None:
    cup = ListSku("CUP", "CUP", {"fr": "Gobelet", "en": "Cup"}, 300, "EUR", 2000, gtin=GTIN)
    list_skus(session, [cup], brand_id=shop.brand_id)
    receive(session, location_id=shop.lyon, quantities={"CUP": 9}, actor=SYSTEM)
    session.commit()


def test_a_parcel_that_waits_for_another_store_leaves_its_walk(
    ask: Any, orders_of: Any, session: Session
) -> None:
    (parcel,) = orders_of({"MUG-BLUE": 1, "BOOK": 1})
    assert ask("stores/lyon/waves").status_code == 201
    body = {"from_store": "paris", "items": [{"sku": "BOOK", "quantity": 1}]}
    assert ask(f"fulfillments/{parcel}/fetch", body).status_code == 201
    assert run_checks() == []
    ended = session.execute(text("SELECT ended_at IS NOT NULL FROM wave")).scalars().all()
    assert ended == [True]
    assert ask(f"fulfillments/{parcel}/split").json["wave_id"] is None
    again = ask("stores/lyon/waves")
    assert [each["id"] for each in again.json["parcels"]] == [parcel]
