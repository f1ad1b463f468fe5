"""What is kept back from remote sale, and what runs low."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import SafetyScope
from kernel.clock import DB_NOW
from kernel.db import Base


class SafetyRule(Base):
    """How much to keep back, in units or percent of what is on hand, where and from when to when.

    The nearest scope wins: global < store group < store < category < SKU < SKU at a store; of two
    at the same scope, the newer.
    """

    __tablename__ = "safety_rule"
    __table_args__ = (
        CheckConstraint("(units IS NULL) <> (percent IS NULL)", name="units_or_percent"),
        CheckConstraint("units >= 0", name="units"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint(
            "(group_id IS NOT NULL) = (scope = 'group')"
            " AND (location_id IS NOT NULL) = (scope IN ('store', 'sku_store'))"
            " AND (category_code IS NOT NULL) = (scope = 'category')"
            " AND (sku IS NOT NULL) = (scope IN ('sku', 'sku_store'))",
            name="scope",
        ),
        Index(None, "scope", "valid_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[SafetyScope]
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("store_group.id"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    sku: Mapped[str | None] = mapped_column(ForeignKey("sku.code"))
    units: Mapped[int | None]
    percent: Mapped[int | None] = mapped_column(SmallInteger)
    valid_from: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    valid_to: Mapped[datetime | None]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class SafetyState(Base):
    """When the levels of a location were last brought in line with the rules."""

    __tablename__ = "safety_state"

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    resolved_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class LowStock(Base):
    """That a SKU runs low at a location, since when, and whether its manager was told."""

    __tablename__ = "low_stock"

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    available: Mapped[int]
    since: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    told_at: Mapped[datetime | None]


class LedgerFollower(Base):
    """How far a job of ours has followed the ledger: everything up to (xid, line) is done."""

    __tablename__ = "ledger_follower"

    name: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(BigInteger)
