"""Reads of levels and of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from inventory.errors import NoStockRecord
from inventory.models import Reservation, StockLevel, StockMovement
from inventory.queries.holding import select_given_back

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
    found = _read(session, StockLevel.location_id == location_id, StockLevel.sku == sku)
    if not found:
        raise NoStockRecord(sku=sku)
    return found[0]


def list_levels(
    session: Session,
    *,
    location_id: UUID,
    skus: Sequence[str] = (),
    after: str = "",
    limit: int = PAGE_MAX,
) -> list[LevelFacts]:
    """Return levels of a location by SKU after `after`; only those of `skus` when given."""
    wanted = [StockLevel.location_id == location_id, StockLevel.sku > after]
    if skus:
        wanted.append(StockLevel.sku.in_(skus))
    return _read(session, *wanted, limit=limit)


def list_levels_of(session: Session, sku: str) -> list[LevelFacts]:
    """Return the levels of one SKU at every location that ever had it."""
    return _read(session, StockLevel.sku == sku)


def sum_levels(
    session: Session, *, skus: Sequence[str], location_ids: Sequence[UUID]
) -> dict[str, tuple[int, int]]:
    """Return on hand and available of each SKU over these locations, in base units."""
    available, given_back = _available()
    rows = session.execute(
        select(StockLevel.sku, func.sum(StockLevel.on_hand), func.sum(available))
        .outerjoin(given_back, _same(given_back))
        .where(StockLevel.sku.in_(skus), StockLevel.location_id.in_(location_ids))
        .group_by(StockLevel.sku)
    )
    return {sku: (int(on_hand), int(left)) for sku, on_hand, left in rows}


def select_available() -> Select[UUID, str, int]:
    """Return the statement of what every location has available of each SKU, for others to join.

    Its columns are `location_id`, `sku` and `available`, in base units.
    """
    available, given_back = _available()
    return select(StockLevel.location_id, StockLevel.sku, available.label("available")).outerjoin(
        given_back, _same(given_back)
    )


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


def _read(
    session: Session, *wanted: ColumnElement[bool], limit: int | None = None
) -> list[LevelFacts]:
    """Return levels by SKU; what holds that are over held counts as available."""
    available, given_back = _available()
    rows = session.execute(
        select(
            StockLevel.location_id,
            StockLevel.sku,
            StockLevel.on_hand,
            StockLevel.reserved,
            StockLevel.quarantined,
            StockLevel.safety_stock,
            available,
        )
        .outerjoin(given_back, _same(given_back))
        .where(*wanted)
        .order_by(StockLevel.sku)
        .limit(limit)
    )
    return [LevelFacts(*row) for row in rows]


def _available() -> tuple[ColumnElement[int], CTE]:
    given_back = select_given_back()
    free = StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined
    more = func.coalesce(given_back.c.quantity, 0)
    return func.greatest(free - StockLevel.safety_stock + more, 0), given_back


def _same(given_back: CTE) -> ColumnElement[bool]:
    return and_(
        given_back.c.location_id == StockLevel.location_id, given_back.c.sku == StockLevel.sku
    )
