"""Reads of levels and of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.errors import NoStockRecord
from inventory.models import Reservation, StockLevel, StockMovement

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """What one location has of one SKU, in base units; `available` is what may be promised."""

    location_id: UUID
    sku: str
    on_hand: int
    reserved: int
    quarantined: int
    safety_stock: int
    available: int


@dataclass(frozen=True, slots=True)
class MovementFacts:
    """One line of the ledger."""

    id: int
    kind: str
    on_hand_delta: int
    reserved_delta: int
    quarantined_delta: int
    cause: str
    cause_id: UUID | None
    reason: str | None
    recorded_at: datetime


def get_level(session: Session, *, location_id: UUID, sku: str) -> LevelFacts:
    """Return the level of one SKU at one location.

    Raises NoStockRecord.
    """
    level = session.get(StockLevel, (location_id, sku))
    if level is None:
        raise NoStockRecord(sku=sku)
    return _level(level)


def list_levels(
    session: Session,
    *,
    location_id: UUID,
    skus: Sequence[str] = (),
    after: str = "",
    limit: int = PAGE_MAX,
) -> list[LevelFacts]:
    """Return levels of a location by SKU after `after`; only those of `skus` when given."""
    rows = select(StockLevel).where(StockLevel.location_id == location_id, StockLevel.sku > after)
    if skus:
        rows = rows.where(StockLevel.sku.in_(skus))
    return [
        _level(level)
        for level in session.execute(rows.order_by(StockLevel.sku).limit(limit)).scalars()
    ]


def list_levels_of(session: Session, sku: str) -> list[LevelFacts]:
    """Return the levels of one SKU at every location that ever had it."""
    rows = session.execute(select(StockLevel).where(StockLevel.sku == sku)).scalars()
    return [_level(level) for level in rows]


def sum_levels(
    session: Session, *, skus: Sequence[str], location_ids: Sequence[UUID]
) -> dict[str, tuple[int, int]]:
    """Return on hand and available of each SKU over these locations, in base units."""
    free = StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined
    available = func.greatest(free - StockLevel.safety_stock, 0)
    rows = session.execute(
        select(StockLevel.sku, func.sum(StockLevel.on_hand), func.sum(available))
        .where(StockLevel.sku.in_(skus), StockLevel.location_id.in_(location_ids))
        .group_by(StockLevel.sku)
    )
    return {sku: (int(on_hand), int(left)) for sku, on_hand, left in rows}


def list_movements(
    session: Session, *, location_id: UUID, sku: str, before: int | None = None, limit: int = 100
) -> list[MovementFacts]:
    """Return the ledger of one SKU at one location, newest first, before line `before`."""
    rows = select(StockMovement).where(
        StockMovement.location_id == location_id, StockMovement.sku == sku
    )
    if before is not None:
        rows = rows.where(StockMovement.id < before)
    return [
        MovementFacts(
            row.id,
            row.kind.value,
            row.on_hand_delta,
            row.reserved_delta,
            row.quarantined_delta,
            row.cause.value,
            row.cause_id,
            row.reason,
            row.recorded_at,
        )
        for row in session.execute(rows.order_by(StockMovement.id.desc()).limit(limit)).scalars()
    ]


def list_reserved(session: Session, fulfillment_id: UUID) -> dict[str, int]:
    """Return what stock still owes a fulfillment, by SKU."""
    rows = session.execute(
        select(Reservation.sku, Reservation.quantity).where(
            Reservation.fulfillment_id == fulfillment_id, Reservation.quantity > 0
        )
    )
    return {row.sku: row.quantity for row in rows}


def _level(row: StockLevel) -> LevelFacts:
    return LevelFacts(
        row.location_id,
        row.sku,
        row.on_hand,
        row.reserved,
        row.quarantined,
        row.safety_stock,
        max(row.on_hand - row.reserved - row.quarantined - row.safety_stock, 0),
    )
