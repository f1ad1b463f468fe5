"""Everywhere an order can be, reached by what shops, stores, customers and carriers do."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orders.services
from customers.commands import GiveContact
from kernel.actors import SYSTEM
from orders.commands import Channel, Collect, PayBy, PlaceOrder
from tests.orders.conftest import PLACES, Counter
from tests.orders.delivering import bring_instead, fetch, packages, tell

Step = Callable[[Counter], None]
MUGS: Final = {"sku": "MUG-BLUE", "quantity": 2}
TENT: Final = {"sku": "TENT-2P", "quantity": 1}
ASKED: Final = {"sku": "MUG-BLUE", "quantity": 1, "substitute_sku": "BOOK", "reason": "damaged"}
BOXES: Final = packages({"TENT-2P": 1, "MUG-BLUE": 2})
WHO: Final = GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr")


def on_parcel(act: str, body: Any = None) -> Step:
    """Return that the store does something with the parcel, and the news reach their listeners."""

    def step(counter: Counter) -> None:
        answer = counter.ask(f"fulfillments/{counter.parcel}/{act}", body or {})
        assert answer.status_code in {200, 201}, answer.text
        tell(counter.session)

    return step


def choose(counter: Counter) -> None:
    """The store has another one prepare it."""
    on_parcel("reassign", {"reason": "no_time", "store": "paris"})(counter)


def begin_wave(counter: Counter) -> None:
    """Somebody picks it in a walk with others."""
    answer = counter.ask("stores/lyon/waves", {})
    assert answer.status_code == 201, answer.text


def fetch_mugs(counter: Counter) -> None:
    """The mugs come from Paris; the tent is in hands already."""
    on_parcel("pick", {"items": [TENT]})(counter)
    answer = fetch(counter, [MUGS])
    assert answer.status_code == 201, answer.text
    tell(counter.session)


PACKED: Final = (*PLACES["picked"], bring_instead, on_parcel("pack", BOXES))
SHIPPED: Final = (*PACKED, on_parcel("ship", {"ticket_number": "T-7"}))
UNDELIVERED: Final = (*SHIPPED, on_parcel("delivery-failed", {"reason": "absent"}))
EVERYWHERE: Final[Mapping[str, tuple[Step, ...]]] = {
    **PLACES,
    "in_wave": (begin_wave,),
    "asked": (*PLACES["picking"], on_parcel("substitutes", ASKED)),
    "in_transfer": (*PLACES["accepted"], fetch_mugs),
    "rejected": (*PLACES["picked"], on_parcel("reject", {"reason": "no_stock"})),
    "rerouted": (*PLACES["accepted"], choose),
    "to_pack": (*PLACES["picked"], bring_instead),
    "packed": PACKED,
    "shipped": SHIPPED,
    "undelivered": UNDELIVERED,
    "delivered": (*SHIPPED, on_parcel("delivered")),
    "brought_back": (*UNDELIVERED, on_parcel("returned")),
}
PENDING: Final = "pending"
ALL: Final = (PENDING, *EVERYWHERE)


def bring(counter: Counter, place: str) -> None:
    """Bring a fresh order to any place; `pending` is one that waits for its card's money."""
    if place == PENDING:
        _place_by_card(counter)
        return
    counter.place()
    for step in EVERYWHERE[place]:
        step(counter)


def _place_by_card(counter: Counter) -> None:
    command = PlaceOrder(
        Channel.WEB, [Collect("lyon", {"TENT-2P": 1, "MUG-BLUE": 2})], WHO, PayBy.CARD
    )
    placed = orders.services.place_order(counter.session, command, actor=SYSTEM)
    counter.session.commit()
    counter.order = {
        "id": str(placed.id),
        "fulfillment_id": str(placed.fulfillment_id),
        "number": placed.number,
    }
