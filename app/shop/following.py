"""An order as its page shows it: where it stands, what is in it, and the code to collect it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import orders.queries
import payments.queries
import stores.queries
from app import formats
from app.i18n import current
from app.i18n import gettext as _
from app.shop.pictures import pictured
from app.shop.saying import say_slot
from app.shop.storefront import phone_of
from app.shop.visitor import as_shopper
from kernel import qr
from kernel.ids import show_code, show_order_number
from orders import passes
from orders.commands import Method, Status
from orders.queries import FulfillmentFacts, OrderFacts, SubstituteFacts
from payments.commands import ObligationStatus
from stores.queries import BrandFacts, StoreFacts

KINDS: Final[Mapping[Status, str]] = {
    Status.READY: "ok",
    Status.HANDED_OVER: "ok",
    Status.DELIVERED: "ok",
    Status.EXPIRED: "late",
    Status.REJECTED: "late",
    Status.CANCELLED: "plain",
    Status.REROUTED: "plain",
}
"""How a state looks; the others are waited for."""
ENDED: Final = frozenset(
    {Status.HANDED_OVER, Status.DELIVERED, Status.EXPIRED, Status.CANCELLED, Status.REROUTED}
)
STEPS_DONE: Final[Mapping[Status, int]] = {
    Status.PENDING: 0,
    Status.NEW: 1,
    Status.ACCEPTED: 1,
    Status.PICKING: 1,
    Status.IN_TRANSFER: 1,
    Status.READY: 2,
    Status.HANDED_OVER: 4,
}
"""How many of the four steps are behind: received, prepared, ready, collected."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What is shown at the counter: a picture, and signs to say or type."""

    code: str
    picture: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One article of a parcel; `note` says what is missing of it."""

    quantity: int
    name: str
    amount_minor: int
    note: str | None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """What is missing of a parcel, and what the store offers instead; amounts in minor units."""

    facts: SubstituteFacts
    missing: dict[str, Any]
    instead: dict[str, Any]
    old_minor: int
    until: str

    @property
    def saves_minor(self) -> int:
        """Return how much less it costs."""
        return self.old_minor - self.facts.amount_minor


@dataclass(frozen=True, slots=True)
class ShownParcel:
    """One parcel of the order."""

    facts: FulfillmentFacts
    store: StoreFacts
    kind: str
    state: str
    lines: list[ShownLine]
    code: ShownCode | None
    steps_done: int | None
    by_card: bool
    questions: list[ShownQuestion]

    @property
    def ready(self) -> bool:
        """Tell whether it waits for its customer."""
        return self.facts.status is Status.READY

    @property
    def phone(self) -> str:
        """Return the store's telephone number as people of its country dial it."""
        return phone_of(self.store)

    @property
    def drive(self) -> bool:
        """Tell whether its customer stays in the car."""
        return self.facts.method is Method.DRIVE

    @property
    def slot(self) -> str | None:
        """Return when its customer comes, where they chose a time."""
        if self.facts.slot_starts_at is None or self.facts.slot_ends_at is None:
            return None
        return say_slot(self.facts.slot_starts_at, self.facts.slot_ends_at, self.store.time_zone)

    @property
    def extendable(self) -> bool:
        """Tell whether it can be kept longer."""
        return self.ready and self.facts.extensions < self.store.rules.extensions_max


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order, for whoever holds its link: the minimum."""

    facts: OrderFacts
    number: str
    brand: BrandFacts
    collector: str
    parcels: list[ShownParcel]

    @property
    def ended(self) -> bool:
        """Tell whether nothing will move any more."""
        return all(parcel.facts.status in ENDED for parcel in self.parcels)

    @property
    def collectable(self) -> bool:
        """Tell whether somebody is still to come for it."""
        return not self.ended

    @property
    def cancellable(self) -> bool:
        """Tell whether it can still be called off: nothing of it has left the store."""
        left = any(line.handed_over for each in self.parcels for line in each.facts.lines)
        return not self.ended and not left

    @property
    def version(self) -> str:
        """Return what changes when the page does."""
        seen = [
            (
                str(each.facts.status),
                str(each.facts.collect_by),
                each.facts.past_promise,
                [str(asked.facts.id) for asked in each.questions],
                each.code.code if each.code else "",
                [(line.quantity, line.note) for line in each.lines],
            )
            for each in self.parcels
        ]
        return sha256(repr((seen, self.collector, current())).encode()).hexdigest()[:16]


def read_order(session: Session, order_id: UUID) -> ShownOrder:
    """Return an order as the holder of its link sees it.

    Raises UnknownOrder.
    """
    facts = orders.queries.get_order(session, order_id, actor=as_shopper(order_id))
    contact = customers.queries.get_contacts(session, [facts.contact_id]).get(facts.contact_id)
    return ShownOrder(
        facts,
        show_order_number(facts.number),
        stores.queries.get_brand(session, facts.brand_id),
        _short_name(contact.first_name, contact.last_name) if contact else "",
        [_parcel(session, each) for each in facts.fulfillments],
    )


def state_words(status: Status) -> str:
    """Return what a state is called."""
    return {
        Status.PENDING: _("Waiting for the payment"),
        Status.NEW: _("Received by the store"),
        Status.ACCEPTED: _("Accepted by the store"),
        Status.PICKING: _("Being prepared"),
        Status.IN_TRANSFER: _("On its way to the store"),
        Status.READY: _("Ready: you can come"),
        Status.HANDED_OVER: _("Collected"),
        Status.PACKED: _("Packed"),
        Status.SHIPPED: _("Sent"),
        Status.DELIVERED: _("Delivered"),
        Status.REJECTED: _("The store cannot prepare it"),
        Status.REROUTED: _("Moved to another store"),
        Status.EXPIRED: _("Not collected in time"),
        Status.CANCELLED: _("Cancelled"),
    }[status]


def _parcel(session: Session, parcel: FulfillmentFacts) -> ShownParcel:
    lines = [
        ShownLine(
            line.quantity,
            line.name,
            line.priced(line.quantity - line.cancelled).amount_minor,
            _missing(line.cancelled, parcel.status),
        )
        for line in parcel.lines
    ]
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    return ShownParcel(
        parcel,
        store,
        KINDS.get(parcel.status, "wait"),
        state_words(parcel.status),
        lines,
        _live_code(session, parcel),
        STEPS_DONE.get(parcel.status),
        _is_by_card(session, parcel),
        _questions(session, parcel, store),
    )


def _questions(
    session: Session, parcel: FulfillmentFacts, store: StoreFacts
) -> list[ShownQuestion]:
    asked = orders.queries.list_proposed(session, [parcel.id])
    if not asked:
        return []
    lines = {line.sku: line for line in parcel.lines}
    names = {each.sku: lines[each.sku].name for each in asked}
    words = catalog.queries.describe_skus(
        session,
        [*names, *(each.substitute_sku for each in asked)],
        language=current(),
    )
    for sku, said in words.items():
        names[sku] = ", ".join(filter(None, (said.name, said.option)))
    return [
        ShownQuestion(
            each,
            pictured(each.sku, names[each.sku], category=None, shelves=[]),
            pictured(each.substitute_sku, names[each.substitute_sku], category=None, shelves=[]),
            lines[each.sku].priced(each.quantity).amount_minor,
            formats.when(each.answer_by, store.time_zone, language=current()),
        )
        for each in asked
    ]


def _is_by_card(session: Session, parcel: FulfillmentFacts) -> bool:
    """Tell whether a card holds, or paid, what this parcel costs."""
    paying = {ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED}
    owed = payments.queries.list_obligations(session, parcel.order_id)
    return any(each.status in paying for each in owed)


def _missing(cancelled: int, status: Status) -> str | None:
    if not cancelled or status in {Status.CANCELLED, Status.EXPIRED}:
        return None
    return _("%(count)d missing: you do not pay for it") % {"count": cancelled}


def _live_code(session: Session, parcel: FulfillmentFacts) -> ShownCode | None:
    if parcel.status is not Status.READY:
        return None
    for state in orders.queries.list_passes(session, parcel.id):
        if state.alive and state.contact_id is None:
            picture = b64encode(qr.png(passes.qr_text(state.facts))).decode()
            code = show_code(passes.typed_code(state.facts.id))
            return ShownCode(code, f"data:image/png;base64,{picture}")
    return None


def _short_name(first_name: str, last_name: str) -> str:
    """Return a name that its owner knows and a stranger learns little from: « Chloé D. »."""
    if not first_name:
        return last_name
    return f"{first_name} {last_name[:1]}." if last_name else first_name
