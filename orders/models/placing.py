"""Orders and their lines."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import Channel, Formation, Partly


class Order(Base):
    """What a customer asked for, on any channel. Its state is rolled up from its fulfillments.

    A sale at a till may be to nobody we know. `partly` is what the customer answered when asked
    what to do while only part of it is there.
    """

    __tablename__ = "sales_order"
    __table_args__ = (Index(None, "contact_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(7), unique=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    channel: Mapped[Channel]
    formation: Mapped[Formation]
    language: Mapped[str] = mapped_column(String(5))
    currency: Mapped[str] = mapped_column(String(3))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    partly: Mapped[Partly | None]
    placed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class OrderLine(Base):
    """One SKU of an order, with name, price and VAT as they were when it was placed.

    `discount_minor` is what a promotion took off for all of it; which parcel has what of it stands
    on the lines of parcels. `eco_minor` is included in `unit_price_minor`.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price_minor >= 0 AND price_per > 0", name="price"),
        CheckConstraint("discount_minor >= 0 AND eco_minor >= 0", name="discount"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price_minor: Mapped[int]
    price_per: Mapped[int]
    vat_bp: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(server_default="0")
    eco_minor: Mapped[int] = mapped_column(server_default="0")
    promotion_id: Mapped[UUID | None] = mapped_column(ForeignKey("promotion.id"))


class OrderCharge(Base):
    """What an order pays beside its goods: its delivery, due while any of that is to be brought."""

    __tablename__ = "order_charge"
    __table_args__ = (
        UniqueConstraint("order_id", "delivery_method_id"),
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    delivery_method_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_method.id"))
    name: Mapped[str]
    amount_minor: Mapped[int]
    vat_bp: Mapped[int]
