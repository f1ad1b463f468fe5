"""What runs low at a location."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models import LowStock

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class LowFacts:
    """A SKU that runs low: how many were available when it was last looked at, since when."""

    sku: str
    available: int
    since: datetime


def list_low(
    session: Session, *, location_id: UUID, after: str = "", limit: int = PAGE_MAX
) -> list[LowFacts]:
    """Return what runs low at a location by SKU after `after`."""
    rows = session.scalars(
        select(LowStock)
        .where(LowStock.location_id == location_id, LowStock.sku > after)
        .order_by(LowStock.sku)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [LowFacts(row.sku, row.available, row.since) for row in rows]
