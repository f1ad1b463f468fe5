"""Parcels, their lines, and the one table of allowed moves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from kernel.money import share_of_first
from orders.commands import Method, Status
from orders.errors import WrongState

NEXT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.NEW, Status.REROUTED, Status.EXPIRED, Status.CANCELLED}),
    Status.NEW: frozenset(
        {
            Status.ACCEPTED,
            Status.IN_TRANSFER,
            Status.REJECTED,
            Status.REROUTED,
            Status.CANCELLED,
            Status.HANDED_OVER,
        }
    ),
    Status.ACCEPTED: frozenset(
        {
            Status.PICKING,
            Status.IN_TRANSFER,
            Status.REJECTED,
            Status.REROUTED,
            Status.CANCELLED,
        }
    ),
    Status.PICKING: frozenset(
        {Status.READY, Status.PACKED, Status.IN_TRANSFER, Status.REJECTED, Status.CANCELLED}
    ),
    Status.IN_TRANSFER: frozenset({Status.ACCEPTED, Status.CANCELLED}),
    Status.READY: frozenset({Status.HANDED_OVER, Status.EXPIRED, Status.CANCELLED}),
    Status.PACKED: frozenset({Status.SHIPPED, Status.CANCELLED}),
    Status.SHIPPED: frozenset({Status.DELIVERED, Status.CANCELLED}),
    Status.REJECTED: frozenset({Status.REROUTED, Status.CANCELLED}),
    Status.REROUTED: frozenset(),
    Status.HANDED_OVER: frozenset(),
    Status.DELIVERED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELLED: frozenset(),
}
"""Which state may follow which. Whatever is not here is refused.

What was shipped is only cancelled by coming back.
"""


FINAL: Final = frozenset(status for status, following in NEXT.items() if not following)
"""States in which nothing is owed any more."""


_CARRY_OUT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.PENDING: NEXT[Status.PENDING],
    Status.NEW: frozenset({Status.HANDED_OVER, Status.CANCELLED}),
}


class Fulfillment(Base):
    """The part of an order that one location does in one way.

    `accept_by` is until when the store has to take it on; `rerouted_to` is the one that took over.
    What is delivered is promised to leave at `promised_at`, and to arrive between two days. Until
    `release_at` its customer may call it off alone, and its store does not see it.
    """

    __tablename__ = "fulfillment"
    __table_args__ = (
        Index(None, "order_id"),
        Index(
            "ix_fulfillment_open",
            "location_id",
            "status",
            "promised_at",
            postgresql_where=text(
                "status NOT IN ('handed_over', 'delivered', 'expired', 'cancelled', 'rerouted')"
            ),
        ),
        Index("ix_fulfillment_collect_by", "collect_by", postgresql_where=text("status = 'ready'")),
        Index(
            "ix_fulfillment_pending",
            "pending_until",
            postgresql_where=text("status = 'pending'"),
        ),
        CheckConstraint("status <> 'pending' OR pending_until IS NOT NULL", name="pending_until"),
        Index(None, "location_id", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        Index("ix_fulfillment_wave", "wave_id", postgresql_where=text("wave_id IS NOT NULL")),
        CheckConstraint("(status = 'rerouted') = (rerouted_to IS NOT NULL)", name="rerouted_to"),
        CheckConstraint("method <> 'delivery' OR address_id IS NOT NULL", name="delivery_address"),
        CheckConstraint("status <> 'ready' OR (bin IS NOT NULL)", name="ready_binned"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    method: Mapped[Method]
    status: Mapped[Status]
    promised_at: Mapped[datetime]
    promise_inputs: Mapped[dict[str, Any]]
    pending_until: Mapped[datetime | None]
    accept_by: Mapped[datetime | None]
    release_at: Mapped[datetime | None]
    wave_id: Mapped[UUID | None] = mapped_column(ForeignKey("wave.id"))
    address_id: Mapped[UUID | None] = mapped_column(ForeignKey("address.id"))
    delivery_method_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery_method.id"))
    arrives_from: Mapped[date | None]
    arrives_by: Mapped[date | None]
    rerouted_to: Mapped[UUID | None] = mapped_column(ForeignKey("fulfillment.id"))
    slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id"))
    slot_starts_at: Mapped[datetime | None]
    slot_ends_at: Mapped[datetime | None]
    bin: Mapped[str | None]
    ready_at: Mapped[datetime | None]
    collect_by: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    extensions: Mapped[int] = mapped_column(server_default="0")
    reminders: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)

    def move_to(self, status: Status) -> None:
        """Move on to `status`.

        Raises WrongState, naming the present state, when the table of moves does not allow it.
        """
        allowed = NEXT[self.status]
        if self.method is Method.CARRY_OUT:
            allowed = _CARRY_OUT.get(self.status, frozenset())
        elif self.status is Status.NEW:
            allowed = allowed - {Status.HANDED_OVER}
        if status not in allowed:
            raise WrongState(f"{self.status} cannot become {status}", state=self.status.value)
        self.status = status


class FulfillmentLine(Base):
    """How many of one order line this fulfillment owes, and what became of them.

    `discount_minor` is what a promotion takes off for `quantity`.
    """

    __tablename__ = "fulfillment_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("picked >= 0 AND cancelled >= 0 AND handed_over >= 0", name="positive"),
        CheckConstraint("picked <= quantity", name="picked"),
        CheckConstraint("handed_over + cancelled <= quantity", name="obligation"),
        CheckConstraint("handed_over <= picked", name="handed_over"),
        CheckConstraint("discount_minor >= 0", name="discount"),
        Index(
            "ix_fulfillment_line_owed",
            "sku",
            postgresql_where=text("cancelled + handed_over < quantity"),
        ),
    )

    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    quantity: Mapped[int]
    picked: Mapped[int] = mapped_column(server_default="0")
    cancelled: Mapped[int] = mapped_column(server_default="0")
    handed_over: Mapped[int] = mapped_column(server_default="0")
    short_reason: Mapped[str | None]
    discount_minor: Mapped[int] = mapped_column(server_default="0")

    @property
    def open(self) -> int:
        """Return how many are still owed to the customer."""
        return self.quantity - self.cancelled - self.handed_over

    def discount_for(self, quantity: int) -> int:
        """Return how much of the discount belongs to the first so many of the units."""
        return share_of_first(self.discount_minor, units=quantity, of=self.quantity)

    @property
    def discount_open(self) -> int:
        """Return how much of the discount belongs to what is still owed."""
        return self.discount_for(self.quantity - self.cancelled) - self.discount_for(
            self.handed_over
        )

    @property
    def undecided(self) -> int:
        """Return how many are neither picked nor given up."""
        return self.quantity - self.cancelled - self.picked

    @property
    def collectable(self) -> int:
        """Return how many lie in the bin."""
        return self.picked - self.handed_over
