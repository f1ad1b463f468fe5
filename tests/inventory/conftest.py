"""What people in the stores do with stock, over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body


@dataclass(frozen=True)
class Floor:
    """The floor of Lyon: everybody who works there, and what they ask for."""

    client: Any
    session: Session
    shop: Shop
    second_manager: str
    second_manager_id: str

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str = "") -> Any:
        """Post to the API; Inès, the associate of Lyon, asks where nobody else is named."""
        headers = as_key(key or self.shop.associate)
        return self.client.post(f"/api/v1{path}", json=body or {}, headers=headers)

    def get(self, path: str, *, key: str = "") -> Any:
        """Return what the API shows."""
        headers = {"Authorization": f"Bearer {key or self.shop.associate}"}
        response = self.client.get(f"/api/v1{path}", headers=headers)
        assert response.status_code == 200, response.json
        return response.json

    def level(self, sku: str = "BOOK", *, store: str = "lyon", key: str = "") -> tuple[int, ...]:
        """Return on hand, reserved and quarantined."""
        level = self.get(f"/stores/{store}/stock/{sku}", key=key)["level"]
        return level["on_hand"], level["reserved"], level["quarantined"]

    def ledger(self, sku: str = "BOOK", *, store: str = "lyon", key: str = "") -> Any:
        """Return kind and difference on hand of each line, newest first."""
        lines = self.get(f"/stores/{store}/stock/{sku}", key=key)["movements"]
        return [(line["kind"], line["on_hand_delta"]) for line in lines]

    def place(self, **quantities: int) -> str:
        """Order for collection in Lyon; return the parcel."""
        items = [
            {"sku": sku.replace("_", "-"), "quantity": each} for sku, each in quantities.items()
        ]
        placed = self.post("/orders", order_body(items=items), key=self.shop.integration)
        assert placed.status_code == 201, placed.json
        return str(placed.json["fulfillment_id"])

    def pick(self, parcel: str, **quantities: int) -> None:
        """Accept a parcel and take so much of it from the shelf."""
        items = [
            {"sku": sku.replace("_", "-"), "quantity": each} for sku, each in quantities.items()
        ]
        for act, body in (("accept", {}), ("pick", {"items": items})):
            response = self.post(f"/fulfillments/{parcel}/{act}", body)
            assert response.status_code == 200, response.json

    def count(self, counted: Mapping[str, int], *, key: str = "") -> tuple[str, str]:
        """Open a count of these SKUs, enter the figures, submit; return its id and state."""
        opened = self.post("/stores/lyon/counts", {"skus": list(counted)}, key=key).json
        items = [{"sku": sku, "counted": each} for sku, each in counted.items()]
        self.post(f"/counts/{opened['count_id']}/enter", {"items": items}, key=key)
        submitted = self.post(f"/counts/{opened['count_id']}/submit", key=key)
        assert submitted.status_code == 200, submitted.json
        return opened["count_id"], submitted.json["status"]

    def adjust(self, reason: str = "lost", **deltas: int) -> Any:
        """The manager corrects what is on hand."""
        items = [{"sku": sku.replace("_", "-"), "delta": each} for sku, each in deltas.items()]
        body = {"items": items, "reason": reason}
        return self.post("/stores/lyon/adjustments", body, key=self.shop.manager)

    def age(self, table: str, hours: int) -> None:
        """So many hours pass for what has a deadline."""
        self.session.execute(
            text(f"UPDATE {table} SET due_at = due_at - make_interval(hours => :hours)"),  # noqa: S608 (a table of ours)
            {"hours": hours},
        )
        self.session.commit()

    def broken(self) -> list[str]:
        """Return the ids of invariants that do not hold."""
        return [finding.check.id for finding in run_checks()]


@pytest.fixture
def floor(client: Any, session: Session, shop: Shop) -> Floor:
    """Lyon on an ordinary day, with ten of each article."""
    staff_id = stores.services.hire_staff(
        session, HireStaff("Omar", StaffRole.MANAGER, (shop.lyon,))
    )
    key = stores.services.issue_key(
        session, name="Omar", scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    session.commit()
    return Floor(client, session, shop, key[1], str(staff_id))
