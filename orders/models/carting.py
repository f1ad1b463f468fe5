"""Baskets: whoever holds one may fill it, on whatever device."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import Channel, Method


class Cart(Base):
    """What somebody has chosen and where to collect it. It reserves nothing.

    Each change raises `version`. `code` opens it elsewhere, once somebody asked for one. What an
    adviser fills has their `staff_id`, and `contact_id` for whom. `pending_id` is the fulfillment
    that was begun from it and waits for its payment: what that holds is still the same shopper's.
    `order_id` is what it became, once; `left_noted_at` is when it was noted that nobody goes on
    with it.
    """

    __tablename__ = "cart"
    __table_args__ = (Index(None, "changed_at"), Index(None, "staff_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    version: Mapped[int] = mapped_column(server_default="1")
    channel: Mapped[Channel] = mapped_column(server_default=Channel.WEB.value)
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    pending_id: Mapped[UUID | None] = mapped_column(ForeignKey("fulfillment.id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    left_noted_at: Mapped[datetime | None]


class CartLine(Base):
    """How many of one SKU are in a basket; how and where it is wanted, if not as the rest."""

    __tablename__ = "cart_line"
    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),)

    cart_id: Mapped[UUID] = mapped_column(ForeignKey("cart.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    quantity: Mapped[int]
    method: Mapped[Method | None]
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    note: Mapped[str | None]
    added_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class CartHolder(Base):
    """Which basket a browser has open. Several may have the same."""

    __tablename__ = "cart_holder"
    __table_args__ = (Index(None, "cart_id"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("shopper_session.id"), primary_key=True)
    cart_id: Mapped[UUID] = mapped_column(ForeignKey("cart.id"))
    held_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
