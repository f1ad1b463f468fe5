"""Reads of what is expected to come in."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from inventory.models import Incoming

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class IncomingFacts:
    """What a location expects of a SKU on a day; `open` units have not come in yet.

    With a `transfer_id` it comes from another location, and `reference` is the transfer's number.
    """

    id: UUID
    location_id: UUID
    sku: str
    quantity: int
    received: int
    open: int
    expected_on: date
    reference: str | None
    transfer_id: UUID | None


def list_incoming(
    session: Session,
    *,
    location_id: UUID,
    sku: str | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = PAGE_MAX,
) -> list[IncomingFacts]:
    """Return what a location still expects, the oldest day first; only of `sku` when given."""
    rows = select(Incoming).where(Incoming.location_id == location_id, Incoming.closed_at.is_(None))
    if sku is not None:
        rows = rows.where(Incoming.sku == sku)
    if after is not None:
        rows = rows.where(tuple_(Incoming.expected_on, Incoming.id) > after)
    return [
        IncomingFacts(
            row.id,
            row.location_id,
            row.sku,
            row.quantity,
            row.received,
            max(row.quantity - row.received, 0),
            row.expected_on,
            row.reference,
            row.transfer_id,
        )
        for row in session.execute(
            rows.order_by(Incoming.expected_on, Incoming.id).limit(limit)
        ).scalars()
    ]
