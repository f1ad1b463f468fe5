"""Ways to a door with their zones and prices, and packages on their way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import PricedBy


class DeliveryMethod(Base):
    """A way in which a brand has orders brought to a door: carrier, VAT, what it is priced by.

    `names` maps language to name. `unknown_weight_g` is what an article of unknown weight counts
    as; without it a way by weight is not offered for such a basket.
    """

    __tablename__ = "delivery_method"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("vat_bp BETWEEN 0 AND 10000", name="vat_bp"),
        CheckConstraint("unknown_weight_g > 0", name="unknown_weight_g"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[dict[str, Any]]
    carrier: Mapped[str] = mapped_column(String(32))
    priced_by: Mapped[PricedBy]
    vat_bp: Mapped[int]
    unknown_weight_g: Mapped[int | None]
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    offered: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]


class DeliveryZone(Base):
    """Where a way leads, for how much and in how many working days after goods left.

    `postcodes` are beginnings; the longest that fits decides. `bands` are pairs of an upper bound
    (grams or minor units, included; None for without end) and a price in minor units, rising.
    """

    __tablename__ = "delivery_zone"
    __table_args__ = (
        CheckConstraint("days_min >= 0 AND days_max >= days_min", name="days"),
        CheckConstraint("jsonb_array_length(postcodes) > 0", name="postcodes"),
        CheckConstraint("free_from_minor IS NULL OR free_from_minor >= 0", name="free_from_minor"),
        UniqueConstraint("method_id", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    method_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_method.id"))
    name: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    postcodes: Mapped[list[str]]
    days_min: Mapped[int] = mapped_column(SmallInteger)
    days_max: Mapped[int] = mapped_column(SmallInteger)
    free_from_minor: Mapped[int | None]
    bands: Mapped[list[Any]] = mapped_column(JSONB)


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
