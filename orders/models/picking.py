"""Picking: waves, reasons, substitutes, and what goes back to the shelf."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import StockEffect
from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import ReasonKind, SubstitutionStatus, WaveOrder


class Wave(Base):
    """Parcels one person picks in one walk through the store."""

    __tablename__ = "wave"
    __table_args__ = (
        Index("ix_wave_open", "location_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    picker_id: Mapped[UUID | None]
    picker_name: Mapped[str]
    walk: Mapped[WaveOrder]
    started_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    ended_at: Mapped[datetime | None]


class Reason(Base):
    """Why something could not be done as asked, in the retailer's words, and what it says of stock.

    A reason that is closed is offered no more; what was written with it keeps its code.
    """

    __tablename__ = "reason"

    kind: Mapped[ReasonKind] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    label_fr: Mapped[str]
    label_en: Mapped[str]
    effect: Mapped[StockEffect]
    position: Mapped[int] = mapped_column(SmallInteger)
    closed_at: Mapped[datetime | None]


class Substitution(Base):
    """Another SKU offered in place of one that is missing: nothing changes without consent.

    While it waits for an answer the substitute is reserved under this row's id. It never costs the
    customer more than what it replaces.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("sku <> substitute_sku", name="other_sku"),
        CheckConstraint("unit_price_minor >= 0 AND price_per > 0", name="price"),
        CheckConstraint("(status = 'proposed') = (answered_at IS NULL)", name="answered"),
        Index(
            "uq_substitution_open",
            "fulfillment_id",
            "sku",
            unique=True,
            postgresql_where=text("status = 'proposed'"),
        ),
        Index(
            "ix_substitution_answer_by",
            "answer_by",
            postgresql_where=text("status = 'proposed'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    substitute_sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    quantity: Mapped[int]
    unit_price_minor: Mapped[int]
    price_per: Mapped[int]
    reason: Mapped[str]
    status: Mapped[SubstitutionStatus]
    proposed_by_name: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]


class PutBack(Base):
    """Goods in a bin that nobody collects: they are for sale again once they are on the shelf.

    Until then they are reserved, and set aside, under this row's id.
    """

    __tablename__ = "put_back"
    __table_args__ = (
        Index(
            "ix_put_back_open", "location_id", "due_at", postgresql_where=text("done_at IS NULL")
        ),
        Index(None, "fulfillment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    bin: Mapped[str | None]
    quantities: Mapped[dict[str, Any]]
    why: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_name: Mapped[str | None]
