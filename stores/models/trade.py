"""Settings of the trade, and the capacity of stores: slots, and orders a day."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from stores.commands import StoreMethod


class Setting(Base):
    """A rule of the trade at one scope, dated and signed; the newest valid row wins."""

    __tablename__ = "setting"
    __table_args__ = (Index(None, "scope", "scope_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[str]
    scope_id: Mapped[UUID | None]
    key: Mapped[str]
    value: Mapped[dict[str, Any]]
    valid_from: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    valid_to: Mapped[datetime | None]
    author_id: Mapped[UUID | None]


class SlotPattern(Base):
    """Slots a location offers each week: on these weekdays (1 is Monday), from when to when."""

    __tablename__ = "slot_pattern"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 720 AND capacity > 0", name="size"),
        CheckConstraint("until_time > from_time", name="times"),
        Index(None, "location_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    method: Mapped[StoreMethod]
    weekdays: Mapped[list[int]]
    from_time: Mapped[time]
    until_time: Mapped[time]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    capacity: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    ended_at: Mapped[datetime | None]


class Slot(Base):
    """A time in which so many customers can collect; `booked` changes only under its guard."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("location_id", "method", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("capacity >= 0 AND booked >= 0", name="positive"),
        Index(None, "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    method: Mapped[StoreMethod]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    booked: Mapped[int] = mapped_column(server_default="0")


class DayLoad(Base):
    """How many orders a location has promised for one of its days."""

    __tablename__ = "day_load"
    __table_args__ = (CheckConstraint("booked >= 0", name="booked"),)

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    booked: Mapped[int] = mapped_column(server_default="0")


class Booking(Base):
    """What one fulfillment (an id of `orders`) takes of a location's capacity until it ends."""

    __tablename__ = "capacity_booking"
    __table_args__ = (
        Index("ix_capacity_booking_slot", "slot_id", postgresql_where=text("released_at IS NULL")),
        Index(
            "ix_capacity_booking_day",
            "location_id",
            "day",
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    fulfillment_id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    day: Mapped[date | None]
    slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id"))
    booked_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    released_at: Mapped[datetime | None]
