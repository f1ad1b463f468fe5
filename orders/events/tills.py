"""What happens at tills."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderSold(Event):
    """Somebody took goods from the shelf, paid at the till and left."""

    name = "order.sold.v1"
    aggregate = "order"
    order_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    channel: str
    quantities: dict[str, int]
    total_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class GoodsTakenBack(Event):
    """Goods came back to a till, which gave `amount_minor` back."""

    name = "goods.taken_back.v1"
    aggregate = "return"
    return_id: UUID
    order_id: UUID | None
    location_id: UUID
    quantities: dict[str, int]
    amount_minor: int
    currency: str
