"""Who somebody is: what they gave of themselves, and whom they were found to be."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from customers.commands import PointKind
from kernel.clock import DB_NOW
from kernel.db import Base


class Customer(Base):
    """One person on every channel; a merged one points to who it became."""

    __tablename__ = "customer"
    __table_args__ = (Index(None, "merged_into", postgresql_where=text("merged_into IS NOT NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))


class ContactPoint(Base):
    """A normalised e-mail address or an E.164 phone number, which finds one customer.

    Anybody may type anybody's: only one whose owner answered there has `proven_at`.
    """

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[PointKind]
    value: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    proven_at: Mapped[datetime | None]


class Contact(Base):
    """Who one order is for, as they said it then: the snapshot an order refers to.

    `comes_instead` is somebody else, who collects for the customer: they are not called so.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
        Index("ix_contact_email", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),
        Index(
            "ix_contact_searched",
            "searched",
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(String(5))
    comes_instead: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    searched: Mapped[str | None] = mapped_column(
        Computed("plain_words(first_name, last_name, email, phone)", persisted=True), deferred=True
    )


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


class Merge(Base):
    """That two customers were found to be one person: who said so, and why. It can be undone."""

    __tablename__ = "customer_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two"),
        Index(
            "uq_customer_merge_merged_id",
            "merged_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(None, "kept_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    reason: Mapped[str]
    author_name: Mapped[str]
    merged_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class FormerId(Base):
    """Under which name another system knows a customer."""

    __tablename__ = "former_id"
    __table_args__ = (Index(None, "customer_id"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
