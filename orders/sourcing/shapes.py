"""What sourcing is asked, and what it decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orders.commands import Channel, Method, SourcingOutcome
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted where: `values_minor` is what one unit of each SKU is worth.

    The place is WGS84. `store_id` is the store the order was begun in, or is collected at.
    """

    brand_id: UUID
    brand: str
    channel: Channel
    method: Method
    quantities: Mapping[str, int]
    latitude: float
    longitude: float
    values_minor: Mapping[str, int]
    postcode: str | None = None
    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """What one location sends; `ready_at` is when it can leave."""

    store: StoreFacts
    quantities: Mapping[str, int]
    ready_at: datetime
    distance_km: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Who sends what; `missing` is what nobody does."""

    outcome: SourcingOutcome
    sends: tuple[Send, ...]
    missing: Mapping[str, int]
