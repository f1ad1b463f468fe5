"""A parcel brought to any state through the real doors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.services
from orders import passes, queries
from orders.commands import Status
from tests.conftest import Shop, as_key, order_body

ITEMS: Final = order_body()["items"]
TENT: Final = {"sku": "TENT-2P", "quantity": 1}


@dataclass
class Counter:
    """Somebody who does what a store and its customer do with one order."""

    client: Any
    session: Session
    shop: Shop
    order: dict[str, Any] = field(default_factory=dict)
    tickets: int = 0

    @property
    def parcel(self) -> str:
        """Return the id of the parcel at hand."""
        return str(self.order["fulfillment_id"])

    def ask(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """POST something as the store's associate, or with another key."""
        return self.client.post(
            f"/api/v1/{path}", json=body, headers=as_key(key or self.shop.associate)
        )

    def place(self, **changes: Any) -> Any:
        """Place an order in the e-shop's name, and keep it at hand."""
        response = self.ask("orders", order_body(**changes), key=self.shop.integration)
        self.order = dict(response.json)
        return response

    def do(self, command: str, body: Any = None) -> Any:
        """Give one command to the parcel, with a body that is right for it."""
        if command == "cancel":
            return self.ask(f"orders/{self.order['id']}/cancel", {}, key=self.shop.agent)
        if command == "hand-over":
            return self.hand_over(fulfillment_id=self.parcel)
        bodies: dict[str, Any] = {
            "pick": {"items": [TENT]},
            "short": {**TENT, "reason": "damaged"},
            "bin": {"bin": "B9"},
            "ready": {"bin": "A1"},
        }
        return self.ask(f"fulfillments/{self.parcel}/{command}", body or bodies.get(command))

    def hand_over(self, *, store: str = "lyon", key: str | None = None, **way: Any) -> Any:
        """Hand a parcel over against a fresh ticket of the till."""
        self.tickets += 1
        body = {"store": store, "ticket_number": f"T-{self.tickets}", "identity_seen": True, **way}
        return self.ask("hand-overs", body, key=key)

    def qr(self) -> str:
        """Return what the newest pass's picture says."""
        return passes.qr_text(self._newest_pass())

    def code(self) -> str:
        """Return the newest pass's typed code."""
        return passes.typed_code(self._newest_pass().id)

    def status(self) -> str:
        """Return the state the parcel is in, from its own row."""
        return str(
            self.session.execute(
                text("SELECT status FROM fulfillment WHERE id = :id"), {"id": self.parcel}
            ).scalar_one()
        )

    def expire(self) -> None:
        """The collection period has passed and the clock's job came by."""
        self.session.execute(
            text("UPDATE fulfillment SET collect_by = now() - interval '1 hour' WHERE id = :id"),
            {"id": self.parcel},
        )
        assert orders.services.expire_fulfillment(self.session, type(self.shop.lyon)(self.parcel))
        self.session.commit()

    def bring_to(self, place: str) -> None:
        """Bring a fresh order to one of PLACES, or any other state by decree."""
        self.place()
        if place in PLACES:
            for step in PLACES[place]:
                step(self)
            return
        self.session.execute(
            text(
                "UPDATE fulfillment SET status = CAST(:status AS text), "
                "pending_until = now() + interval '35 minutes', "
                "rerouted_to = CASE WHEN CAST(:status AS text) = 'rerouted' THEN id END "
                "WHERE id = :id"
            ),
            {"status": Status(place).value, "id": self.parcel},
        )
        self.session.commit()

    def _newest_pass(self) -> passes.PassFacts:
        return queries.list_passes(self.session, type(self.shop.lyon)(self.parcel))[-1].facts


def _did(command: str, body: Any = None) -> Callable[[Counter], None]:
    def step(counter: Counter) -> None:
        response = counter.do(command, body)
        assert response.status_code in {200, 201}, response.text

    return step


def _hand_over_tent(counter: Counter) -> None:
    response = counter.hand_over(fulfillment_id=counter.parcel, items=[TENT])
    assert response.status_code == 201, response.text


PICKING: Final = (_did("accept"), _did("start-picking"))
PICKED: Final = (*PICKING, _did("pick", {"items": ITEMS}))
READY: Final = (*PICKED, _did("ready"))
PLACES: Final[dict[str, tuple[Callable[[Counter], None], ...]]] = {
    "new": (),
    "accepted": (_did("accept"),),
    "picking": PICKING,
    "picked": PICKED,
    "ready": READY,
    "partly": (*READY, _hand_over_tent),
    "handed_over": (*READY, _did("hand-over")),
    "expired": (*READY, Counter.expire),
    "cancelled": (*READY, _did("cancel")),
}


@pytest.fixture
def counter(client: Any, session: Session, shop: Shop) -> Counter:
    return Counter(client, session, shop)
