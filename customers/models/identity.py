"""What else says who somebody is: cards, companies, what they like best, who may be the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from customers.commands import PointKind
from kernel.clock import DB_NOW
from kernel.db import Base


class LoyaltyCard(Base):
    """A card somebody shows: its number finds them until it is blocked."""

    __tablename__ = "loyalty_card"
    __table_args__ = (
        CheckConstraint("(blocked_at IS NULL) = (blocked_by IS NULL)", name="blocked"),
        Index(None, "customer_id"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    author_name: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    blocked_at: Mapped[datetime | None]
    blocked_by: Mapped[str | None]


class Company(Base):
    """A company that customers order for: its numbers are checked, and each is of one company."""

    __tablename__ = "company"
    __table_args__ = (
        Index(
            "ix_company_searched",
            "searched",
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    siren: Mapped[str | None] = mapped_column(String(9), unique=True)
    vat_number: Mapped[str | None] = mapped_column(String(16), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    searched: Mapped[str | None] = mapped_column(
        Computed("plain_words(name, siren, vat_number)", persisted=True), deferred=True
    )


class CompanyMember(Base):
    """That a customer speaks for a company."""

    __tablename__ = "company_member"
    __table_args__ = (Index(None, "customer_id"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    author_name: Mapped[str]
    since: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Preference(Base):
    """Where a customer likes to collect, and how they like to be told; none is no preference."""

    __tablename__ = "customer_preference"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    location_id: Mapped[UUID | None]
    channel: Mapped[PointKind | None]
    author_name: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class LikelyPair(Base):
    """Two customers who look the same, and why; `settled` once somebody said that they are not."""

    __tablename__ = "likely_pair"
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="two"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
        Index(None, "other_id"),
        Index("ix_likely_pair_open", "found_at", postgresql_where=text("settled_at IS NULL")),
    )

    one_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    why: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
