"""Why is it 3? One level taken apart, and what was there at a past instant."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.services
from inventory.commands import Doubt, StockEffect
from kernel.actors import SYSTEM
from kernel.ids import new_id
from tests.conftest import Shop, as_key
from tests.unmoved import problem


def now(session: Session) -> str:
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.astimezone(UTC).isoformat()


def ask(client: Any, shop: Shop, path: str = "BOOK/explain", **query: str) -> Any:
    return client.get(
        f"/api/v1/stores/lyon/stock/{path}",
        query_string=query,
        headers={"Authorization": f"Bearer {shop.associate}"},
    )


def reserve(session: Session, shop: Shop, quantity: int) -> UUID:
    owed = new_id()
    inventory.services.reserve(
        session, fulfillment_id=owed, location_id=shop.lyon, quantities={"BOOK": quantity}
    )
    return owed


def test_everything_that_makes_the_figure_is_told(
    client: Any, session: Session, shop: Shop
) -> None:
    inventory.services.set_counted(
        session, location_id=shop.lyon, quantities={"BOOK": 12}, reason="inventory night"
    )
    first, second = reserve(session, shop, 2), reserve(session, shop, 3)
    inventory.services.receive(session, location_id=shop.lyon, quantities={"BOOK": 4}, actor=SYSTEM)
    given = {"fulfillment_id": first, "location_id": shop.lyon}
    inventory.services.hand_over(session, **given, quantities={"BOOK": 2})
    inventory.services.doubt(
        session,
        Doubt(second, shop.lyon, "BOOK", 1, StockEffect.THIS_QUANTITY, "torn"),
        actor=SYSTEM,
    )
    session.execute(
        text(
            "UPDATE reservation SET held_until = statement_timestamp() - interval '1 minute',"
            " held_max = statement_timestamp() WHERE fulfillment_id = :id"
        ),
        {"id": second},
    )
    session.commit()
    client.post(
        "/api/v1/stock/safety-rules",
        json={"scope": "sku_store", "store": "lyon", "sku": "BOOK", "units": 2},
        headers=as_key(shop.manager),
    )
    shown = ask(client, shop).json
    assert shown["level"] == {
        "sku": "BOOK",
        "on_hand": 14,
        "reserved": 3,
        "quarantined": 1,
        "safety_stock": 2,
        "available": 11,
    }
    assert (shown["past"], shown["expired"], shown["available"]) == (False, 3, 11)
    assert (shown["basis"]["cause"], shown["basis"]["reason"], shown["basis"]["on_hand"]) == (
        "count",
        "inventory night",
        12,
    )
    assert {
        each["kind"]: (each["lines"], each["on_hand"], each["reserved"], each["quarantined"])
        for each in shown["since"]
    } == {
        "received": (1, 4, 0, 0),
        "reserved": (2, 0, 5, 0),
        "handed_over": (1, -2, -2, 0),
        "quarantined": (1, 0, 0, 1),
    }
    assert [
        (each["fulfillment_id"], each["quantity"], each["in_bins"], each["expired"])
        for each in shown["owed"]
    ] == [(str(second), 3, 0, True)]
    assert [(each["quantity"], each["reason"]) for each in shown["doubts"]] == [(1, "torn")]
    assert (shown["verdict"]["winner"]["units"], shown["verdict"]["losers"]) == (2, [])
    assert (shown["task"]["cause"], shown["shortage"], shown["expected"]) == ("not_found", None, [])


def test_tasks_shortages_and_what_is_expected_are_told(
    client: Any, session: Session, shop: Shop
) -> None:
    at = {"id": new_id(), "location_id": shop.lyon}
    session.execute(
        text(
            "INSERT INTO count_task (id, location_id, sku, cause, due_at, owner_name)"
            " VALUES (:id, :location_id, 'BOOK', 'asked', '2030-01-01Z', 'Inès')"
        ),
        at,
    )
    session.execute(
        text(
            "INSERT INTO shortage_case (id, location_id, sku, missing, due_at)"
            " VALUES (:id, :location_id, 'BOOK', 3, '2030-01-02Z')"
        ),
        at,
    )
    session.execute(
        text(
            "INSERT INTO incoming (id, location_id, sku, quantity, received, expected_on)"
            " VALUES (:id, :location_id, 'BOOK', 9, 2, '2030-01-03')"
        ),
        at,
    )
    session.commit()
    shown = ask(client, shop).json
    assert (shown["task"]["cause"], shown["task"]["owner"]) == ("asked", "Inès")
    assert (shown["shortage"]["missing"], shown["shortage"]["owner"]) == (3, None)
    assert [(each["expected_on"], each["quantity"]) for each in shown["expected"]] == [
        ("2030-01-03", 7)
    ]


def test_the_past_is_what_the_ledger_says(client: Any, session: Session, shop: Shop) -> None:
    before = now(session)
    owed = reserve(session, shop, 4)
    between = now(session)
    given = {"fulfillment_id": owed, "location_id": shop.lyon}
    inventory.services.hand_over(session, **given, quantities={"BOOK": 4})
    session.commit()
    shown = ask(client, shop, at=between).json
    assert (shown["past"], shown["level"]["on_hand"], shown["level"]["reserved"]) == (True, 10, 4)
    assert [(each["fulfillment_id"], each["quantity"]) for each in shown["owed"]] == [
        (str(owed), 4)
    ]
    assert (shown["available"], shown["verdict"]) == (6, None)
    levels = [
        client.get(
            "/api/v1/stores/lyon/stock",
            query_string={"at": at, "limit": 1},
            headers={"Authorization": f"Bearer {shop.associate}"},
        ).json
        for at in (before, between, now(session))
    ]
    assert [
        (page["levels"][0]["sku"], page["levels"][0]["on_hand"], page["levels"][0]["available"])
        for page in levels
    ] == [("BOOK", 10, 10), ("BOOK", 10, 6), ("BOOK", 6, 6)]
    second = client.get(
        "/api/v1/stores/lyon/stock",
        query_string={"at": before, "limit": 5, "cursor": levels[0]["next"]},
        headers={"Authorization": f"Bearer {shop.associate}"},
    ).json
    assert [each["sku"] for each in second["levels"]] == ["MUG-BLUE", "TENT-2P"]
    only = client.get(
        "/api/v1/stores/lyon/stock",
        query_string={"at": before, "sku": "TENT-2P"},
        headers={"Authorization": f"Bearer {shop.associate}"},
    ).json
    assert [each["sku"] for each in only["levels"]] == ["TENT-2P"]
    to_come = ask(client, shop, at="2090-01-01T00:00:00Z").json
    assert (to_come["past"], to_come["level"]["on_hand"]) == (False, 6)
    assert to_come["at"] < "2090"


def test_what_was_never_stocked_or_is_not_ours_to_see_is_not_explained(
    client: Any, shop: Shop
) -> None:
    assert problem(ask(client, shop, "NEVER/explain")) == (404, "no-stock-record")
    foreign = client.get(
        "/api/v1/stores/paris/stock/BOOK/explain",
        headers={"Authorization": f"Bearer {shop.associate}"},
    )
    assert problem(foreign) == (404, "unknown-location")
