"""What happens while articles of a parcel come from another location."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orders.events.parcels import FulfillmentEvent


@dataclass(frozen=True, kw_only=True)
class FulfillmentInTransfer(FulfillmentEvent):
    """Articles come from `source_id`; the customer is told `promised_at` from now on.

    Without a source they are awaited: the location expects them from a supplier.
    `at_placing` is whether that was so from the beginning: they were told nothing else before.
    """

    name = "fulfillment.in_transfer.v1"
    transfer_id: UUID | None
    source_id: UUID | None
    quantities: dict[str, int]
    promised_at: datetime
    at_placing: bool = False


@dataclass(frozen=True, kw_only=True)
class FulfillmentArrived(FulfillmentEvent):
    """Nothing is on the way for the parcel any more: preparing goes on."""

    name = "fulfillment.goods_arrived.v1"
