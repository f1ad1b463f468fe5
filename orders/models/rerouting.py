"""What a store rejected, and what the shopper chose instead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import Answer


class Choice(Base):
    """What a shopper may choose after a store rejected their parcel: answered once.

    Its link is signed over the row's id. Without an answer until `answer_by` the `fallback` holds.
    Who chose to wait is served when the goods are back, until `wait_until`.
    """

    __tablename__ = "choice"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("wait_until IS NULL OR answer = 'wait'", name="wait_until"),
        Index("ix_choice_answer_by", "answer_by", postgresql_where=text("answered_at IS NULL")),
        Index("ix_choice_wait_until", "wait_until", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"), unique=True)
    reason: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    answer_by: Mapped[datetime]
    fallback: Mapped[Answer]
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    wait_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
