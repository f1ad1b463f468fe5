"""Invariant checks: queries that must return no rows, run by `comptoir check` and after tests."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant: its id, what a row of `sql` would mean, and the query itself."""

    id: str
    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: how many rows break it, and some of them."""

    check: Check
    count: int
    sample: tuple[str, ...]


def run_check(session: Session, check: Check) -> Finding | None:
    """Return what breaks an invariant; None when it holds."""
    rows = session.execute(text(check.sql)).all()
    if not rows:
        return None
    sample = tuple(str(dict(row._mapping)) for row in rows[:SAMPLE_ROWS])  # noqa: SLF001 (public API of SQLAlchemy)
    return Finding(check, len(rows), sample)
