"""Baskets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base


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
