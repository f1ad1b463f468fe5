"""Tables of messages. Bodies are rendered when sent and not kept; addresses stay in customers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base, BigId
from notifications.commands import Channel, ConnectorKind, MessageStatus, Template


class Message(Base):
    """One message owed to one recipient because of one event: of a parcel, a case, an answer.

    What is owed to staff (`staff_id`) speaks of a case or of their store. A code that proves a
    contact point goes there (`challenge_id`), whoever that is. An answer (`entry_id`) to somebody
    nobody knows has no contact: it goes to where they wrote from.

    `reference` is what the provider is given to know it by: the Message-ID of an e-mail. `due_at`
    is due time and end of lease in one, `fence` tells an old sender from the present one,
    `begun_at` says that the provider may have been called without an answer.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "due_at", postgresql_where=text("status = 'due'")),
        Index(None, "order_id"),
        Index(None, "cart_id", postgresql_where=text("cart_id IS NOT NULL")),
        Index(None, "entry_id", postgresql_where=text("entry_id IS NOT NULL")),
        CheckConstraint(
            "(order_id IS NULL) = (fulfillment_id IS NULL)"
            " AND num_nonnulls(fulfillment_id, wish_id, case_id, location_id, cart_id,"
            " challenge_id, entry_id) = 1"
            " AND (num_nonnulls(contact_id, staff_id, challenge_id) = 1"
            " OR entry_id IS NOT NULL AND num_nonnulls(contact_id, staff_id, challenge_id) = 0)"
            " AND (staff_id IS NULL) = (num_nonnulls(case_id, location_id) = 0)",
            name="about",
        ),
        Index(
            "ix_message_sms_begun",
            "begun_at",
            postgresql_where=text("channel = 'sms' AND begun_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("event.id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    fulfillment_id: Mapped[UUID | None] = mapped_column(ForeignKey("fulfillment.id"))
    wish_id: Mapped[UUID | None] = mapped_column(ForeignKey("stock_wish.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    cart_id: Mapped[UUID | None] = mapped_column(ForeignKey("cart.id", ondelete="CASCADE"))
    challenge_id: Mapped[UUID | None] = mapped_column(ForeignKey("challenge.id"))
    entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("thread_entry.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    channel: Mapped[Channel]
    template: Mapped[Template]
    template_version: Mapped[int]
    language: Mapped[str] = mapped_column(String(5))
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[UUID] = mapped_column(unique=True)
    status: Mapped[MessageStatus]
    due_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    begun_at: Mapped[datetime | None]
    possible_duplicate: Mapped[bool] = mapped_column(server_default="false")
    provider_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Webhook(Base):
    """Where a follower wants to be rung at when something happened; it signs with a derived key.

    It has been told everything up to `told_to`, a position in the chain of events, in order.
    `events` names what it follows (everything when empty). `due_at` is due time and end of lease in
    one, `fence` tells an old caller from the present one. Who does not answer is asked less and
    less often since `failing_since`, and no more after `paused_at`; nothing is skipped.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        Index(None, "key_id"),
        Index(
            "ix_webhook_due",
            "due_at",
            postgresql_where=text("paused_at IS NULL AND closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(ForeignKey("api_key.id"))
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    url: Mapped[str]
    events: Mapped[list[str]]
    told_to: Mapped[int] = mapped_column(BigId)
    due_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    answered: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Connector(Base):
    """A program that brings what people write elsewhere, and takes our answers to them there.

    It signs, and so do we, with a key derived from `generation`; the one before works until
    `previous_until`. `source` names it for good: people are known by what they are called there.
    `refused_at` is when something last came in its name that could not be believed, and why.
    """

    __tablename__ = "connector"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[ConnectorKind]
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    url: Mapped[str | None]
    generation: Mapped[int] = mapped_column(server_default="1")
    previous_until: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    refused_why: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]


class SocialAnswer(Base):
    """One answer of ours owed to somebody in a social network; its words stand in the thread.

    `due_at` is due time and end of lease in one, `fence` tells an old caller from the present one.
    The connector knows it by `entry_id`, so that a call without an answer may be made again.
    """

    __tablename__ = "social_answer"
    __table_args__ = (
        Index("ix_social_answer_due", "due_at", postgresql_where=text("status = 'due'")),
        Index(None, "thread_id"),
    )

    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey("thread_entry.id"), primary_key=True)
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    connector_id: Mapped[UUID | None] = mapped_column(ForeignKey("connector.id"), index=True)
    status: Mapped[MessageStatus]
    due_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
