"""What happens to orders."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """An order was opened: its goods are reserved at `location_id`, ready by `promised_at`."""

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


@dataclass(frozen=True, kw_only=True)
class OrderStarted(Event):
    """An order was begun and its stock held; it counts once its card payment is certain."""

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
class FulfillmentEvent(Event):
    """Base of what happens to one parcel."""

    name = ""
    aggregate = "fulfillment"
    fulfillment_id: UUID
    order_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class FulfillmentAccepted(FulfillmentEvent):
    """The store took the order on."""

    name = "fulfillment.accepted.v1"


@dataclass(frozen=True, kw_only=True)
class PickingStarted(FulfillmentEvent):
    """Somebody began to collect the articles."""

    name = "fulfillment.picking_started.v1"


@dataclass(frozen=True, kw_only=True)
class ArticlesPicked(FulfillmentEvent):
    """Articles were taken from the shelf; `quantities` maps SKU to how many."""

    name = "fulfillment.picked.v1"
    quantities: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LineShort(FulfillmentEvent):
    """An article could not be had in the ordered quantity: the customer is owed less."""

    name = "fulfillment.line_short.v1"
    sku: str
    quantity: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ParcelBinned(FulfillmentEvent):
    """The parcel was put into a bin."""

    name = "fulfillment.binned.v1"
    bin: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentReady(FulfillmentEvent):
    """Every line is decided and the parcel is in its bin: the customer may come."""

    name = "fulfillment.ready.v1"
    bin: str
    collect_by: datetime
    awaits_capture: bool = False
    """The card's money is taken first: `ReadyPaid` tells when the customer may be told."""


@dataclass(frozen=True, kw_only=True)
class ReadyPaid(FulfillmentEvent):
    """The card's money for a ready parcel was taken, or could not be and is due at the counter."""

    name = "fulfillment.ready_paid.v1"
    captured: bool


@dataclass(frozen=True, kw_only=True)
class FulfillmentHandedOver(FulfillmentEvent):
    """The customer took articles; `complete` when nothing is left."""

    name = "fulfillment.handed_over.v1"
    hand_over_id: UUID
    quantities: dict[str, int]
    found: str
    complete: bool


@dataclass(frozen=True, kw_only=True)
class FulfillmentCancelled(FulfillmentEvent):
    """The parcel was called off and its articles released."""

    name = "fulfillment.cancelled.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentExpired(FulfillmentEvent):
    """Nobody came in time: the articles are for sale again and must go back to the shelf."""

    name = "fulfillment.expired.v1"
    collect_by: datetime


@dataclass(frozen=True, kw_only=True)
class PickupExtended(FulfillmentEvent):
    """The parcel is kept longer, until `collect_by`."""

    name = "fulfillment.extended.v1"
    collect_by: datetime


@dataclass(frozen=True, kw_only=True)
class PickupReminded(FulfillmentEvent):
    """The parcel still waits: `stage` 1 the day after, 2 three days after, 3 on the last day."""

    name = "fulfillment.reminded.v1"
    stage: int


@dataclass(frozen=True, kw_only=True)
class PassReissued(FulfillmentEvent):
    """The old code is dead and a new one exists, for whoever collects now."""

    name = "fulfillment.pass_reissued.v1"


@dataclass(frozen=True, kw_only=True)
class CollectorChanged(Event):
    """Somebody else collects the order: `contact_id` is who."""

    name = "order.collector_changed.v1"
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
