"""What happens in the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PriceSet(Event):
    """A SKU costs, or will cost, something else under a brand; per `price_per` base units."""

    name = "price.set.v1"
    aggregate = "price"
    price_id: UUID
    brand_id: UUID
    sku: str
    amount_minor: int
    price_per: int
    currency: str
    is_reduced: bool
    valid_from: datetime
    valid_to: datetime | None
