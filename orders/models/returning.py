"""What came back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import Disposition
from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import Channel


class GoodsReturn(Base):
    """That somebody brought goods back: with `order_id`, of an order of ours."""

    __tablename__ = "goods_return"
    __table_args__ = (Index(None, "order_id"), Index(None, "location_id", "returned_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    channel: Mapped[Channel]
    currency: Mapped[str] = mapped_column(String(3))
    ticket_number: Mapped[str | None]
    staff_name: Mapped[str]
    returned_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class GoodsReturnLine(Base):
    """How many of a SKU came back, what was given back for them, and where they went."""

    __tablename__ = "goods_return_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
    )

    return_id: Mapped[UUID] = mapped_column(ForeignKey("goods_return.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    quantity: Mapped[int]
    amount_minor: Mapped[int]
    disposition: Mapped[Disposition]
    reason: Mapped[str | None]
