"""Time that passes in a replay: the dates of one parcel, or of one question, are moved back.

Deadlines are judged by the database's clock, which nobody can turn. Moving the dates instead lets
the same use cases find that a reminder is due, or that nobody came.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import text

from kernel.db import transaction

_PARCEL: Final = text("""
    UPDATE fulfillment SET ready_at = ready_at - make_interval(days => :days),
        collect_by = collect_by - make_interval(days => :days)
    WHERE id = :id AND status = 'ready'
""")
_LAST_DAY: Final = text("""
    UPDATE fulfillment SET
        ready_at = ready_at - (collect_by - statement_timestamp()) + make_interval(hours => 8),
        collect_by = statement_timestamp() + make_interval(hours => 8)
    WHERE id = :id AND status = 'ready'
""")
_CHOICE: Final = text("""
    UPDATE choice SET opened_at = opened_at - (answer_by - statement_timestamp()),
        answer_by = statement_timestamp() - make_interval(secs => 1)
    WHERE id = :id AND answered_at IS NULL
""")


def let_days_pass(fulfillment_id: UUID, *, days: int) -> None:
    """A ready parcel has waited so many days longer."""
    with transaction() as session:
        session.execute(_PARCEL, {"id": fulfillment_id, "days": days})


def reach_last_day(fulfillment_id: UUID) -> None:
    """A ready parcel is kept for eight hours more."""
    with transaction() as session:
        session.execute(_LAST_DAY, {"id": fulfillment_id})


def let_answer_pass(choice_id: UUID) -> None:
    """Nobody answered in time what to do with a rejected parcel."""
    with transaction() as session:
        session.execute(_CHOICE, {"id": choice_id})
