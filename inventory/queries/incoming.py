"""Reads of what is expected to come in."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, tuple_
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


@dataclass(frozen=True, slots=True)
class ArrivalFacts:
    """What a location expects on a day under one reference of a supplier, summed up."""

    expected_on: date
    reference: str | None
    skus: int
    units: int


def list_arrivals(
    session: Session, *, location_id: UUID, until: date, limit: int = PAGE_MAX
) -> list[ArrivalFacts]:
    """Return what a location expects of its suppliers up to a day, the oldest day first.

    What comes by a transfer is received as that.
    """
    rows = session.execute(
        select(
            Incoming.expected_on,
            Incoming.reference,
            func.count(Incoming.sku.distinct()),
            func.sum(func.greatest(Incoming.quantity - Incoming.received, 0)),
        )
        .where(
            Incoming.location_id == location_id,
            Incoming.closed_at.is_(None),
            Incoming.transfer_id.is_(None),
            Incoming.expected_on <= until,
        )
        .group_by(Incoming.expected_on, Incoming.reference)
        .order_by(Incoming.expected_on, Incoming.reference)
        .limit(limit)
    )
    return [ArrivalFacts(on, reference, skus, int(units)) for on, reference, skus, units in rows]


def list_arrival(
    session: Session, *, location_id: UUID, expected_on: date, reference: str | None
) -> list[IncomingFacts]:
    """Return what is still to come of one arrival of `list_arrivals`, by SKU."""
    rows = session.execute(
        select(Incoming)
        .where(
            Incoming.location_id == location_id,
            Incoming.closed_at.is_(None),
            Incoming.transfer_id.is_(None),
            Incoming.expected_on == expected_on,
            Incoming.reference.is_not_distinct_from(reference),
        )
        .order_by(Incoming.sku, Incoming.id)
    ).scalars()
    return [incoming_facts(row) for row in rows]


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
        incoming_facts(row)
        for row in session.execute(
            rows.order_by(Incoming.expected_on, Incoming.id).limit(limit)
        ).scalars()
    ]


def incoming_facts(row: Incoming) -> IncomingFacts:
    """Return what a row says."""
    return IncomingFacts(
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
