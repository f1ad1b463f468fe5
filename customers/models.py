"""Tables of people. Erasure empties these rows; nothing elsewhere needs to change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from customers.commands import PointKind
from kernel.clock import DB_NOW
from kernel.db import APPEND_ONLY, Base, BigId


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
    """Who one order is for, as they said it then: the snapshot an order refers to."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
        Index("ix_contact_email", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),
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
    )

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    email: Mapped[str]
    first_name: Mapped[str] = mapped_column(server_default="")
    last_name: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(String(5))
    password_hash: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]


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


class Consent(Base):
    """That a customer agreed to something, or refused it: the newest line per purpose holds.

    `proof` is what shows it (a form's id, a call, a record of a former system), `wording` the
    version of what was asked. `given_at` is when the customer said so.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index(None, "customer_id", "purpose", "channel", "topic"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    purpose: Mapped[str]
    channel: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    granted: Mapped[bool]
    wording: Mapped[str]
    proof: Mapped[str]
    source: Mapped[str]
    author_name: Mapped[str]
    given_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
