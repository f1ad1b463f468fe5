"""Reads of what stock gives people to do: how much of it at each location, and what runs short."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from inventory.commands import CountStatus, TransferStatus
from inventory.models import CountTask, Incoming, ShortageCase, StockCount, StockLevel, Transfer
from inventory.queries.levels import LevelFacts, select_available
from kernel.clock import DB_NOW

PAGE_MAX: Final = 100
ON_THE_WAY: Final = (TransferStatus.SENT, TransferStatus.PART_RECEIVED)
OPEN_COUNTS: Final = (CountStatus.OPEN, CountStatus.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Work:
    """How much waits at a location; `late` of the tasks and shortages are past their deadline.

    `to_decide` of the `counts` wait for approval, `transfers` are on their way to it or drafts that
    leave it, `incoming` is how many SKUs it expects.
    """

    tasks: int = 0
    shortages: int = 0
    late: int = 0
    counts: int = 0
    to_decide: int = 0
    transfers: int = 0
    incoming: int = 0


def count_work(session: Session, *, location_ids: Sequence[UUID] | None = None) -> dict[UUID, Work]:
    """Return how much waits at each location; those without work are left out."""
    submitted = StockCount.status == CountStatus.SUBMITTED
    parts = [
        _part("tasks", CountTask.location_id, CountTask.due_at < DB_NOW).where(
            CountTask.closed_at.is_(None)
        ),
        _part("shortages", ShortageCase.location_id, ShortageCase.due_at < DB_NOW).where(
            ShortageCase.closed_at.is_(None)
        ),
        _part("counts", StockCount.location_id, submitted).where(
            StockCount.status.in_(OPEN_COUNTS)
        ),
        _part("transfers", Transfer.to_id).where(Transfer.status.in_(ON_THE_WAY)),
        _part("transfers", Transfer.from_id).where(Transfer.status == TransferStatus.DRAFT),
        _part("incoming", Incoming.location_id).where(Incoming.closed_at.is_(None)),
    ]
    rows = union_all(*parts).subquery("work")
    wanted = select(rows.c.location_id, rows.c.part, func.count(), func.sum(rows.c.pressing))
    if location_ids is not None:
        wanted = wanted.where(rows.c.location_id.in_(location_ids))
    found: dict[UUID, dict[str, int]] = {}
    for location_id, part, count, pressing in session.execute(
        wanted.group_by(rows.c.location_id, rows.c.part)
    ):
        here = found.setdefault(location_id, {})
        here[part] = count
        counted = "to_decide" if part == "counts" else "late"
        here[counted] = here.get(counted, 0) + int(pressing)
    return {location_id: Work(**here) for location_id, here in found.items()}


def list_scarce(
    session: Session,
    *,
    location_id: UUID,
    units: int,
    after: str = "",
    limit: int = PAGE_MAX,
) -> list[LevelFacts]:
    """Return what a location carries with at most `units` available, by SKU after `after`."""
    here = (
        select_available()
        .where(StockLevel.location_id == location_id, StockLevel.sku > after)
        .subquery("here")
    )
    level = StockLevel
    rows = session.execute(
        select(
            level.location_id,
            level.sku,
            level.on_hand,
            level.reserved,
            level.quarantined,
            level.safety_stock,
            here.c.available,
        )
        .join(here, (here.c.location_id == level.location_id) & (here.c.sku == level.sku))
        .where(here.c.available <= units)
        .order_by(level.sku)
        .limit(limit)
    )
    return [LevelFacts(*row) for row in rows]


def _part(
    name: str, location_id: InstrumentedAttribute[UUID], pressing: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    return select(
        location_id.label("location_id"),
        literal(name).label("part"),
        case((false() if pressing is None else pressing, 1), else_=0).label("pressing"),
    )
