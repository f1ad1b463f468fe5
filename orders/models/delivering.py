"""Packages on their way to a door."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base


class Package(Base):
    """One box of a delivery, with the carrier that takes it and the number it is followed by."""

    __tablename__ = "package"
    __table_args__ = (
        UniqueConstraint("carrier", "tracking_number"),
        CheckConstraint("weight_g IS NULL OR weight_g > 0", name="weight_g"),
        CheckConstraint("shipped_at IS NOT NULL OR delivered_at IS NULL", name="in_order"),
        Index(None, "fulfillment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    carrier: Mapped[str] = mapped_column(String(32))
    tracking_number: Mapped[str] = mapped_column(String(40))
    quantities: Mapped[dict[str, Any]]
    weight_g: Mapped[int | None]
    packed_by_name: Mapped[str]
    packed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]
