"""The ledger with its running figures: what stood after each line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from inventory.models import StockMovement
from inventory.queries.levels import MovementFacts, list_movements

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the ledger, and what was on hand, reserved and doubted once it was written."""

    movement: MovementFacts
    on_hand: int
    reserved: int
    quarantined: int


def list_ledger(
    session: Session,
    *,
    location_id: UUID,
    sku: str,
    at: datetime | None = None,
    before: int | None = None,
    limit: int = PAGE_MAX,
) -> list[LedgerLine]:
    """Return the ledger of one SKU at one location, newest first, with its running figures.

    With `at`, what was known at that instant; with `before`, lines older than that one.
    """
    here = (StockMovement.location_id == location_id, StockMovement.sku == sku)
    newest = _newest(session, here, at)
    if newest is None:
        return []
    until = min(newest + 1, before or newest + 1)
    lines = list_movements(session, location_id=location_id, sku=sku, before=until, limit=limit)
    row = session.execute(
        select(
            func.coalesce(func.sum(StockMovement.on_hand_delta), 0),
            func.coalesce(func.sum(StockMovement.reserved_delta), 0),
            func.coalesce(func.sum(StockMovement.quarantined_delta), 0),
        ).where(*here, StockMovement.id < until)
    ).one()
    on_hand, reserved, quarantined = (int(each) for each in row)
    found = []
    for line in lines:
        found.append(LedgerLine(line, on_hand, reserved, quarantined))
        on_hand -= line.on_hand_delta
        reserved -= line.reserved_delta
        quarantined -= line.quarantined_delta
    return found


def _newest(
    session: Session, here: tuple[ColumnElement[bool], ...], at: datetime | None
) -> int | None:
    last: Any = select(func.max(StockMovement.id)).where(*here)
    if at is not None:
        last = last.where(StockMovement.recorded_at <= at)
    found: int | None = session.execute(last).scalar_one()
    return found
