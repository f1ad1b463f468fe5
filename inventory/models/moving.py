"""Goods on their way: transfers between locations, and what is expected to come in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import TransferStatus
from inventory.errors import TransferState
from kernel.clock import DB_NOW
from kernel.db import Base

_UNDERWAY: Final = frozenset(
    {TransferStatus.PART_RECEIVED, TransferStatus.RECEIVED, TransferStatus.CLOSED}
)
NEXT: Final[Mapping[TransferStatus, frozenset[TransferStatus]]] = {
    TransferStatus.DRAFT: frozenset({TransferStatus.SENT, TransferStatus.CANCELLED}),
    TransferStatus.SENT: _UNDERWAY,
    TransferStatus.PART_RECEIVED: _UNDERWAY,
    TransferStatus.RECEIVED: frozenset(),
    TransferStatus.CLOSED: frozenset(),
    TransferStatus.CANCELLED: frozenset(),
}
"""Which state of a transfer may follow which. Whatever is not here is refused."""


class Transfer(Base):
    """Goods that go from one location to another; on the way they are on nobody's shelf.

    With a `fulfillment_id` (an id of `orders`) it carries a reservation: until it is sent its goods
    are reserved under its own id at the sender, once received under that one's at the receiver.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="two_places"),
        Index(None, "from_id", "status"),
        Index(None, "to_id", "status"),
        Index(
            "ix_transfer_fulfillment_id",
            "fulfillment_id",
            postgresql_where=text("fulfillment_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(7), unique=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    status: Mapped[TransferStatus]
    fulfillment_id: Mapped[UUID | None]
    note: Mapped[str | None]
    created_by_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    sent_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]

    def move_to(self, status: TransferStatus) -> None:
        """Move on to `status`.

        Raises TransferState, naming the present state, when the table of moves does not allow it.
        """
        if status not in NEXT[self.status]:
            raise TransferState(state=self.status.value)
        self.status = status


class TransferLine(Base):
    """How many of a SKU were asked for, left, arrived, and were given up as `missing`."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("sent >= 0 AND received >= 0 AND missing >= 0", name="positive"),
        CheckConstraint("missing = 0 OR missing_reason IS NOT NULL", name="missing_reason"),
    )

    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    quantity: Mapped[int]
    sent: Mapped[int] = mapped_column(server_default="0")
    received: Mapped[int] = mapped_column(server_default="0")
    missing: Mapped[int] = mapped_column(server_default="0")
    missing_reason: Mapped[str | None]


class Incoming(Base):
    """What a location expects of a SKU, and on which day: from a supplier or by a transfer."""

    __tablename__ = "incoming"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND received >= 0", name="quantity"),
        Index(
            "ix_incoming_open",
            "location_id",
            "sku",
            "expected_on",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "transfer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    expected_on: Mapped[date]
    reference: Mapped[str | None]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("transfer.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]
