"""What happens to orders."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """An order was opened: its goods are reserved at `location_id`, ready by `promised_at`.

    One of several parcels has an event each; the first `tells` the customer of them all, and its
    `total_minor` has what is paid beside the goods.
    """

    name = "order.placed.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    channel: str
    quantities: dict[str, int]
    total_minor: int
    currency: str
    promised_at: datetime
    tells: bool = True


@dataclass(frozen=True, kw_only=True)
class OrderStarted(Event):
    """An order was begun and its stock held; it counts once its payment is certain.

    One of several parcels has an event each; the first `tells` of them all.
    """

    name = "order.started.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    channel: str
    quantities: dict[str, int]
    total_minor: int
    currency: str
    promised_at: datetime
    tells: bool = True


@dataclass(frozen=True, kw_only=True)
class OrderAbandoned(Event):
    """An order that was begun was never paid: its stock is free again."""

    name = "order.abandoned.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    """An order was called off before anything left the store."""

    name = "order.cancelled.v1"
    aggregate = "order"
    order_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class CollectorChanged(Event):
    """Somebody else collects the order: `contact_id` is who."""

    name = "order.collector_changed.v1"
    aggregate = "order"
    order_id: UUID
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class ContactCorrected(Event):
    """The customer of an order is written to elsewhere from now on: `contact_id` says where."""

    name = "order.contact_corrected.v1"
    aggregate = "order"
    order_id: UUID
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class PaidWithoutStock(Event):
    """An order was paid after its hold had ended and others had taken what it held.

    `missing` maps SKU to how many cannot be had: the order ends and the money is let go.
    """

    name = "order.paid_without_stock.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    missing: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class StockBack(Event):
    """A SKU can be had again that somebody asked to be told of; `location_id` is where.

    The wish `wish_id` is over: it is told once.
    """

    name = "stock.back.v1"
    aggregate = "wish"
    wish_id: UUID
    sku: str
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class MoneyGoesBack(Event):
    """The shop that took the money of an order is to give so much of it back to its customer.

    `back_minor` is what that comes to altogether.
    """

    name = "order.money_back.v1"
    aggregate = "order"
    order_id: UUID
    amount_minor: int
    back_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PayLinkMade(Event):
    """An order may be paid from a link until `pay_by`; its customer is to be sent it."""

    name = "pay_link.made.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    pay_link_id: UUID
    pay_by: datetime


@dataclass(frozen=True, kw_only=True)
class PayLinkFollowed(Event):
    """Somebody went from a link to pay to the payment page; `channel` is that link."""

    name = "pay_link.followed.v1"
    aggregate = "order"
    order_id: UUID
    pay_link_id: UUID
    channel: str = "link"


@dataclass(frozen=True, kw_only=True)
class PayLinkReminded(Event):
    """A link to pay ends soon and was not used: its customer is to be told."""

    name = "pay_link.reminded.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    pay_link_id: UUID
