"""What happens to a delivery on its way to a door."""

from dataclasses import dataclass
from uuid import UUID

from orders.events.parcels import FulfillmentEvent


@dataclass(frozen=True, kw_only=True)
class FulfillmentPacked(FulfillmentEvent):
    """What was picked lies in packages, each with its number."""

    name = "fulfillment.packed.v1"
    carrier: str
    package_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class FulfillmentShipped(FulfillmentEvent):
    """The carrier has the packages: the goods have left the store."""

    name = "fulfillment.shipped.v1"
    quantities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class FulfillmentDelivered(FulfillmentEvent):
    """The customer has the packages."""

    name = "fulfillment.delivered.v1"


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(FulfillmentEvent):
    """The carrier could not deliver; the reason this was recorded with says why."""

    name = "fulfillment.delivery_failed.v1"


@dataclass(frozen=True, kw_only=True)
class DeliveryReturned(FulfillmentEvent):
    """The packages came back to the store: the goods are booked in as `disposition` says."""

    name = "fulfillment.returned.v1"
    quantities: dict[str, int]
    disposition: str
