"""What is still on its way to a parcel, and what of it is in its store."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
from orders.commands import Status
from orders.queries.shapes import FulfillmentFacts


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What of a parcel is in its store, and what transfers still carry, by SKU."""

    here: Mapping[str, int]
    coming: Mapping[str, int]


def still_carried(session: Session, fulfillment_id: UUID) -> dict[str, int]:
    """Return what transfers still carry for a fulfillment, by SKU."""
    found: dict[str, int] = {}
    for transfer in inventory.queries.list_carrying(session, fulfillment_id, open_only=True):
        for line in inventory.queries.list_transfer_lines(session, transfer.id):
            left = (line.sent or line.quantity) - line.received - line.missing
            if left > 0:
                found[line.sku] = found.get(line.sku, 0) + left
    return found


def find_part(session: Session, parcel: FulfillmentFacts) -> PartFacts | None:
    """Return how a parcel is divided while only a part of it is there; None when it is not."""
    if parcel.status is not Status.IN_TRANSFER:
        return None
    owed = {line.sku: line.open for line in parcel.lines if line.open}
    coming = still_carried(session, parcel.id)
    here = divide(owed, coming)
    return PartFacts(here, coming) if here and coming else None


def divide(owed: Mapping[str, int], coming: Mapping[str, int]) -> dict[str, int]:
    """Return what of these quantities is not on its way."""
    left = {sku: quantity - coming.get(sku, 0) for sku, quantity in owed.items()}
    return {sku: quantity for sku, quantity in left.items() if quantity > 0}
