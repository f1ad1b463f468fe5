"""What others may see of orders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from orders.commands import Channel, Formation, Method, Partly, Status
from orders.passes import PassFacts
from orders.pricing import PricedLine, Totals, totals

ROLL_UP: Final[tuple[Status, ...]] = (
    Status.REJECTED,
    Status.PENDING,
    Status.NEW,
    Status.ACCEPTED,
    Status.PICKING,
    Status.IN_TRANSFER,
    Status.PACKED,
    Status.READY,
    Status.SHIPPED,
    Status.DELIVERED,
    Status.HANDED_OVER,
    Status.EXPIRED,
    Status.REROUTED,
    Status.CANCELLED,
)
"""An order stands where the first of its fulfillments in this list stands."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One SKU of a fulfillment: quantities in base units, price as agreed."""

    sku: str
    name: str
    quantity: int
    picked: int
    cancelled: int
    handed_over: int
    short_reason: str | None
    unit_price_minor: int
    price_per: int
    vat_bp: int

    @property
    def open(self) -> int:
        """Return how many are still owed to the customer."""
        return self.quantity - self.cancelled - self.handed_over

    @property
    def collectable(self) -> int:
        """Return how many lie in the bin for the customer."""
        return min(self.picked - self.handed_over, self.open)

    def priced(self, quantity: int) -> PricedLine:
        """Return this line at its agreed price for another quantity."""
        return PricedLine(quantity, self.unit_price_minor, self.price_per, self.vat_bp)


@dataclass(frozen=True, slots=True)
class FulfillmentFacts:
    """One parcel: where, how, how far, and what is in it.

    `overdue` is one that the store did not take on in its time, or that is past its promise:
    `past_promise` tells the latter, which its customer notices.
    """

    id: UUID
    order_id: UUID
    order_number: str
    channel: Channel
    language: str
    currency: str
    contact_id: UUID | None
    location_id: UUID
    method: Method
    status: Status
    promised_at: datetime
    promise_inputs: Mapping[str, Any]
    slot_starts_at: datetime | None
    slot_ends_at: datetime | None
    bin: str | None
    ready_at: datetime | None
    collect_by: datetime | None
    ended_at: datetime | None
    created_at: datetime
    overdue: bool
    extensions: int
    lines: tuple[LineFacts, ...]
    accept_by: datetime | None = None
    wave_id: UUID | None = None
    address_id: UUID | None = None
    rerouted_to: UUID | None = None
    past_promise: bool = False

    @property
    def owed(self) -> Totals:
        """Return what the customer pays for: everything not given up."""
        return totals(line.priced(line.quantity - line.cancelled) for line in self.lines)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order with its parcels; its status is rolled up from theirs."""

    id: UUID
    number: str
    brand_id: UUID
    channel: Channel
    formation: Formation
    language: str
    currency: str
    contact_id: UUID | None
    placed_at: datetime
    fulfillments: tuple[FulfillmentFacts, ...]
    partly: Partly | None = None

    @property
    def status(self) -> Status:
        """Return where the order stands."""
        return roll_up(parcel.status for parcel in self.fulfillments)

    @property
    def owed(self) -> Totals:
        """Return what the customer pays for: everything not given up."""
        return totals(
            line.priced(line.quantity - line.cancelled)
            for parcel in self.fulfillments
            for line in parcel.lines
        )


@dataclass(frozen=True, slots=True)
class HandOverFacts:
    """Who handed a parcel over, when and where."""

    location_id: UUID
    staff_name: str
    handed_over_at: datetime


@dataclass(frozen=True, slots=True)
class PassState:
    """A pass, whose it is, and whether it is still alive; a proxy's has the proxy's contact."""

    facts: PassFacts
    holder: str
    revoked_why: str | None
    used: bool
    contact_id: UUID | None = None

    @property
    def alive(self) -> bool:
        """Tell whether it opens its parcel."""
        return self.revoked_why is None and not self.used


def roll_up(statuses: Iterable[Status]) -> Status:
    """Return where an order with parcels in these states stands."""
    return min(statuses, key=ROLL_UP.index)


@dataclass(frozen=True, slots=True)
class CartFacts:
    """A basket: quantities by SKU in the order they were chosen, and where to collect them.

    `pending_id` is the fulfillment that was begun from it and waits for its payment.
    """

    quantities: Mapping[str, int]
    location_id: UUID | None
    pending_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ready parcel whose customer is due a reminder; `asked_at` is the database's now."""

    fulfillment_id: UUID
    location_id: UUID
    stage: int
    asked_at: datetime
