"""A parcel and its lines while they are locked."""

from dataclasses import dataclass
from uuid import UUID

from orders.models import Fulfillment, FulfillmentLine


@dataclass(frozen=True, slots=True)
class Locked:
    """A parcel and its lines, held until the transaction ends."""

    parcel: Fulfillment
    lines: dict[str, FulfillmentLine]

    @property
    def ids(self) -> dict[str, UUID]:
        """Return the ids every event of this parcel carries."""
        return {
            "fulfillment_id": self.parcel.id,
            "order_id": self.parcel.order_id,
            "location_id": self.parcel.location_id,
        }

    @property
    def stock(self) -> dict[str, UUID]:
        """Return what stock knows this parcel by."""
        return {"fulfillment_id": self.parcel.id, "location_id": self.parcel.location_id}

    @property
    def owed(self) -> dict[str, int]:
        """Return how many of each SKU the customer is still owed."""
        return {sku: line.open for sku, line in self.lines.items() if line.open}

    @property
    def in_bin(self) -> dict[str, int]:
        """Return how many of what is owed were taken from the shelf and not handed over."""
        waiting = {sku: min(line.collectable, line.open) for sku, line in self.lines.items()}
        return {sku: quantity for sku, quantity in waiting.items() if quantity > 0}
