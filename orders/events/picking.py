"""What happens around picking."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PutBackAsked(Event):
    """Goods in a bin have to go back to the shelf; `quantities` maps SKU to how many."""

    name = "put_back.asked.v1"
    aggregate = "put_back"
    put_back_id: UUID
    fulfillment_id: UUID
    location_id: UUID
    quantities: dict[str, int]
