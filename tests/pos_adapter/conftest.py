"""A till in Lyon and one in Paris, and what the database holds."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from orders import passes, queries
from tests.conftest import Shop, as_key, order_body
from tests.support.till import Till
from tests.unmoved import state

LEFT_BEHIND = {"case_file", "event", "terminal", "terminal_nonce"}
"""What moves although a receipt was refused: who asked, and the case that asks a person."""


def open_till(client: FlaskClient, session: Session, store: str = "lyon") -> Till:
    """Enrol a till of a store that speaks through a test client."""
    terminal_id, key = stores.services.enrol_terminal(
        session, store, name=f"Caisse {store}", actor=SYSTEM
    )
    session.commit()

    def send(method: str, target: str, body: bytes, headers: dict[str, str]) -> Any:
        return client.open(target, method=method, data=body, headers=headers)

    return Till(str(terminal_id), key, send)


@pytest.fixture
def till(client: FlaskClient, session: Session, shop: Shop) -> Till:
    return open_till(client, session)


@pytest.fixture
def paris_till(client: FlaskClient, session: Session, shop: Shop) -> Till:
    return open_till(client, session, "paris")


class Books:
    """What the database holds, for exact comparison."""

    def __init__(self, session: Session, shop: Shop) -> None:
        self.session, self.shop = session, shop

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Return rows."""
        return [row._asdict() for row in self.session.execute(text(sql), values)]

    def level(self, sku: str) -> tuple[int, int, int]:
        """Return on hand, reserved and quarantined in Lyon."""
        (row,) = self.session.execute(
            text(
                "SELECT on_hand, reserved, quarantined FROM stock_level"
                " WHERE location_id = :lyon AND sku = :sku"
            ),
            {"lyon": self.shop.lyon, "sku": sku},
        )
        return row.on_hand, row.reserved, row.quarantined

    def cases(self) -> list[dict[str, Any]]:
        """Return the open cases, oldest first."""
        return self.rows(
            "SELECT kind, key, order_id, fulfillment_id, facts FROM case_file"
            " WHERE closed_at IS NULL ORDER BY opened_at, key"
        )

    def moved(self) -> dict[str, str | None]:
        """Return a fingerprint of what a receipt could move; a refused one leaves its case only."""
        found = state(self.session.connection())
        return {table: rows for table, rows in found.items() if table not in LEFT_BEHIND}

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"])  # noqa: S608 (a table's name)

    def owed(self) -> Counter[str]:
        """Return how many events each subscriber was owed so far."""
        return Counter(row["subscriber"] for row in self.rows("SELECT subscriber FROM delivery"))


@pytest.fixture
def books(session: Session, shop: Shop) -> Books:
    return Books(session, shop)


@pytest.fixture
def ready(client: FlaskClient, session: Session, shop: Shop) -> dict[str, str]:
    """One tent and two mugs that wait in Lyon, unpaid, and what their customer can show."""
    placed = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration)).json
    parcel = placed["fulfillment_id"]
    items = {"items": order_body()["items"]}
    for act, body in (("accept", {}), ("pick", items), ("ready", {"bin": "A7"})):
        done = client.post(
            f"/api/v1/fulfillments/{parcel}/{act}", json=body, headers=as_key(shop.associate)
        )
        assert done.status_code == 200, done.text
    (state,) = queries.list_passes(session, UUID(parcel))
    return {
        "order_id": placed["id"],
        "number": placed["number"],
        "parcel": parcel,
        "qr": passes.qr_text(state.facts),
        "code": passes.typed_code(state.facts.id),
    }
