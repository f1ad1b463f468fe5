"""What shoppers and stores do, over HTTP, and many of them at the same moment."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import httpx

from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import show_order_number
from orders import passes, queries
from tests.conftest import as_key, order_body
from tests.support.installation import PLENTY, Installation

PATIENCE_S = 60
Given = TypeVar("Given")
Other = TypeVar("Other")


def together(acts: Sequence[Callable[[], Given]]) -> list[Given]:
    """Have everybody act at the same moment, each in a thread; return what each got, in order."""
    barrier = threading.Barrier(len(acts))

    def act_at_once(act: Callable[[], Given]) -> Given:
        barrier.wait(PATIENCE_S)
        return act()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(act_at_once, acts))


def both(one: Callable[[], Given], other: Callable[[], Other]) -> tuple[Given, Other]:
    """Have two act at the same moment; return what each got."""
    barrier = threading.Barrier(2)

    def act_at_once(act: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE_S)
        return act()

    with ThreadPoolExecutor(max_workers=2) as pool:
        first, second = pool.submit(act_at_once, one), pool.submit(act_at_once, other)
        return first.result(), second.result()


def in_turn(
    one: Callable[[], Given], other: Callable[[], Other], *, turn: int, turns: int, apart_s: float
) -> tuple[Given, Other]:
    """Have two act in the same moments: in the first turn `one` is well ahead, in the last `other`.

    Most turns lie close to the middle, so that whoever is quicker on this machine meets the other.
    """
    ahead_s = apart_s * (2 * turn / (turns - 1) - 1) ** 3

    def wait_for_turn(act: Callable[[], Any], wait_s: float) -> Any:
        time.sleep(max(0, wait_s))
        return act()

    return both(partial(wait_for_turn, one, ahead_s), partial(wait_for_turn, other, -ahead_s))


def as_people_see_it(number: str) -> str:
    """Return an order number as messages and lists show it, whichever way an answer gave it."""
    return show_order_number(number.replace("-", ""))


@dataclass(frozen=True)
class Ready:
    """A parcel that waits for its customer, and what the customer can show for it."""

    order_id: str
    id: str
    qr: str
    code: str


@dataclass(frozen=True)
class Trade:
    """Everybody who deals with the small retailer through one web server."""

    place_of_work: Installation
    http: httpx.Client

    def list_article(self, *, units: int = PLENTY) -> str:
        """Return a new SKU that costs 10 euros, with so many units in each store."""
        sku, shop = f"T-{secrets.token_hex(6)}".upper(), self.place_of_work.shop
        article = ListSku(sku, sku, {"fr": sku, "en": sku}, 1000, "EUR", 2000)
        with self.place_of_work.inside(), transaction() as session:
            list_skus(session, [article], brand_id=shop.brand_id)
            for location_id in (shop.lyon, shop.paris):
                receive(session, location_id=location_id, quantities={sku: units}, actor=SYSTEM)
        return sku

    def place(
        self, items: Mapping[str, int], *, nonce: str | None = None, **changes: Any
    ) -> httpx.Response:
        """Order through the shop's integration; each customer is somebody else."""
        customer = {
            "first_name": "Chloé",
            "last_name": "Durand",
            "email": f"{secrets.token_hex(8)}@example.org",
        }
        listed = [{"sku": sku, "quantity": quantity} for sku, quantity in items.items()]
        body = order_body(items=listed, **{"customer": customer, **changes})
        return self.post("/orders", body, key=self.place_of_work.shop.integration, nonce=nonce)

    def post(
        self, path: str, body: Mapping[str, Any], *, key: str, nonce: str | None = None
    ) -> httpx.Response:
        """Post to the API with somebody's key."""
        headers = as_key(key, idempotency_key=nonce)
        return self.http.post(f"/api/v1{path}", json=body, headers=headers)

    def get(self, path: str, *, key: str, **query: str) -> Any:
        """Return what the API shows to the holder of a key."""
        headers = {"Authorization": f"Bearer {key}"}
        response = self.http.get(f"/api/v1{path}", params=query, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    def make_ready(self, items: Mapping[str, int]) -> Ready:
        """Order, accept, pick and bin: the parcel waits."""
        placed = self.place(items).json()
        self.prepare(placed["fulfillment_id"], items)
        return self.show_pass(placed["id"], placed["fulfillment_id"])

    def prepare(self, parcel: str, items: Mapping[str, int]) -> None:
        """An associate in Lyon accepts, picks and bins a parcel."""
        picked = [{"sku": sku, "quantity": quantity} for sku, quantity in items.items()]
        for act, body in (
            ("accept", {}),
            ("pick", {"items": picked}),
            ("ready", {"bin": "A7"}),
        ):
            response = self.post(
                f"/fulfillments/{parcel}/{act}", body, key=self.place_of_work.shop.associate
            )
            assert response.status_code == 200, response.text

    def show_pass(self, order_id: str, parcel: str) -> Ready:
        """Return the parcel with what its customer would show, read from the database."""
        with self.place_of_work.inside(), transaction() as session:
            (state,) = queries.list_passes(session, UUID(parcel))
            code = passes.typed_code(state.facts.id)
            return Ready(order_id, parcel, passes.qr_text(state.facts), code)

    def hand_over(self, ready: Ready, *, key: str, ticket: str = "T-1") -> httpx.Response:
        """Somebody at the counter scans the QR and the till has taken the money."""
        body = {"store": "lyon", "qr": ready.qr, "ticket_number": ticket}
        return self.post("/hand-overs", body, key=key)

    def cancel(self, order_id: str) -> httpx.Response:
        """The call centre calls an order off."""
        body = {"reason": "customer_remorse"}
        return self.post(f"/orders/{order_id}/cancel", body, key=self.place_of_work.shop.agent)

    def put_back(self, sku: str) -> int:
        """An associate in Lyon puts back what lies in bins of an article; return how many bins."""
        key = self.place_of_work.shop.associate
        listed = self.get("/put-backs", key=key, store="lyon")["put_backs"]
        bins = [each["id"] for each in listed if sku in each["quantities"]]
        for each in bins:
            done = self.post(f"/put-backs/{each}/done", {}, key=key)
            assert done.status_code == 200, done.text
        return len(bins)

    def parcel(self, parcel: str) -> Any:
        """Return a parcel as the store sees it."""
        return self.get(f"/fulfillments/{parcel}", key=self.place_of_work.shop.associate)

    def level(self, sku: str) -> dict[str, Any]:
        """Return what the database holds of an article in Lyon."""
        (row,) = self.place_of_work.rows(
            "SELECT on_hand, reserved, quarantined FROM stock_level"
            " WHERE sku = %(sku)s AND location_id = %(lyon)s",
            sku=sku,
            lyon=self.place_of_work.shop.lyon,
        )
        return row
