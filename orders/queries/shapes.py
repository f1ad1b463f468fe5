"""What others may see of orders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from customers.commands import NameCompany
from kernel.links import order_token
from kernel.money import line_amount, share_of_first
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
    Status.CANCELLED,
    Status.REROUTED,
)
"""An order stands where the first of its fulfillments in this list stands."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One SKU of a fulfillment: quantities in base units, price as agreed.

    `discount_minor` is off `quantity` of them, by the promotion `promotion`; `eco_minor` is what of
    the unit price is éco-participation.
    """

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
    discount_minor: int = 0
    promotion: str = ""
    eco_minor: int = 0

    @property
    def open(self) -> int:
        """Return how many are still owed to the customer."""
        return self.quantity - self.cancelled - self.handed_over

    @property
    def collectable(self) -> int:
        """Return how many lie in the bin for the customer."""
        return min(self.picked - self.handed_over, self.open)

    @property
    def owed(self) -> PricedLine:
        """Return what is paid for of this line: everything not given up."""
        return self.priced(self.quantity - self.cancelled)

    def worth_minor(self, quantity: int) -> int:
        """Return how much less is owed once so many more are given up."""
        left = self.quantity - self.cancelled
        return self.owed.amount_minor - self.priced(left - quantity).amount_minor

    def priced(self, quantity: int) -> PricedLine:
        """Return this line at its agreed price for another quantity."""
        discount = share_of_first(self.discount_minor, units=quantity, of=self.quantity)
        return PricedLine(quantity, self.unit_price_minor, self.price_per, self.vat_bp, discount)


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
    delivery_method_id: UUID | None = None
    arrives_from: date | None = None
    arrives_by: date | None = None
    slot_id: UUID | None = None
    release_at: datetime | None = None
    formation: Formation = Formation.DISTANCE
    note: str | None = None
    """What the customer says of their order to whoever prepares, hands over or brings it."""
    link_no: int = 0

    @property
    def token(self) -> str:
        """Return what the link of its order ends with."""
        return order_token(self.order_id, self.link_no)

    @property
    def is_reservation(self) -> bool:
        """Tell whether its customer owes nothing: they buy it at the till, or not."""
        return self.formation is Formation.RESERVATION

    @property
    def owed(self) -> Totals:
        """Return what the customer pays for: everything not given up."""
        return totals(line.owed for line in self.lines)

    @property
    def eco_minor(self) -> int:
        """Return what of it is éco-participation."""
        return sum(
            line_amount(
                quantity=line.quantity - line.cancelled,
                unit_price_minor=line.eco_minor,
                price_per=line.price_per,
            )
            for line in self.lines
        )

    @property
    def saved_minor(self) -> int:
        """Return what promotions take off what is owed."""
        return sum(line.owed.discount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What an order pays for one way to a door, as it was told; minor units, tax included."""

    delivery_method_id: UUID
    name: str
    amount_minor: int
    vat_bp: int

    @property
    def priced(self) -> PricedLine:
        """Return it as a line of a document."""
        return PricedLine(1, self.amount_minor, 1, self.vat_bp)


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
    charges: tuple[ChargeFacts, ...] = ()
    version: int = 1
    placed_at_id: UUID | None = None
    """The store it is credited to, if any is."""
    company: NameCompany | None = None
    """Whom it was ordered for, as it was called then."""
    note: str | None = None
    link_no: int = 0

    @property
    def token(self) -> str:
        """Return what its link ends with: it shows the order to whoever holds it."""
        return order_token(self.id, self.link_no)

    @property
    def status(self) -> Status:
        """Return where the order stands."""
        return roll_up(parcel.status for parcel in self.fulfillments)

    @property
    def owed(self) -> Totals:
        """Return what the customer pays for: everything not given up, and having it brought."""
        goods = (line.owed for parcel in self.fulfillments for line in parcel.lines)
        return totals([*goods, *(charge.priced for charge in self.due_charges)])

    @property
    def awaits_till(self) -> bool:
        """Tell whether a till may still take the money of an order that waits for it."""
        return any(parcel.status is Status.PENDING for parcel in self.fulfillments)

    @property
    def leaves_paid(self) -> bool:
        """Tell whether some of it is brought or taken along: it is paid before, as a whole."""
        before = {Method.DELIVERY, Method.CARRY_OUT}
        return any(
            parcel.method in before and parcel.status is not Status.REROUTED
            for parcel in self.fulfillments
        )

    @property
    def first_id(self) -> UUID:
        """Return the parcel that stands for the order where one has to."""
        return min(parcel.id for parcel in self.fulfillments)

    def share_minor(self, fulfillment_id: UUID) -> int:
        """Return what a parcel comes to as it was ordered; minor units.

        The first has what is paid beside the goods, so that the shares add up to the order.
        """
        goods = 0
        for parcel in self.fulfillments:
            if parcel.id == fulfillment_id:
                goods = totals(line.priced(line.quantity) for line in parcel.lines).total_minor
        return goods + sum(each.amount_minor for each in self.charges) * (
            fulfillment_id == self.first_id
        )

    @property
    def due_charges(self) -> tuple[ChargeFacts, ...]:
        """Return what is paid beside the goods: a way to a door is, while it has any to bring."""
        brought = {
            parcel.delivery_method_id
            for parcel in self.fulfillments
            if any(line.quantity > line.cancelled for line in parcel.lines)
        }
        return tuple(each for each in self.charges if each.delivery_method_id in brought)


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

    `pending_id` is the fulfillment that was begun from it and waits for its payment, `order_id`
    what it became. Without an id there is no such basket yet. Who it is for (`contact_id`) is for
    staff to see, never for whoever holds the basket.
    """

    quantities: Mapping[str, int]
    location_id: UUID | None
    pending_id: UUID | None = None
    id: UUID | None = None
    version: int = 0
    code: str | None = None
    channel: Channel = Channel.WEB
    staff_id: UUID | None = None
    contact_id: UUID | None = None
    note: str | None = None
    order_id: UUID | None = None
    store_code: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ready parcel whose customer is due a reminder; `asked_at` is the database's now."""

    fulfillment_id: UUID
    location_id: UUID
    stage: int
    asked_at: datetime
