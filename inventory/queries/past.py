"""Levels at any past moment: the sum of the ledger until then."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from inventory.models import StockLevel, StockMovement
from inventory.queries.levels import LevelFacts

PAGE_MAX = 100

_ON_HAND = func.sum(StockMovement.on_hand_delta).label("on_hand")
_RESERVED = func.sum(StockMovement.reserved_delta).label("reserved")
_QUARANTINED = func.sum(StockMovement.quarantined_delta).label("quarantined")


@dataclass(frozen=True, slots=True)
class Differing:
    """A level that is not the sum of its ledger: what it says, and what the ledger says."""

    location_id: UUID
    sku: str
    level: tuple[int, int, int]
    ledger: tuple[int, int, int]


def level_at(session: Session, *, location_id: UUID, sku: str, at: datetime) -> LevelFacts:
    """Return what a location had of a SKU at a past instant.

    What was kept back then is not in the ledger: safety stock is said to be 0.
    """
    row = session.execute(
        _summed(location_id, at).where(StockMovement.sku == sku).group_by(StockMovement.sku)
    ).one_or_none()
    return _level(location_id, sku, row)


def list_levels_at(
    session: Session,
    *,
    location_id: UUID,
    at: datetime,
    skus: Sequence[str] = (),
    after: str = "",
    limit: int = PAGE_MAX,
) -> list[LevelFacts]:
    """Return what a location had at a past instant, by SKU after `after`; as `level_at`.

    Only of `skus` when there are any.
    """
    wanted = StockMovement.sku.in_(skus) if skus else true()
    rows = session.execute(
        _summed(location_id, at)
        .where(StockMovement.sku > after, wanted)
        .group_by(StockMovement.sku)
        .order_by(StockMovement.sku)
        .limit(limit)
    )
    return [_level(location_id, row.sku, row) for row in rows]


def list_levels_until(
    session: Session, *, location_id: UUID, xid: int, after: str = "", limit: int = PAGE_MAX
) -> list[LevelFacts]:
    """Return the sum of a location's ledger before transaction `xid`, by SKU after `after`."""
    rows = session.execute(
        select(StockMovement.sku, _ON_HAND, _RESERVED, _QUARANTINED)
        .where(
            StockMovement.location_id == location_id,
            StockMovement.xid < xid,
            StockMovement.sku > after,
        )
        .group_by(StockMovement.sku)
        .order_by(StockMovement.sku)
        .limit(limit)
    )
    return [_level(location_id, row.sku, row) for row in rows]


def levels_at_moments(
    session: Session, *, skus: Sequence[str], moments: Sequence[datetime]
) -> Iterator[Mapping[UUID, Mapping[str, int]]]:
    """Yield what each location could give of these SKUs just before each moment, in two statements.

    Moments rise. What is yielded goes on changing: read it before the next. What was kept back then
    is not in the ledger: what is kept back now is taken for it.
    """
    if not moments:
        return
    free = StockMovement.on_hand_delta - StockMovement.reserved_delta
    free -= StockMovement.quarantined_delta
    known = select(StockMovement.location_id, StockMovement.sku).where(StockMovement.sku.in_(skus))
    level: dict[UUID, dict[str, int]] = {}
    before = (
        known.add_columns(func.sum(free), func.max(func.coalesce(StockLevel.safety_stock, 0)))
        .outerjoin(
            StockLevel,
            and_(
                StockLevel.location_id == StockMovement.location_id,
                StockLevel.sku == StockMovement.sku,
            ),
        )
        .where(StockMovement.recorded_at < moments[0])
        .group_by(StockMovement.location_id, StockMovement.sku)
    )
    for location_id, sku, units, kept in session.execute(before):
        level.setdefault(location_id, {})[sku] = int(units) - int(kept)
    moved = deque(
        session.execute(
            known.add_columns(StockMovement.recorded_at, free)
            .where(StockMovement.recorded_at >= moments[0], StockMovement.recorded_at < moments[-1])
            .order_by(StockMovement.recorded_at)
        )
    )
    for moment in moments:
        while moved and moved[0][2] < moment:
            location_id, sku, _at, units = moved.popleft()
            there = level.setdefault(location_id, {})
            there[sku] = there.get(sku, 0) + int(units)
        yield level


def list_differing(
    session: Session, *, location_id: UUID, limit: int = PAGE_MAX
) -> list[Differing]:
    """Return levels of a location that are not the sum of their ledger, by SKU."""
    ledger = (
        select(StockMovement.sku, _ON_HAND, _RESERVED, _QUARANTINED)
        .where(StockMovement.location_id == location_id)
        .group_by(StockMovement.sku)
        .subquery("ledger")
    )
    level = (
        select(StockLevel.sku, StockLevel.on_hand, StockLevel.reserved, StockLevel.quarantined)
        .where(StockLevel.location_id == location_id)
        .subquery("level")
    )
    figures = ("on_hand", "reserved", "quarantined")
    ours = [func.coalesce(level.c[each], 0) for each in figures]
    theirs = [func.coalesce(ledger.c[each], 0) for each in figures]
    sku = func.coalesce(level.c.sku, ledger.c.sku)
    rows = session.execute(
        select(sku, *ours, *theirs)
        .select_from(level.join(ledger, level.c.sku == ledger.c.sku, full=True))
        .where(or_(*(one != other for one, other in zip(ours, theirs, strict=True))))
        .order_by(sku)
        .limit(limit)
    )
    return [
        Differing(
            location_id,
            row[0],
            (int(row[1]), int(row[2]), int(row[3])),
            (int(row[4]), int(row[5]), int(row[6])),
        )
        for row in rows
    ]


def _summed(location_id: UUID, at: datetime) -> Select[*tuple[Any, ...]]:
    return select(StockMovement.sku, _ON_HAND, _RESERVED, _QUARANTINED).where(
        StockMovement.location_id == location_id, StockMovement.recorded_at <= at
    )


def _level(location_id: UUID, sku: str, row: Any) -> LevelFacts:  # noqa: ANN401 (a row)
    if row is None:
        return LevelFacts(location_id, sku, 0, 0, 0, 0, 0)
    on_hand, reserved, quarantined = int(row.on_hand), int(row.reserved), int(row.quarantined)
    free = max(on_hand - reserved - quarantined, 0)
    return LevelFacts(location_id, sku, on_hand, reserved, quarantined, 0, free)
