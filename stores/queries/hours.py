"""Reads of exceptional days, and of hours that promise nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from stores.models import ExceptionalDays


@dataclass(frozen=True, slots=True)
class ExceptionalFacts:
    """Days on which a location keeps other hours than usual, or none; who said so, and why."""

    id: UUID
    first_day: date
    last_day: date
    hours: str | None
    reason: str
    author_name: str
    created_at: datetime


def list_exceptional(
    session: Session, location_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[ExceptionalFacts]:
    """Return the exceptional days of a location, what was said last first; not those withdrawn."""
    rows = select(ExceptionalDays).where(
        ExceptionalDays.location_id == location_id, ExceptionalDays.withdrawn_at.is_(None)
    )
    if before is not None:
        rows = rows.where(ExceptionalDays.id < before)
    found = session.execute(rows.order_by(ExceptionalDays.id.desc()).limit(limit)).scalars()
    return [_facts(row) for row in found]


def list_coming_exceptional(
    session: Session, location_id: UUID, *, since: date
) -> list[ExceptionalFacts]:
    """Return the exceptional days of a location that are not over on `since`.

    What was said last comes last, and wins where days overlap.
    """
    rows = (
        select(ExceptionalDays)
        .where(
            ExceptionalDays.location_id == location_id,
            ExceptionalDays.withdrawn_at.is_(None),
            ExceptionalDays.last_day >= since,
        )
        .order_by(ExceptionalDays.id)
    )
    return [_facts(row) for row in session.execute(rows).scalars()]


def _facts(row: ExceptionalDays) -> ExceptionalFacts:
    return ExceptionalFacts(
        row.id,
        row.first_day,
        row.last_day,
        row.hours,
        row.reason,
        row.author_name,
        row.created_at,
    )
