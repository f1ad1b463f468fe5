"""Reads of receipts: how far a till is, and which of its numbers never came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from pos_adapter.models import Receipt

LOOK_BACK_DAYS: Final = 31
OVERDUE_H: Final = 24
GAPS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Gap:
    """Receipts that never came, first to last; `since` is when a later one told of it."""

    terminal_id: UUID
    first_seq: int
    last_seq: int
    since: datetime


# A gap ends before a receipt whose predecessor is missing: found without reading the others.
_GAPS = """
    SELECT r.terminal_id, b.seq + 1 AS first_seq, r.seq - 1 AS last_seq, r.recorded_at AS since
    FROM pos_receipt r CROSS JOIN LATERAL (
        SELECT max(p.seq) AS seq FROM pos_receipt p
        WHERE p.terminal_id = r.terminal_id AND p.seq < r.seq) b
    WHERE r.recorded_at > statement_timestamp() - make_interval(days => :days)
      AND b.seq < r.seq - 1
"""
_GAPS_OF = text(f"{_GAPS} AND r.terminal_id = :terminal_id ORDER BY r.seq LIMIT :most")
_OVERDUE = text(
    f"{_GAPS} AND r.recorded_at < statement_timestamp() - make_interval(hours => :hours)"
    " ORDER BY r.recorded_at LIMIT :most"
)


def list_gaps(session: Session, terminal_id: UUID) -> list[Gap]:
    """Return which numbers of a till never came, as the receipts of the last month tell."""
    values = {"terminal_id": terminal_id, "days": LOOK_BACK_DAYS, "most": GAPS_MAX}
    return [Gap(*row) for row in session.execute(_GAPS_OF, values)]


def list_overdue_gaps(session: Session) -> list[Gap]:
    """Return the gaps of every till that are known for a day, the oldest first."""
    values = {"hours": OVERDUE_H, "days": LOOK_BACK_DAYS, "most": GAPS_MAX}
    return [Gap(*row) for row in session.execute(_OVERDUE, values)]


def find_last_seq(session: Session, terminal_id: UUID) -> int | None:
    """Return the highest number a till sent; None when it sent nothing yet."""
    return session.execute(
        select(func.max(Receipt.seq)).where(Receipt.terminal_id == terminal_id)
    ).scalar_one()
