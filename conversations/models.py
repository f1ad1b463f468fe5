"""Conversations, and what was said in them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from conversations.commands import Intent, SurveyAbout, ThreadStatus
from conversations.errors import ThreadClosed
from customers.commands import Direction, TouchChannel
from kernel.clock import DB_NOW
from kernel.db import Base, BigId

AUTOMATIC, WAITING = ThreadStatus.AUTOMATIC, ThreadStatus.WAITING
ANSWERED, CLOSED = ThreadStatus.ANSWERED, ThreadStatus.CLOSED

NEXT: Final[Mapping[ThreadStatus, frozenset[ThreadStatus]]] = {
    AUTOMATIC: frozenset({WAITING, CLOSED}),
    WAITING: frozenset({ANSWERED, CLOSED}),
    ANSWERED: frozenset({WAITING, CLOSED}),
    CLOSED: frozenset({WAITING}),
}
"""What may follow what: a customer who writes again opens a conversation again."""
SAME_MATTER: Final = timedelta(days=7)
"""Who turns to us again within this time had not been helped."""


class Thread(Base):
    """One matter somebody turned to us with, on whichever channels it goes on.

    While it waits for us (`waiting`) one case is open for it (`thread:<id>`), which holds who
    answers and until when. `owner_id` is who answered last, to whom it comes back. `channel` is the
    one they wrote on last, `began_on` the first. `brand_id` is whom they turned to: others know
    nothing of it. `seen_at` is when they last looked at its page. Where who writes is only
    `claimed`, by what they typed, its page shows nothing of that customer's.
    `reopened_at` is when they came back to it within days of its end: it had not been resolved.
    """

    __tablename__ = "thread"
    __table_args__ = (
        Index(None, "customer_id", "opened_at"),
        Index(None, "contact_id"),
        Index(None, "order_id", postgresql_where=text("order_id IS NOT NULL")),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(status = 'waiting') = (waiting_since IS NOT NULL)", name="waiting"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[ThreadStatus]
    intent: Mapped[Intent]
    began_on: Mapped[TouchChannel]
    channel: Mapped[TouchChannel]
    language: Mapped[str]
    writer: Mapped[str]
    subject: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    cart_id: Mapped[UUID | None] = mapped_column(ForeignKey("cart.id", ondelete="SET NULL"))
    claimed: Mapped[bool] = mapped_column(server_default=text("false"))
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    transfers: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    waiting_since: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]

    def move_to(self, status: ThreadStatus, at: datetime) -> None:
        """Have it be somebody else's turn, or nobody's, from an instant on.

        Raises ThreadClosed when it has ended and nobody wrote since.
        """
        if status is self.status:
            return
        if status not in NEXT[self.status]:
            raise ThreadClosed(thread_id=str(self.id))
        if self.closed_at is not None and at - self.closed_at <= SAME_MATTER:
            self.reopened_at = at
        self.status = status
        self.waiting_since = at if status is WAITING else None
        self.closed_at = at if status is CLOSED else None


class ThreadEntry(Base):
    """One thing said in a conversation, by whom and on which channel; erasure empties `body`."""

    __tablename__ = "thread_entry"
    __table_args__ = (
        Index(None, "thread_id", "id"),
        UniqueConstraint("source", "reference"),
        CheckConstraint("(source IS NULL) = (reference IS NULL)", name="source"),
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    said_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    channel: Mapped[TouchChannel]
    direction: Mapped[Direction]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    automatic: Mapped[bool] = mapped_column(server_default=text("false"))
    body: Mapped[str]
    source: Mapped[str | None]
    reference: Mapped[str | None]


class ThreadAddress(Base):
    """Where somebody writes from in a conversation, on one channel; erasure takes it away.

    `source` is `email`, `sms`, or what brings messages of a social network; `value` is what they
    are called there. Answers go there as long as nobody knows who it is.
    """

    __tablename__ = "thread_address"
    __table_args__ = (Index(None, "source", "value"),)

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    channel: Mapped[TouchChannel] = mapped_column(primary_key=True)
    source: Mapped[str]
    value: Mapped[str]


class Answer(Base):
    """What we answer to a question many ask; only what is published is told to anybody outside.

    `code` names it for good: a file of answers is brought in once. `version` counts changes.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    intent: Mapped[Intent]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    published_at: Mapped[datetime | None]
    author_name: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    useful: Mapped[int] = mapped_column(Integer, server_default="0")
    useless: Mapped[int] = mapped_column(Integer, server_default="0")


class AnswerText(Base):
    """An answer in one language, and words it is asked for with beside those of its question."""

    __tablename__ = "answer_text"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str]
    body: Mapped[str]
    keywords: Mapped[str]


class AskedQuestion(Base):
    """A question nothing answered, without what could tell who asked: how often, and since when.

    `words` are its stems, so that it is one row in whatever order and form it is asked.
    `answer_id` is what an editor wrote for it, `set_aside_at` when one decided against it.
    """

    __tablename__ = "asked_question"
    __table_args__ = (UniqueConstraint("language", "words"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str]
    words: Mapped[str]
    said: Mapped[str]
    times: Mapped[int] = mapped_column(Integer, server_default="1")
    first_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    last_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id"))
    set_aside_at: Mapped[datetime | None]


class Assisted(Base):
    """What the assistant offered in a conversation and waits for a yes to."""

    __tablename__ = "assisted"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    wish: Mapped[str]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    offered: Mapped[bool]
    """Whether a yes does it; otherwise the assistant asked for something else first."""
    fails: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How often in a row nothing was understood."""


class Survey(Base):
    """How somebody found one collection, delivery or conversation: 1 to 5, the last they said.

    What they wrote beside it stands in their history, so that erasing it is one place.
    """

    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("about", "about_id"),
        Index(None, "location_id", "answered_at"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[SurveyAbout]
    about_id: Mapped[UUID]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    score: Mapped[int] = mapped_column(SmallInteger)
    answered_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
