"""What happened between a customer and us, what they agreed to, and who looked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from customers.commands import Direction, TouchChannel
from kernel.clock import DB_NOW
from kernel.db import APPEND_ONLY, Base, BigId, append_only_but


class Consent(Base):
    """That a customer agreed to something, or refused it: the newest line per purpose holds.

    `proof` is what shows it (a form, a call, a record of a former system), `wording` the version of
    what was asked and `language` which of it: the words stand in `consent_wording`, unless another
    system asked. `given_at` is when the customer said so, `author_id` who wrote it down.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index(None, "customer_id", "purpose", "channel", "topic"),
        {"info": append_only_but("proof")},
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    purpose: Mapped[str]
    channel: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    granted: Mapped[bool]
    wording: Mapped[str]
    proof: Mapped[str]
    source: Mapped[str]
    author_name: Mapped[str]
    given_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    language: Mapped[str | None] = mapped_column(String(5))
    author_id: Mapped[UUID | None]


class ConsentWording(Base):
    """The words somebody agreed to or refused, as they stood there: a version for each change."""

    __tablename__ = "consent_wording"
    __table_args__ = ({"info": APPEND_ONLY},)

    version: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    words: Mapped[str]
    first_used_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Interaction(Base):
    """One thing that happened between a customer and us, on whichever channel; never changed.

    `customer_id` is who they were then: merges are followed when it is read. `facts` hold nothing
    personal; what somebody said stands in `interaction_text`. An event is told of once, and what
    another system tells of once per its `reference`.
    """

    __tablename__ = "interaction"
    __table_args__ = (
        Index(None, "customer_id", "happened_at", "id"),
        Index(None, "order_id", postgresql_where=text("order_id IS NOT NULL")),
        Index(
            "ix_interaction_uncollected",
            "customer_id",
            "happened_at",
            postgresql_where=text("kind = 'fulfillment.expired'"),
        ),
        UniqueConstraint("event_id"),
        UniqueConstraint("source", "reference"),
        CheckConstraint("(source IS NULL) = (reference IS NULL)", name="source"),
        {"info": append_only_but("reference")},
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    happened_at: Mapped[datetime]
    kind: Mapped[str]
    channel: Mapped[TouchChannel]
    direction: Mapped[Direction]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    order_id: Mapped[UUID | None]
    fulfillment_id: Mapped[UUID | None]
    sku: Mapped[str | None]
    location_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    event_id: Mapped[int | None] = mapped_column(BigId)
    source: Mapped[str | None]
    reference: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class InteractionText(Base):
    """What was said in an interaction, in somebody's own words: erasure takes it away."""

    __tablename__ = "interaction_text"

    interaction_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("interaction.id"), primary_key=True
    )
    body: Mapped[str]


class FileLook(Base):
    """That somebody looked into a customer's file, by which door; also when it was refused."""

    __tablename__ = "file_look"
    __table_args__ = (
        Index(None, "customer_id", "looked_at"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    device_id: Mapped[UUID | None]
    door: Mapped[str]
    seen: Mapped[bool]
    looked_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Erasure(Base):
    """That somebody is to be forgotten: who asked for it, and since when nothing of them is left.

    It waits while anything of an order of theirs is still open; until then it can be withdrawn.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index(
            "uq_erasure_open",
            "customer_id",
            unique=True,
            postgresql_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index(None, "customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    by_customer: Mapped[bool]
    author_name: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    withdrawn_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
