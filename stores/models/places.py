"""Brands, groups of stores, locations, and how they deviate from their usual days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from stores.commands import StoreMethod


class Brand(Base):
    """A legal entity with its currency, languages, sender and look."""

    __tablename__ = "brand"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3))
    languages: Mapped[list[str]]
    sender_email: Mapped[str]
    sms_sender: Mapped[str] = mapped_column(String(11))


class StoreGroup(Base):
    """Stores of one brand that share settings: a region, a format."""

    __tablename__ = "store_group"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Location(Base):
    """A store or warehouse. Coordinates are WGS84 degrees; hours are in OpenStreetMap syntax.

    `prepare_min`, `hold_days` and `rules` are the settings of the trade as they hold here now,
    resolved from the rows of `setting` whenever one changes, begins or ends; `rules` also has the
    exceptional days and the ways with slots, so that reading a store stays one row. `opened_at` is
    when it was switched on: until then it is being set up and nobody can order there.
    """

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("prepare_min >= 0 AND hold_days BETWEEN 1 AND 60", name="durations"),
        Index(None, "latitude", "longitude"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("store_group.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    time_zone: Mapped[str]
    holiday_region: Mapped[str | None]
    opening_hours: Mapped[str | None]
    sells: Mapped[bool]
    collects: Mapped[bool]
    ships: Mapped[bool]
    receives: Mapped[bool]
    prepare_min: Mapped[int] = mapped_column(server_default="120")
    hold_days: Mapped[int] = mapped_column(server_default="7")
    rules: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    paused_until: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    opened_at: Mapped[datetime | None] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]


class LocationBrand(Base):
    """That a location also serves another brand than its own: a shared warehouse."""

    __tablename__ = "location_brand"

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, index=True)


class ExceptionalDays(Base):
    """Days, first to last, on which a location keeps other hours than usual, or none."""

    __tablename__ = "exceptional_days"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="order"),
        Index(None, "location_id", "last_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    hours: Mapped[str | None]
    reason: Mapped[str]
    author_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    withdrawn_at: Mapped[datetime | None]


class LocationMethod(Base):
    """Whether a location offers one way to get an order, and until when that is paused."""

    __tablename__ = "location_method"

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    method: Mapped[StoreMethod] = mapped_column(primary_key=True)
    offered: Mapped[bool]
    paused_until: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
