"""Reads of what has to be counted, of counts, and of shortages.

A count is blind: until it is submitted nobody is told what the books say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from inventory.commands import CountStatus
from inventory.errors import UnknownCount
from inventory.models import CountTask, ShortageCase, StockCount, StockCountLine
from kernel.actors import Actor
from kernel.clock import DB_NOW

PAGE_MAX = 100
BLIND: Final = frozenset({CountStatus.OPEN, CountStatus.CANCELLED})
"""States of a count in which the books' figures are kept from those who count."""


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A SKU that somebody has to count, why, until when, and who does; overdue by the database."""

    id: UUID
    location_id: UUID
    sku: str
    cause: str
    note: str | None
    owner_id: UUID | None
    owner_name: str | None
    opened_at: datetime
    due_at: datetime
    overdue: bool
    count_id: UUID | None


@dataclass(frozen=True, slots=True)
class ShortageFacts:
    """More of a SKU is promised than is there, by `missing` units: who finds a way out, by when."""

    id: UUID
    location_id: UUID
    sku: str
    missing: int
    owner_id: UUID | None
    owner_name: str | None
    opened_at: datetime
    due_at: datetime
    overdue: bool
    closed_at: datetime | None
    closed_by_name: str | None
    resolution: str | None


@dataclass(frozen=True, slots=True)
class CountFacts:
    """A count: where, who, when, how far; `differing` SKUs are told once it is submitted."""

    id: UUID
    location_id: UUID
    status: str
    note: str | None
    opened_by: UUID | None
    opened_by_name: str
    opened_at: datetime
    submitted_at: datetime | None
    decided_by_name: str | None
    decided_at: datetime | None
    skus: int
    counted: int
    differing: int | None


@dataclass(frozen=True, slots=True)
class CountLineFacts:
    """One SKU of a count, in base units.

    The shelf is compared with what was on hand less what lay in bins when it was counted; all but
    `counted` is None while the count is blind.
    """

    sku: str
    counted: int | None
    counted_at: datetime | None
    on_hand: int | None
    in_bins: int | None
    shelf: int | None
    difference: int | None


def list_tasks(
    session: Session,
    *,
    location_id: UUID,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_MAX,
) -> list[TaskFacts]:
    """Return what a location has to count, what is overdue longest first."""
    rows = select(CountTask, (CountTask.due_at < DB_NOW).label("overdue")).where(
        CountTask.location_id == location_id, CountTask.closed_at.is_(None)
    )
    if after is not None:
        rows = rows.where(tuple_(CountTask.due_at, CountTask.id) > after)
    return [
        TaskFacts(
            task.id,
            task.location_id,
            task.sku,
            task.cause.value,
            task.note,
            task.owner_id,
            task.owner_name,
            task.opened_at,
            task.due_at,
            overdue,
            task.count_id,
        )
        for task, overdue in session.execute(
            rows.order_by(CountTask.due_at, CountTask.id).limit(limit)
        )
    ]


def is_short(session: Session, shortage_id: UUID) -> bool:
    """Tell whether a shortage is open still."""
    rows = select(ShortageCase.id).where(
        ShortageCase.id == shortage_id, ShortageCase.closed_at.is_(None)
    )
    return session.execute(rows).first() is not None


def list_shortages(
    session: Session,
    *,
    location_id: UUID,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_MAX,
    closed: bool = False,
) -> list[ShortageFacts]:
    """Return the open shortages of a location (or those that are over), by their deadlines."""
    ended = ShortageCase.closed_at.is_not(None) if closed else ShortageCase.closed_at.is_(None)
    late = ShortageCase.due_at < func.coalesce(ShortageCase.closed_at, DB_NOW)
    rows = select(ShortageCase, late.label("overdue")).where(
        ShortageCase.location_id == location_id, ended
    )
    if after is not None:
        rows = rows.where(tuple_(ShortageCase.due_at, ShortageCase.id) > after)
    return [
        ShortageFacts(
            case.id,
            case.location_id,
            case.sku,
            case.missing,
            case.owner_id,
            case.owner_name,
            case.opened_at,
            case.due_at,
            overdue,
            case.closed_at,
            case.closed_by_name,
            case.resolution,
        )
        for case, overdue in session.execute(
            rows.order_by(ShortageCase.due_at, ShortageCase.id).limit(limit)
        )
    ]


def list_counts(
    session: Session,
    *,
    location_id: UUID,
    statuses: Sequence[CountStatus] = (),
    before: UUID | None = None,
    limit: int = PAGE_MAX,
) -> list[CountFacts]:
    """Return the counts of a location, newest first; only those in `statuses` when given."""
    rows = _counts().where(StockCount.location_id == location_id)
    if statuses:
        rows = rows.where(StockCount.status.in_(statuses))
    if before is not None:
        rows = rows.where(StockCount.id < before)
    found = session.execute(rows.order_by(StockCount.id.desc()).limit(limit))
    return [_count(row) for row in found]


def get_count(session: Session, count_id: UUID, *, actor: Actor) -> CountFacts:
    """Return a count.

    Raises UnknownCount, also for counts of stores that are not the actor's.
    """
    row = session.execute(_counts().where(StockCount.id == count_id)).one_or_none()
    if row is None or not actor.sees_location(row.StockCount.location_id):
        raise UnknownCount(count_id=str(count_id))
    return _count(row)


def list_count_lines(
    session: Session, count: CountFacts, *, after: str = "", limit: int = PAGE_MAX
) -> list[CountLineFacts]:
    """Return lines of a count by SKU after `after`; what the books say only when not blind."""
    rows = session.execute(
        select(StockCountLine)
        .where(StockCountLine.count_id == count.id, StockCountLine.sku > after)
        .order_by(StockCountLine.sku)
        .limit(limit)
    ).scalars()
    blind = CountStatus(count.status) in BLIND
    return [_line(row, blind=blind) for row in rows]


def _counts() -> Select[*tuple[Any, ...]]:
    line = StockCountLine
    sums = (
        select(
            func.count().label("skus"),
            func.count(line.counted).label("counted"),
            func.count().filter(line.counted != line.shelf).label("differing"),
        )
        .where(line.count_id == StockCount.id)
        .lateral("sums")
    )
    return (
        select(StockCount, sums.c.skus, sums.c.counted, sums.c.differing)
        .select_from(StockCount)
        .join(sums, sums.c.skus >= 0)
    )


def _count(row: Any) -> CountFacts:  # noqa: ANN401 (a row of `_counts`)
    count: StockCount = row.StockCount
    return CountFacts(
        count.id,
        count.location_id,
        count.status.value,
        count.note,
        count.opened_by,
        count.opened_by_name,
        count.opened_at,
        count.submitted_at,
        count.decided_by_name,
        count.decided_at,
        row.skus,
        row.counted,
        None if count.status in BLIND else row.differing,
    )


def _line(row: StockCountLine, *, blind: bool) -> CountLineFacts:
    if blind or row.counted is None or row.shelf is None:
        return CountLineFacts(row.sku, row.counted, row.counted_at, None, None, None, None)
    return CountLineFacts(
        row.sku,
        row.counted,
        row.counted_at,
        row.shelf + row.in_bins,
        row.in_bins,
        row.shelf,
        row.counted - row.shelf,
    )
