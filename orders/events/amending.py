"""What happens when an open order is changed."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderAmended(Event):
    """An open order was changed, and is at `order_version` now.

    `changes` maps what changed to what was before and is now: `lines` by SKU, `store`, `slot`; of
    persons and addresses only that they did. `delta_minor` is what all of it costs more, or less.
    `fulfillment_id` owes it from now on; `tells` is whether its customer is told.
    """

    name = "order.amended.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    order_version: int
    channel: str
    changes: dict[str, Any] = field(default_factory=dict)
    delta_minor: int
    total_minor: int
    currency: str
    tells: bool = True


@dataclass(frozen=True, kw_only=True)
class OrderNoted(Event):
    """What the customer says of an open order is otherwise; the words stand on the order alone."""

    name = "order.noted.v1"
    aggregate = "order"
    order_id: UUID
