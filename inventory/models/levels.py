"""Levels, what is promised of them, and the ledger of every change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import Cause, MovementKind
from kernel.clock import DB_NOW
from kernel.db import APPEND_ONLY, Base, BigId


class StockLevel(Base):
    """What one location has of one SKU, in base units.

    Available = on hand - reserved - quarantined - safety stock. Reserved may exceed on hand: that
    is a shortage somebody must resolve, and the shelf's truth must be writable.
    """

    __tablename__ = "stock_level"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("quarantined >= 0", name="quarantined"),
        CheckConstraint("safety_stock >= 0", name="safety_stock"),
        Index(None, "sku"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(server_default="0")
    reserved: Mapped[int] = mapped_column(server_default="0")
    quarantined: Mapped[int] = mapped_column(server_default="0")
    safety_stock: Mapped[int] = mapped_column(server_default="0")


class Reservation(Base):
    """What one location still owes one fulfillment (an id of `orders`) of one SKU.

    Others that keep goods from being sold own some under their id in its place: a substitute that
    waits for an answer, a bin to be put back, a transfer that carries. `set_aside` of it lies in a
    bin. With `held_until` it is a hold: past that instant it counts for nobody, and whoever wants
    the units takes them; activity extends it, never beyond `held_max`.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("set_aside BETWEEN 0 AND quantity", name="set_aside"),
        CheckConstraint("held_until <= held_max", name="held_max"),
        Index(None, "location_id", "sku", postgresql_where=text("quantity > 0")),
        Index(
            "ix_reservation_held_until",
            "held_until",
            postgresql_where=text("held_until IS NOT NULL AND quantity > 0"),
        ),
    )

    fulfillment_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    quantity: Mapped[int]
    set_aside: Mapped[int] = mapped_column(server_default="0")
    held_until: Mapped[datetime | None]
    held_max: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class ShelfPlace(Base):
    """Where a SKU lies at a location; the place's text sorts as one walks past it."""

    __tablename__ = "shelf_place"

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), primary_key=True)
    place: Mapped[str] = mapped_column(String(40))


class StockMovement(Base):
    """One line of the ledger: what changed a level, by how much, and because of what.

    `xid` is the transaction that wrote it: a reader that follows by (xid, id) below the oldest
    running transaction misses nothing that commits late.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("kind <> 'adjusted' OR reason IS NOT NULL", name="adjusted_reason"),
        Index(None, "location_id", "sku", "id"),
        Index(None, "xid", "id"),
        Index("ix_stock_movement_recorded_at", "recorded_at", postgresql_using="brin"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"))
    kind: Mapped[MovementKind]
    on_hand_delta: Mapped[int] = mapped_column(server_default="0")
    reserved_delta: Mapped[int] = mapped_column(server_default="0")
    quarantined_delta: Mapped[int] = mapped_column(server_default="0")
    cause: Mapped[Cause]
    cause_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    xid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
    )
