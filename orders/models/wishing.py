"""Who waits for what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base


class StockWish(Base):
    """That somebody asked to be told, once, when a SKU can be had again (at one location)."""

    __tablename__ = "stock_wish"
    __table_args__ = (
        Index(
            "uq_stock_wish_open",
            "contact_id",
            "sku",
            "location_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_stock_wish_waiting", "sku", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
