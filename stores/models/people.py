"""People, and the keys of machines."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base, BigId
from stores.commands import StaffRole


class Staff(Base):
    """Somebody who works for the retailer; with a brand, they see nothing of the others."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[StaffRole]
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    pin_hash: Mapped[str | None]
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]


class StaffLocation(Base):
    """That somebody works at a store; agents and administrators need no such row."""

    __tablename__ = "staff_location"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)


class ApiKey(Base):
    """A bearer key: only its hash is kept. With `staff_id` it speaks for that person.

    Without, it is an integration with exactly `scopes`, of one brand or of all. One that brings the
    orders of a foreign shop names it in `source`, and brings no more than its limits.
    """

    __tablename__ = "api_key"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    scopes: Mapped[list[str]]
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    source: Mapped[str | None] = mapped_column(String(40))
    order_max_minor: Mapped[int | None] = mapped_column(BigId)
    day_max_minor: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Tablet(Base):
    """An enrolled device of one store. Only the hash of its cookie is kept."""

    __tablename__ = "tablet"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    revoked_at: Mapped[datetime | None]


class Terminal(Base):
    """A till of one store. Its key is derived of the master secret, its id and its generation.

    For a while after a new generation, until `previous_until`, the one before signs as well.
    """

    __tablename__ = "terminal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), index=True)
    name: Mapped[str]
    generation: Mapped[int] = mapped_column(server_default="1")
    previous_until: Mapped[datetime | None]
    enrolled_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Enrolment(Base):
    """A one-use code with which a device becomes a tablet of a store within ten minutes."""

    __tablename__ = "enrolment"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"))
    tablet_name: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffSession(Base):
    """That somebody of the staff is signed in: on a tablet by PIN, elsewhere by password."""

    __tablename__ = "staff_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    tablet_id: Mapped[UUID | None] = mapped_column(ForeignKey("tablet.id"))
    started_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    idle_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
