"""What runs low at a location."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models import LowStock, StockLevel
from inventory.queries.levels import select_available

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class LowFacts:
    """A SKU that runs low: how many are available, and since when it was noted, if it was yet."""

    sku: str
    available: int
    since: datetime | None


def list_low(
    session: Session, *, location_id: UUID, units: int, after: str = "", limit: int = PAGE_MAX
) -> list[LowFacts]:
    """Return what a location can still promise, but at most `units` of, by SKU after `after`."""
    here = (
        select_available()
        .where(StockLevel.location_id == location_id, StockLevel.sku > after)
        .subquery("here")
    )
    noted = (LowStock.location_id == location_id) & (LowStock.sku == here.c.sku)
    rows = session.execute(
        select(here.c.sku, here.c.available, LowStock.since)
        .select_from(here)
        .outerjoin(LowStock, noted)
        .where(here.c.available.between(1, units))
        .order_by(here.c.sku)
        .limit(limit)
    )
    return [LowFacts(*row) for row in rows]
