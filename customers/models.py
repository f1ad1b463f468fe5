"""Tables of people. Erasure empties these rows; nothing elsewhere needs to change."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base


class PointKind(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    PHONE = "phone"


class Customer(Base):
    """One person on every channel; a merged one points to who it became."""

    __tablename__ = "customer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))


class ContactPoint(Base):
    """A normalised e-mail address or an E.164 phone number, which finds one customer."""

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[PointKind]
    value: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Contact(Base):
    """Who one order is for, as they said it then: the snapshot an order refers to."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Address(Base):
    """Where something is delivered to, as it was said; never required to be in a directory."""

    __tablename__ = "address"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    line1: Mapped[str]
    line2: Mapped[str | None]
    postcode: Mapped[str] = mapped_column(String(12))
    city: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class ShopperSession(Base):
    """A browser in the shop, by its cookie: its language and where it looks for stores."""

    __tablename__ = "shopper_session"
    __table_args__ = (Index(None, "seen_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    place: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
