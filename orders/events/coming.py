"""Who comes for an order: proxies, and people in cars."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event
from orders.events.parcels import FulfillmentEvent


@dataclass(frozen=True, kw_only=True)
class ProxyNamed(Event):
    """The customer sends somebody: `contact_id` is who."""

    name = "order.proxy_named.v1"
    aggregate = "order"
    order_id: UUID
    proxy_id: UUID
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProxyWithdrawn(Event):
    """Somebody whom the customer sent may not collect any more: their codes are dead."""

    name = "order.proxy_withdrawn.v1"
    aggregate = "order"
    order_id: UUID
    proxy_id: UUID
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProxyPassGiven(FulfillmentEvent):
    """A proxy has a code for a parcel that waits already."""

    name = "fulfillment.proxy_pass_given.v1"
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerOnTheWay(FulfillmentEvent):
    """The customer of a parcel that waits is on the way."""

    name = "fulfillment.on_the_way.v1"


@dataclass(frozen=True, kw_only=True)
class CustomerArrived(FulfillmentEvent):
    """The customer of a parcel waits outside; `bay` is where, if they said so."""

    name = "fulfillment.arrived.v1"
    bay: str | None
