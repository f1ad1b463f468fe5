"""What is still on its way to a parcel or awaited for it, and what of it is in its store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, select, text
from sqlalchemy.orm import Session

import inventory.queries
from orders.commands import Status
from orders.models import Fulfillment
from orders.queries.shapes import FulfillmentFacts

LACKS: Final = "lacks"
"""What a promise remembers of goods that were not there when it was made."""
AWAITS: Final = "awaits"
"""What of these is announced, by SKU, and not there yet."""
CASE: Final = "case"

_AWAITED = text("""
    SELECT f.location_id, a.key AS sku, sum(a.value::integer) AS units
    FROM fulfillment f, jsonb_each_text(f.promise_inputs #> '{lacks,awaits}') a
    WHERE f.status IN ('pending', 'new', 'in_transfer') AND a.key = ANY(:skus)
      AND f.status NOT IN ('handed_over', 'delivered', 'expired', 'cancelled', 'rerouted')
    GROUP BY f.location_id, a.key
""").bindparams(bindparam("skus", type_=ARRAY(Text)))


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


def awaited(inputs: Mapping[str, Any]) -> dict[str, int]:
    """Return what a parcel with this promise waits for: announced goods, by SKU."""
    return dict(inputs.get(LACKS, {}).get(AWAITS, {}))


def left_to_person(inputs: Mapping[str, Any]) -> bool:
    """Tell whether nothing is kept for a parcel with this promise: a person finds all of it."""
    return bool(inputs.get(LACKS, {}).get("after") == CASE)


def sum_awaited(session: Session, skus: Sequence[str]) -> dict[UUID, dict[str, int]]:
    """Return how many of each SKU parcels wait for, by the location that expects them."""
    found: dict[UUID, dict[str, int]] = {}
    for row in session.execute(_AWAITED, {"skus": list(skus)}):
        found.setdefault(row.location_id, {})[row.sku] = row.units
    return found


def list_awaiting(session: Session, *, location_id: UUID | None = None) -> list[UUID]:
    """Return the parcels that wait for announced goods, anywhere or there, the first one first."""
    rows = (
        select(Fulfillment.id)
        .where(
            Fulfillment.status == Status.IN_TRANSFER,
            Fulfillment.promise_inputs[(LACKS, AWAITS)].is_not(None),
        )
        .order_by(Fulfillment.created_at, Fulfillment.id)
    )
    if location_id is not None:
        rows = rows.where(Fulfillment.location_id == location_id)
    return list(session.execute(rows).scalars())


def find_part(session: Session, parcel: FulfillmentFacts) -> PartFacts | None:
    """Return how a parcel is divided while only a part of it is there; None when it is not."""
    if parcel.status is not Status.IN_TRANSFER:
        return None
    owed = {line.sku: line.open for line in parcel.lines if line.open}
    coming = add(still_carried(session, parcel.id), awaited(parcel.promise_inputs))
    here = divide(owed, coming)
    return PartFacts(here, coming) if here and coming else None


def add(some: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Return what two quantities are together, by SKU."""
    return {sku: some.get(sku, 0) + more.get(sku, 0) for sku in (*some, *more)}


def divide(owed: Mapping[str, int], coming: Mapping[str, int]) -> dict[str, int]:
    """Return what of these quantities is not on its way."""
    left = {sku: quantity - coming.get(sku, 0) for sku, quantity in owed.items()}
    return {sku: quantity for sku, quantity in left.items() if quantity > 0}
