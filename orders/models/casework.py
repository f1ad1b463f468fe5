"""What needs a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import CaseKind


class TaskTaken(Base):
    """That somebody of a store took a task from its queue: a parcel, a put-back, a count.

    Nobody else is given it for a while; who does it in the end is kept by what is done.
    """

    __tablename__ = "task_taken"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    staff_name: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class CaseFile(Base):
    """Something a person has to resolve: what, where, whose it is, until when, and how it ended.

    Only one is open under a `key`. Its history are its events. `facts` hold no personal data.
    `brand_id` says whose it is where order and location do not.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (resolution IS NULL)", name="resolution"),
        Index("uq_case_file_open", "key", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index(
            "ix_case_file_due", "location_id", "due_at", postgresql_where=text("closed_at IS NULL")
        ),
        Index(None, "order_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind]
    key: Mapped[str]
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    fulfillment_id: Mapped[UUID | None] = mapped_column(ForeignKey("fulfillment.id"))
    about_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    warn_at: Mapped[datetime]
    due_at: Mapped[datetime]
    escalations: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    closed_at: Mapped[datetime | None]
    closed_by_name: Mapped[str | None]
    resolution: Mapped[str | None]
