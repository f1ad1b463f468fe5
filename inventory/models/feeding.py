"""Stock as another system says it is: feeds, their lines while they are applied, conflicts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inventory.commands import ConflictKind, FeedKind, FeedStatus
from kernel.clock import DB_NOW
from kernel.db import Base, BigId


class Feed(Base):
    """A snapshot or a set of changes that a source declares for an instant, `as_of`.

    `digest` is a chain over what was received so far: who sends the same sequence again must send
    the same.
    """

    __tablename__ = "stock_feed"
    __table_args__ = (
        UniqueConstraint("source", "sequence"),
        CheckConstraint("sequence > 0", name="sequence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[FeedKind]
    as_of: Mapped[datetime]
    contains_hand_overs: Mapped[bool]
    status: Mapped[FeedStatus]
    lines: Mapped[int] = mapped_column(server_default="0")
    applied: Mapped[int] = mapped_column(server_default="0")
    changed: Mapped[int] = mapped_column(server_default="0")
    conflicts: Mapped[int] = mapped_column(server_default="0")
    received_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    ended_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    digest: Mapped[bytes | None]


class FeedLine(Base):
    """One line of a feed that waits to be applied; it is removed when it is.

    Line 0 stands for what a snapshot leaves out at a store that it names. The key is the order in
    which lines are applied, and tells which were repeated.
    """

    __tablename__ = "stock_feed_line"

    feed_id: Mapped[UUID] = mapped_column(ForeignKey("stock_feed.id"), primary_key=True)
    store_code: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]


class FeedConflict(Base):
    """A line that was not, or not simply, taken over; `theirs` and `ours` are units on hand."""

    __tablename__ = "stock_feed_conflict"

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    feed_id: Mapped[UUID] = mapped_column(ForeignKey("stock_feed.id"), index=True)
    line: Mapped[int | None] = mapped_column(BigInteger)
    store_code: Mapped[str]
    sku: Mapped[str]
    kind: Mapped[ConflictKind]
    theirs: Mapped[int | None]
    ours: Mapped[int | None]
