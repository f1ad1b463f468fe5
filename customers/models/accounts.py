"""Browsers, accounts, codes that prove a contact point, addresses that are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from customers.commands import PointKind
from kernel.clock import DB_NOW
from kernel.db import Base


class ShopperSession(Base):
    """A browser in the shop, by its cookie: its language and where it looks for stores."""

    __tablename__ = "shopper_session"
    __table_args__ = (
        Index(None, "seen_at"),
        Index(None, "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    place: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    signed_in_at: Mapped[datetime | None]


class Account(Base):
    """That somebody may sign in under a proven e-mail address, with a password or without.

    The names are those they gave here; an order keeps its own.
    """

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_email", "email", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index(
            "ix_account_searched",
            "searched",
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
    )

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    email: Mapped[str]
    first_name: Mapped[str] = mapped_column(server_default="")
    last_name: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(String(5))
    password_hash: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]
    searched: Mapped[str | None] = mapped_column(
        Computed("plain_words(first_name, last_name, email)", persisted=True), deferred=True
    )


class Challenge(Base):
    """A code sent to a contact point to prove that whoever asked reads what arrives there.

    The code is derived of the id when it is sent, never stored; `session_id` is the browser that
    asked, the only one that may answer.
    """

    __tablename__ = "challenge"
    __table_args__ = (Index(None, "kind", "value", "asked_at"), Index(None, "session_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("shopper_session.id"))
    kind: Mapped[PointKind]
    value: Mapped[str]
    language: Mapped[str] = mapped_column(String(5))
    asked_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    answer_by: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    answered_at: Mapped[datetime | None]


class SavedAddress(Base):
    """An address an account keeps for the next order; orders keep their own as it was said."""

    __tablename__ = "saved_address"
    __table_args__ = (Index(None, "customer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    line1: Mapped[str]
    line2: Mapped[str | None]
    postcode: Mapped[str] = mapped_column(String(12))
    city: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    saved_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]
