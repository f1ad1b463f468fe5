"""Who may collect, who comes, and what was handed over."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base, BigId
from orders.commands import Found, OfflineKind, OfflineOutcome, Verified


class PickupPass(Base):
    """The right of one holder to collect one fulfillment. QR and code are derived from its id.

    A proxy's has the `contact_id` of who it is.
    """

    __tablename__ = "pickup_pass"
    __table_args__ = (Index(None, "fulfillment_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    holder: Mapped[str]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    key_id: Mapped[int] = mapped_column(SmallInteger)
    last_day: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str | None]
    used_at: Mapped[datetime | None]


class HandOverRow(Base):
    """That somebody handed a parcel over: who, when, where, and how the parcel was found.

    `refused` maps SKU to what the customer did not want and why. `forced` is the reason for which a
    rule was set aside. With `conflict` it happened against the rules: goods left that were not owed
    any more. `happened_at` is a tablet's clock, for what was done without a network.
    """

    __tablename__ = "hand_over"
    __table_args__ = (Index(None, "fulfillment_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    pass_id: Mapped[UUID | None] = mapped_column(ForeignKey("pickup_pass.id"))
    found: Mapped[Found]
    verified: Mapped[Verified] = mapped_column(server_default=Verified.NONE.value)
    quantities: Mapped[dict[str, Any]]
    refused: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    forced: Mapped[str | None]
    conflict: Mapped[bool] = mapped_column(server_default="false")
    happened_at: Mapped[datetime | None]
    staff_id: Mapped[UUID | None]
    staff_name: Mapped[str]
    device_id: Mapped[UUID | None]
    terminal_id: Mapped[UUID | None] = mapped_column(ForeignKey("terminal.id"))
    handed_over_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Proxy(Base):
    """Somebody the customer sends: `contact_id` is who. Each has a pass of their own."""

    __tablename__ = "proxy"
    __table_args__ = (Index(None, "order_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    named_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    revoked_at: Mapped[datetime | None]


class Arrival(Base):
    """That the customer of a parcel is on the way, or waits outside: where, and since when."""

    __tablename__ = "arrival"
    __table_args__ = (
        CheckConstraint("served_at IS NULL OR arrived_at IS NOT NULL", name="served_after"),
    )

    fulfillment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfillment.id"), primary_key=True)
    on_my_way_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    bay: Mapped[str | None]
    vehicle: Mapped[str | None]
    served_at: Mapped[datetime | None]


class OfflineFact(Base):
    """Something a tablet did without a network, taken in afterwards: once per nonce.

    `happened_at` is the tablet's clock, kept as told; order and time of record are the database's.
    """

    __tablename__ = "offline_fact"
    __table_args__ = (Index(None, "fulfillment_id"),)

    device_id: Mapped[UUID] = mapped_column(ForeignKey("tablet.id"), primary_key=True)
    nonce: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigId)
    kind: Mapped[OfflineKind]
    payload: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    outcome: Mapped[OfflineOutcome]
    refusal: Mapped[str | None]
    fulfillment_id: Mapped[UUID | None] = mapped_column(ForeignKey("fulfillment.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"))
