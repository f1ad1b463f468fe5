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
_THOUGHT: Final = text("""
    UPDATE fulfillment SET release_at = statement_timestamp() - make_interval(secs => 1)
    WHERE id = :id AND status = 'new' AND release_at > statement_timestamp()
""")
_LINK_REMINDER: Final = text("""
    UPDATE pay_link SET remind_at = statement_timestamp() - make_interval(secs => 1)
    WHERE order_id = :order_id AND ended_at IS NULL AND reminded_at IS NULL
""")
_LINK_OVER: Final = text("""
    UPDATE pay_link SET pay_by = statement_timestamp() - make_interval(secs => 1)
    WHERE order_id = :order_id AND ended_at IS NULL
""")
_UNPAID: Final = text("""
    UPDATE fulfillment SET pending_until = statement_timestamp() - make_interval(secs => 1)
    WHERE order_id = :order_id AND status = 'pending'
""")
_UNCONFIRMED: Final = text("""
    UPDATE fulfillment SET accept_by = statement_timestamp() - make_interval(secs => 1)
    WHERE id = :id AND status = 'new'
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


def let_thinking_pass(fulfillment_id: UUID) -> None:
    """Its customer has had the time to think again: the store sees it."""
    with transaction() as session:
        session.execute(_THOUGHT, {"id": fulfillment_id})


def let_reminder_fall_due(order_id: UUID) -> None:
    """Most of the time in which a link can be paid has passed."""
    with transaction() as session:
        session.execute(_LINK_REMINDER, {"order_id": order_id})


def let_payment_lapse(order_id: UUID) -> None:
    """Nobody paid an order that waits for its money."""
    with transaction() as session:
        session.execute(_LINK_OVER, {"order_id": order_id})
        session.execute(_UNPAID, {"order_id": order_id})


def let_confirmation_lapse(fulfillment_id: UUID) -> None:
    """The store did not say in time that it keeps what was reserved."""
    with transaction() as session:
        session.execute(_UNCONFIRMED, {"id": fulfillment_id})
