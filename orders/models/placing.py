"""Orders and their lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base, BigId
from orders.commands import Channel, Formation, Partly


class Order(Base):
    """What a customer asked for, on any channel. Its state is rolled up from its fulfillments.

    A sale at a till may be to nobody we know. `partly` is what the customer answered when asked
    what to do while only part of it is there. `placed_at_id` and `seller_id` are the store and the
    person it is credited to. `version` rises with each amendment. The company it is for stays as it
    was called when it was ordered; `note` are words of the customer, and go with them.
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        Index(None, "contact_id"),
        Index(None, "placed_at_id", postgresql_where=text("placed_at_id IS NOT NULL")),
        CheckConstraint(
            "company_name IS NOT NULL OR (company_siren IS NULL AND company_vat_number IS NULL)",
            name="company",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(7), unique=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    channel: Mapped[Channel]
    formation: Mapped[Formation]
    language: Mapped[str] = mapped_column(String(5))
    currency: Mapped[str] = mapped_column(String(3))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    partly: Mapped[Partly | None]
    placed_at_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    seller_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    placed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    company_name: Mapped[str | None]
    company_siren: Mapped[str | None] = mapped_column(String(9))
    company_vat_number: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None]
    link_no: Mapped[int] = mapped_column(SmallInteger, server_default="0")


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


class ExternalOrder(Base):
    """An order a foreign shop brought: its number there, and what it stated, as it said it.

    `stated` holds nothing of the person.
    """

    __tablename__ = "external_order"
    __table_args__ = (UniqueConstraint("source", "number"), Index(None, "key_id", "brought_at"))

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    source: Mapped[str]
    number: Mapped[str]
    key_id: Mapped[UUID] = mapped_column(ForeignKey("api_key.id"))
    total_minor: Mapped[int] = mapped_column(BigId)
    stated: Mapped[dict[str, Any]]
    brought_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class PayLink(Base):
    """Until when the customer of an order may pay it from a link, and who was sent it when.

    `contact_id` is whom it was sent to; its stock is held until `pay_by`.
    """

    __tablename__ = "pay_link"
    __table_args__ = (
        Index(None, "order_id"),
        Index("ix_pay_link_open", "pay_by", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    obligation_id: Mapped[UUID]
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    pay_by: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    author_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    ended_at: Mapped[datetime | None]
