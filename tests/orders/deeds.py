"""Every command of the API on a parcel or its order, each with a body that is right for it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Conflict, Refusal
from kernel.ids import new_id
from kernel.links import choice_token
from orders import queries, services
from stores.commands import StoreMethod
from tests.orders.conftest import Counter
from tests.orders.delivering import fetch, packages
from tests.support.till import Till, line
from tests.unmoved import problem

TENT: Final = {"sku": "TENT-2P", "quantity": 1}
MUG: Final = {"sku": "MUG-BLUE", "quantity": 1}
MUGS: Final = {"sku": "MUG-BLUE", "quantity": 2}
TENT_MINOR: Final = 8990
SOMEBODY: Final = {"first_name": "Paul", "last_name": "Petit", "email": "paul@example.org"}
NOTED: Final = "noted: "


class Desk:
    """Everybody who gives commands about the order at hand; each says what was answered.

    A success is answered by "", a refusal by its code. What was recorded although a rule was
    against it begins with NOTED.
    """

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        session = counter.session
        code = stores.services.offer_enrolment(
            session, location_id=counter.shop.lyon, tablet_name="Tablet 1"
        )
        self.tablet = stores.services.enrol_tablet(session, code=code).id
        till_id, key = stores.services.enrol_terminal(session, "lyon", name="1", actor=SYSTEM)
        self.till = Till(str(till_id), key, self._send)
        stores.services.set_method(
            session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM
        )
        session.commit()

    def give(self, command: str) -> str:
        """Give one command; return what was answered."""
        self.till.seq = 0
        return DEEDS[command](self)

    def ask(self, path: str, body: Any = None, *, key: str | None = None) -> str:
        """POST something; return what was answered."""
        return told(self.counter.ask(path, {} if body is None else body, key=key))

    def on_parcel(self, act: str, body: Any = None, *, key: str | None = None) -> str:
        """POST something about the parcel at hand."""
        return self.ask(f"fulfillments/{self.counter.parcel}/{act}", body, key=key)

    def on_order(self, act: str, body: Any) -> str:
        """POST something about its order, as the call centre."""
        path = f"orders/{self.counter.order['id']}/{act}"
        return self.ask(path, body, key=self.counter.shop.agent)

    def extend(self) -> str:
        """Keep the parcel longer: the page of the order has this door, and the trade's replay."""
        try:
            with transaction() as session:
                services.extend_pickup(session, UUID(self.counter.parcel), actor=SYSTEM)
        except Refusal as refusal:
            assert isinstance(refusal, Conflict)
            return refusal.code
        return ""

    def choose(self) -> str:
        """Want the money back, by the link to what the customer was asked."""
        parcel = UUID(self.counter.parcel)
        asked = queries.list_choices(self.counter.session, [parcel]).get(parcel)
        token = choice_token(asked.id if asked else new_id())
        key = self.counter.shop.integration
        return self.ask(f"choices/{token}", {"answer": "refund"}, key=key)

    def answer_substitute(self, answer: str) -> str:
        """Say something about the other article that was offered last."""
        parcel = UUID(self.counter.parcel)
        offered = queries.list_substitutes(self.counter.session, parcel)
        about = offered[-1].id if offered else new_id()
        key = None if answer == "withdraw" else self.counter.shop.agent
        return self.ask(f"substitutes/{about}/{answer}", {}, key=key)

    def pay_at_till(self) -> str:
        """Hand everything over at the till, which asked before what is due."""
        found = self.till.post("/look-ups", {"order_number": self.counter.order["number"]})
        (parcel,) = (
            each for each in found.json["parcels"] if each["fulfillment_id"] == self.counter.parcel
        )
        body = {
            "fulfillment_id": self.counter.parcel,
            "ticket_number": "T-till",
            "amount_minor": parcel["due_minor"] or 0,
        }
        return told(self.till.post("/hand-overs", body, key=str(uuid4())))

    def ring_up(self) -> str:
        """Send a receipt that names the order: it is never refused."""
        named = {"order_number": self.counter.order["number"]}
        answer = self.till.ring_up(line("MUG-BLUE", 1, 1290, **named))
        assert answer.status_code == 201, answer.text
        (collected,) = answer.json["hand_overs"]
        return noted(collected["refusal"])

    def tell_offline(self, kind: str, **more: Any) -> str:
        """Send what a tablet did without a network: it is never refused."""
        deed = {
            "nonce": str(uuid4()),
            "seq": 1,
            "kind": kind,
            "happened_at": datetime.now(UTC).isoformat(),
            "fulfillment_id": self.counter.parcel,
            **more,
        }
        body = {"tablet_id": str(self.tablet), "facts": [deed]}
        answer = self.counter.ask("offline/facts", body)
        assert answer.status_code == 200, answer.text
        (said,) = answer.json["facts"]
        return noted(said["refusal"])

    def _send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Any:
        return self.counter.client.open(target, method=method, data=body, headers=headers)


