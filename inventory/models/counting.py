"""Counting the shelf, what has to be counted, and what was promised but is not there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import CountStatus, TaskCause
from inventory.errors import CountState
from kernel.clock import DB_NOW
from kernel.db import Base

NEXT: Final[Mapping[CountStatus, frozenset[CountStatus]]] = {
    CountStatus.OPEN: frozenset(
        {CountStatus.SUBMITTED, CountStatus.APPLIED, CountStatus.CANCELLED}
    ),
    CountStatus.SUBMITTED: frozenset({CountStatus.APPLIED, CountStatus.REJECTED}),
    CountStatus.APPLIED: frozenset(),
    CountStatus.REJECTED: frozenset(),
    CountStatus.CANCELLED: frozenset(),
}
"""Which state of a count may follow which. Whatever is not here is refused."""


class StockCount(Base):
    """Somebody counts SKUs at a location, without being told what is booked."""

    __tablename__ = "stock_count"
    __table_args__ = (Index(None, "location_id", "status"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    status: Mapped[CountStatus]
    note: Mapped[str | None]
    opened_by: Mapped[UUID | None]
    opened_by_name: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    def move_to(self, status: CountStatus) -> None:
        """Move on to `status`.

        Raises CountState, naming the present state, when the table of moves does not allow it.
        """
        if status not in NEXT[self.status]:
            raise CountState(state=self.status.value)
        self.status = status


class StockCountLine(Base):
    """One SKU of a count: `shelf` is what the books said was on the shelf when it was counted.

    On the shelf is on hand less what lies in bins. The difference is fixed at that moment, so that
    what is sold or received afterwards does not count twice.
    """

    __tablename__ = "stock_count_line"
    __table_args__ = (
        CheckConstraint("counted >= 0 AND in_bins >= 0", name="positive"),
        CheckConstraint(
            "(counted IS NULL) = (counted_at IS NULL) AND (counted IS NULL) = (shelf IS NULL)",
            name="counted",
        ),
    )

    count_id: Mapped[UUID] = mapped_column(ForeignKey("stock_count.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    counted: Mapped[int | None]
    shelf: Mapped[int | None]
    in_bins: Mapped[int] = mapped_column(server_default="0")
    counted_at: Mapped[datetime | None]


class CountTask(Base):
    """A SKU of which somebody has to count what is there, and until when."""

    __tablename__ = "count_task"
    __table_args__ = (
        Index(
            "uq_count_task_open",
            "location_id",
            "sku",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    cause: Mapped[TaskCause]
    note: Mapped[str | None]
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    due_at: Mapped[datetime]
    count_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_count.id"))
    closed_at: Mapped[datetime | None]


class ShortageCase(Base):
    """More of a SKU is promised at a location than it has: somebody must find a way out."""

    __tablename__ = "shortage_case"
    __table_args__ = (
        CheckConstraint("missing > 0", name="missing"),
        CheckConstraint("(closed_at IS NULL) = (resolution IS NULL)", name="resolution"),
        Index(
            "uq_shortage_case_open",
            "location_id",
            "sku",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    missing: Mapped[int]
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_name: Mapped[str | None]
    resolution: Mapped[str | None]
