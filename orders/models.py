"""Tables of orders, and the one table of allowed moves."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import Channel, Formation, Found, Method, Status
from orders.errors import WrongState

NEXT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.PENDING: frozenset({Status.NEW, Status.EXPIRED, Status.CANCELLED}),
    Status.NEW: frozenset({Status.ACCEPTED, Status.REJECTED, Status.CANCELLED, Status.HANDED_OVER}),
    Status.ACCEPTED: frozenset(
        {Status.PICKING, Status.IN_TRANSFER, Status.REJECTED, Status.CANCELLED}
    ),
    Status.PICKING: frozenset(
        {Status.READY, Status.PACKED, Status.IN_TRANSFER, Status.REJECTED, Status.CANCELLED}
    ),
    Status.IN_TRANSFER: frozenset({Status.ACCEPTED, Status.CANCELLED}),
    Status.READY: frozenset({Status.HANDED_OVER, Status.EXPIRED, Status.CANCELLED}),
    Status.PACKED: frozenset({Status.SHIPPED, Status.CANCELLED}),
    Status.SHIPPED: frozenset({Status.DELIVERED}),
    Status.REJECTED: frozenset({Status.REROUTED, Status.CANCELLED}),
    Status.REROUTED: frozenset(),
    Status.HANDED_OVER: frozenset(),
    Status.DELIVERED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELLED: frozenset(),
}
"""Which state may follow which. Whatever is not here is refused."""

FINAL: Final = frozenset(status for status, following in NEXT.items() if not following)
"""States in which nothing is owed any more."""

_CARRY_OUT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.NEW: frozenset({Status.HANDED_OVER, Status.CANCELLED})
}


class Order(Base):
    """What a customer asked for, on any channel. Its state is rolled up from its fulfillments."""

    __tablename__ = "sales_order"
    __table_args__ = (Index(None, "contact_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(7), unique=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    channel: Mapped[Channel]
    formation: Mapped[Formation]
    language: Mapped[str] = mapped_column(String(5))
    currency: Mapped[str] = mapped_column(String(3))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    placed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class OrderLine(Base):
    """One SKU of an order, with name, price and VAT as they were when it was placed."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price_minor >= 0 AND price_per > 0", name="price"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price_minor: Mapped[int]
    price_per: Mapped[int]
    vat_bp: Mapped[int]


class Fulfillment(Base):
    """The part of an order that one location does in one way."""

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
    """How many of one order line this fulfillment owes, and what became of them."""

    __tablename__ = "fulfillment_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("picked >= 0 AND cancelled >= 0 AND handed_over >= 0", name="positive"),
        CheckConstraint("picked <= quantity", name="picked"),
        CheckConstraint("handed_over + cancelled <= quantity", name="obligation"),
        CheckConstraint("handed_over <= picked", name="handed_over"),
    )

    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    quantity: Mapped[int]
    picked: Mapped[int] = mapped_column(server_default="0")
    cancelled: Mapped[int] = mapped_column(server_default="0")
    handed_over: Mapped[int] = mapped_column(server_default="0")
    short_reason: Mapped[str | None]

    @property
    def open(self) -> int:
        """Return how many are still owed to the customer."""
        return self.quantity - self.cancelled - self.handed_over

    @property
    def undecided(self) -> int:
        """Return how many are neither picked nor given up."""
        return self.quantity - self.cancelled - self.picked

    @property
    def collectable(self) -> int:
        """Return how many lie in the bin."""
        return self.picked - self.handed_over


class PickupPass(Base):
    """The right of one holder to collect one fulfillment. QR and code are derived from its id."""

    __tablename__ = "pickup_pass"
    __table_args__ = (Index(None, "fulfillment_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    holder: Mapped[str]
    key_id: Mapped[int] = mapped_column(SmallInteger)
    last_day: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str | None]
    used_at: Mapped[datetime | None]


class HandOverRow(Base):
    """That somebody handed a parcel over: who, when, where, and how the parcel was found."""

    __tablename__ = "hand_over"
    __table_args__ = (Index(None, "fulfillment_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    pass_id: Mapped[UUID | None] = mapped_column(ForeignKey("pickup_pass.id"))
    found: Mapped[Found]
    quantities: Mapped[dict[str, Any]]
    staff_id: Mapped[UUID | None]
    staff_name: Mapped[str]
    device_id: Mapped[UUID | None]
    handed_over_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class StockWish(Base):
    """That somebody asked to be told, once, when a SKU can be had again (at one location)."""

    __tablename__ = "stock_wish"
    __table_args__ = (
        Index(
            "uq_stock_wish_open",
            "contact_id",
            "sku",
            "location_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_stock_wish_waiting", "sku", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Cart(Base):
    """What a browser has chosen and where to collect it. It reserves nothing.

    `pending_id` is the fulfillment that was begun from it and waits for its payment: what that
    holds is still the same shopper's.
    """

    __tablename__ = "cart"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("shopper_session.id"), primary_key=True)
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    pending_id: Mapped[UUID | None] = mapped_column(ForeignKey("fulfillment.id"))
    changed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class CartLine(Base):
    """How many of one SKU a browser has chosen."""

    __tablename__ = "cart_line"
    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("cart.session_id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    quantity: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
