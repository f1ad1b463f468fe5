"""Reads of transfers, and the shapes others may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

import stores.queries
from inventory.commands import Direction, TransferStatus
from inventory.errors import UnknownTransfer
from inventory.models import Transfer, TransferLine
from kernel.actors import Actor

PAGE_MAX = 100
_OPEN = (TransferStatus.DRAFT, TransferStatus.SENT, TransferStatus.PART_RECEIVED)


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A transfer: from where to where, how far, and its sums over all SKUs in base units."""

    id: UUID
    number: str
    from_id: UUID
    from_code: str
    from_name: str
    to_id: UUID
    to_code: str
    to_name: str
    status: str
    note: str | None
    created_by_name: str
    created_at: datetime
    sent_at: datetime | None
    expected_on: date | None
    ended_at: datetime | None
    skus: int
    quantity: int
    sent: int
    received: int
    missing: int
    fulfillment_id: UUID | None = None
    """For whom it carries its goods, where it does."""


@dataclass(frozen=True, slots=True)
class TransferLineFacts:
    """One SKU of a transfer; `open` is still on the way, `surplus` arrived beyond what was sent."""

    sku: str
    quantity: int
    sent: int
    received: int
    open: int
    surplus: int
    missing: int
    missing_reason: str | None


def list_transfers(
    session: Session,
    *,
    location_id: UUID,
    direction: Direction = Direction.BOTH,
    statuses: Sequence[TransferStatus] = (),
    before: UUID | None = None,
    limit: int = PAGE_MAX,
) -> list[TransferFacts]:
    """Return transfers that leave or reach a location, newest first."""
    leaves, reaches = Transfer.from_id == location_id, Transfer.to_id == location_id
    rows = _transfers().where(
        {Direction.OUT: leaves, Direction.IN: reaches}.get(direction, or_(leaves, reaches))
    )
    if statuses:
        rows = rows.where(Transfer.status.in_(statuses))
    if before is not None:
        rows = rows.where(Transfer.id < before)
    found = session.execute(rows.order_by(Transfer.id.desc()).limit(limit)).all()
    return _with_places(session, found)


def get_transfer(session: Session, transfer_id: UUID, *, actor: Actor) -> TransferFacts:
    """Return a transfer.

    Raises UnknownTransfer, also when neither end is the actor's.
    """
    found = session.execute(_transfers().where(Transfer.id == transfer_id)).all()
    for facts in _with_places(session, found):
        if actor.sees_location(facts.from_id) or actor.sees_location(facts.to_id):
            return facts
    raise UnknownTransfer(transfer_id=str(transfer_id))


def list_carrying(
    session: Session, fulfillment_id: UUID, *, open_only: bool = False
) -> list[TransferFacts]:
    """Return the transfers that carry, or carried, goods for a fulfillment, oldest first."""
    rows = _transfers().where(Transfer.fulfillment_id == fulfillment_id)
    if open_only:
        rows = rows.where(Transfer.status.in_(_OPEN))
    return _with_places(session, session.execute(rows.order_by(Transfer.id)).all())


def list_transfer_lines(session: Session, transfer_id: UUID) -> list[TransferLineFacts]:
    """Return the lines of a transfer by SKU."""
    rows = session.execute(
        select(TransferLine)
        .where(TransferLine.transfer_id == transfer_id)
        .order_by(TransferLine.sku)
    ).scalars()
    return [
        TransferLineFacts(
            line.sku,
            line.quantity,
            line.sent,
            line.received,
            max(line.sent - line.received - line.missing, 0),
            max(line.received - line.sent, 0),
            line.missing,
            line.missing_reason,
        )
        for line in rows
    ]


def _transfers() -> Select[*tuple[Any, ...]]:
    line = TransferLine
    sums = (
        select(
            func.count().label("skus"),
            *(
                func.coalesce(func.sum(column), 0).label(column.key)
                for column in (line.quantity, line.sent, line.received, line.missing)
            ),
        )
        .where(line.transfer_id == Transfer.id)
        .lateral("sums")
    )
    return select(Transfer, sums).join(sums, sums.c.skus >= 0)


def _with_places(session: Session, rows: Sequence[Any]) -> list[TransferFacts]:
    names = _names(session, {end for row in rows for end in (row[0].from_id, row[0].to_id)})
    return [
        TransferFacts(
            row.Transfer.id,
            row.Transfer.number,
            row.Transfer.from_id,
            *names[row.Transfer.from_id],
            row.Transfer.to_id,
            *names[row.Transfer.to_id],
            row.Transfer.status.value,
            row.Transfer.note,
            row.Transfer.created_by_name,
            row.Transfer.created_at,
            row.Transfer.sent_at,
            row.Transfer.expected_on,
            row.Transfer.ended_at,
            row.skus,
            int(row.quantity),
            int(row.sent),
            int(row.received),
            int(row.missing),
            row.Transfer.fulfillment_id,
        )
        for row in rows
    ]


def _names(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return code and name of each location, also of those that are closed by now."""
    wanted = set(ids)
    places = stores.queries.select_stores()
    rows = session.execute(places.where(places.selected_columns.location_id.in_(wanted)))
    names = {row.location_id: (row.store_code, row.store_name) for row in rows}
    for location_id in wanted - set(names):
        closed = stores.queries.get_store_by_id(session, location_id)
        names[location_id] = (closed.code, closed.name)
    return names
