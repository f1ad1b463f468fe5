"""Reads of what shoppers may choose after a store rejected their parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

import inventory.queries
from kernel.clock import DB_NOW
from orders.commands import Answer, Status
from orders.errors import UnknownChoice
from orders.models import Choice, Fulfillment, FulfillmentLine


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    """What may be chosen until when, what holds otherwise, and what was chosen by whom.

    `answered_by` is `customer`, `deadline`, or the name of somebody of the staff.
    """

    id: UUID
    fulfillment_id: UUID
    order_id: UUID
    location_id: UUID
    reason: str
    opened_at: datetime
    answer_by: datetime
    fallback: Answer
    answer: Answer | None
    answered_at: datetime | None
    answered_by: str | None
    wait_until: datetime | None
    settled_at: datetime | None

    @property
    def open(self) -> bool:
        """Tell whether it can still be made."""
        return self.answered_at is None

    @property
    def waits(self) -> bool:
        """Tell whether the shopper waits for the goods to be back."""
        return self.answer is Answer.WAIT and self.settled_at is None


def get_choice(session: Session, choice_id: UUID) -> ChoiceFacts:
    """Return a choice.

    Raises UnknownChoice.
    """
    row = session.execute(_CHOICES.where(Choice.id == choice_id)).one_or_none()
    if row is None:
        raise UnknownChoice
    return _facts(row)


def list_choices(session: Session, fulfillment_ids: Sequence[UUID]) -> dict[UUID, ChoiceFacts]:
    """Return the choices of these parcels, by parcel; most have none."""
    rows = session.execute(_CHOICES.where(Choice.fulfillment_id.in_(fulfillment_ids)))
    return {row.Choice.fulfillment_id: _facts(row) for row in rows}


def list_unanswered(session: Session, *, limit: int) -> list[UUID]:
    """Return choices nobody made in time, by the database's clock, oldest first."""
    rows = session.execute(
        select(Choice.id)
        .where(Choice.answered_at.is_(None), Choice.answer_by < DB_NOW)
        .order_by(Choice.answer_by)
        .limit(limit)
    )
    return list(rows.scalars())


def list_servable(session: Session, *, limit: int) -> list[UUID]:
    """Return choices to wait that can be served now, or whose time is over; oldest first."""
    level = inventory.queries.select_available().subquery("level")
    missing = exists(
        select(FulfillmentLine.sku)
        .outerjoin(
            level,
            and_(
                level.c.sku == FulfillmentLine.sku, level.c.location_id == Fulfillment.location_id
            ),
        )
        .where(
            FulfillmentLine.fulfillment_id == Fulfillment.id,
            FulfillmentLine.quantity - FulfillmentLine.cancelled
            > func.coalesce(level.c.available, 0),
        )
        .correlate(Fulfillment)
    )
    rows = session.execute(
        select(Choice.id)
        .join(Fulfillment, Fulfillment.id == Choice.fulfillment_id)
        .where(
            Choice.settled_at.is_(None),
            Choice.wait_until.is_not(None),
            Fulfillment.status == Status.REJECTED,
            or_(Choice.wait_until < DB_NOW, ~missing),
        )
        .order_by(Choice.opened_at)
        .limit(limit)
    )
    return list(rows.scalars())


_CHOICES = (
    select(Choice, Fulfillment.order_id, Fulfillment.location_id)
    .join(Fulfillment, Fulfillment.id == Choice.fulfillment_id)
    .execution_options(populate_existing=True)
)


def _facts(row: Row[Choice, UUID, UUID]) -> ChoiceFacts:
    choice = row.Choice
    return ChoiceFacts(
        choice.id,
        choice.fulfillment_id,
        row.order_id,
        row.location_id,
        choice.reason,
        choice.opened_at,
        choice.answer_by,
        choice.fallback,
        choice.answer,
        choice.answered_at,
        choice.answered_by,
        choice.wait_until,
        choice.settled_at,
    )
