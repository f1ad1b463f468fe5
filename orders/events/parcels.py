"""What happens to parcels."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.events import Event


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
    """Articles were taken from the shelf; `quantities` maps SKU to how many.

    `scanned` tells whether each was scanned, so that nothing wrong can lie in the box.
    """

    name = "fulfillment.picked.v1"
    quantities: dict[str, int] = field(default_factory=dict)
    scanned: bool = False


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
class FulfillmentCancelled(FulfillmentEvent):
    """The parcel was called off and its articles released.

    Where an order is called off each of its parcels has an event; the first `tells` of them all.
    """

    name = "fulfillment.cancelled.v1"
    reason: str
    tells: bool = True