def told(answer: Any) -> str:
    """Return "" for a success, and the code of a refusal, which must be 404, 409 or 422."""
    if answer.status_code in {200, 201}:
        return ""
    status, code = problem(answer)
    assert status in {404, 409, 422}, answer.text
    return code


def noted(refusal: str | None) -> str:
    """Return what became of something that is recorded whatever the rules say."""
    return f"{NOTED}{refusal}" if refusal else ""


REFUSED: Final = {**MUG, "reason": "wrong_size"}
OFFER: Final = {**MUG, "substitute_sku": "BOOK", "reason": "damaged"}
BOXES: Final = packages({"TENT-2P": 1, "MUG-BLUE": 2})
DEEDS: Final[Mapping[str, Callable[[Desk], str]]] = {
    "accept": lambda desk: desk.on_parcel("accept"),
    "start-picking": lambda desk: desk.on_parcel("start-picking"),
    "pick": lambda desk: desk.on_parcel("pick", {"items": [TENT]}),
    "short": lambda desk: desk.on_parcel("short", {**TENT, "reason": "damaged"}),
    "bin": lambda desk: desk.on_parcel("bin", {"bin": "B9"}),
    "ready": lambda desk: desk.on_parcel("ready", {"bin": "A1"}),
    "leave-wave": lambda desk: desk.on_parcel("leave-wave"),
    "offer": lambda desk: desk.on_parcel("substitutes", OFFER),
    "take-offer": lambda desk: desk.answer_substitute("accept"),
    "decline-offer": lambda desk: desk.answer_substitute("decline"),
    "withdraw-offer": lambda desk: desk.answer_substitute("withdraw"),
    "fetch": lambda desk: told(fetch(desk.counter, [TENT])),
    "split": lambda desk: desk.on_parcel("split"),
    "partly": lambda desk: desk.on_order("partly", {"answer": "wait"}),
    "reject": lambda desk: desk.on_parcel("reject", {"reason": "no_stock"}),
    "reassign": lambda desk: desk.on_parcel("reassign", {"reason": "no_time", "store": "paris"}),
    "choose": Desk.choose,
    "cancel": lambda desk: desk.on_order("cancel", {}),
    "extend": Desk.extend,
    "name-proxy": lambda desk: desk.on_order("proxies", SOMEBODY),
    "on-my-way": lambda desk: desk.on_parcel("on-my-way", key=desk.counter.shop.agent),
    "arrived": lambda desk: desk.on_parcel("arrived", {"bay": "1"}, key=desk.counter.shop.agent),
    "hand-over": lambda desk: told(desk.counter.hand_over(fulfillment_id=desk.counter.parcel)),
    "refuse": lambda desk: told(
        desk.counter.hand_over(fulfillment_id=desk.counter.parcel, refused=[REFUSED])
    ),
    "till-hand-over": Desk.pay_at_till,
    "till-receipt": Desk.ring_up,
    "offline-pick": lambda desk: desk.tell_offline("pick", items=[MUG]),
    "offline-hand-over": lambda desk: desk.tell_offline(
        "hand_over", items=[MUG], identity_seen=True, ticket_number="T-off"
    ),
    "pack": lambda desk: desk.on_parcel("pack", BOXES),
    "ship": lambda desk: desk.on_parcel("ship", {"ticket_number": "T-7"}),
    "delivered": lambda desk: desk.on_parcel("delivered"),
    "delivery-failed": lambda desk: desk.on_parcel("delivery-failed", {"reason": "absent"}),
    "returned": lambda desk: desk.on_parcel("returned"),
}
