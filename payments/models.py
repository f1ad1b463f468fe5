"""Tables of money: what is owed, visits to the payment page, cards charged, wishes, news."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base, BigId
from payments.commands import (
    CheckoutStatus,
    NewsStatus,
    ObligationStatus,
    PaymentStatus,
    WishKind,
    WishStatus,
)

NEXT: Final[Mapping[ObligationStatus, frozenset[ObligationStatus]]] = {
    ObligationStatus.OPENED: frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CANCELLED}),
    ObligationStatus.AUTHORISED: frozenset(
        {ObligationStatus.CAPTURED, ObligationStatus.FAILED, ObligationStatus.CANCELLED}
    ),
    ObligationStatus.FAILED: frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CANCELLED}),
    ObligationStatus.CAPTURED: frozenset({ObligationStatus.CANCELLED}),
    ObligationStatus.CANCELLED: frozenset(),
}
"""What may follow what. `failed` lost its authorisation and may be paid anew."""

PAYABLE: Final = frozenset({ObligationStatus.OPENED, ObligationStatus.FAILED})
LIVE_CHECKOUTS: Final = frozenset({CheckoutStatus.STARTING, CheckoutStatus.OPEN})
LIVE_WISHES: Final = frozenset({WishStatus.DUE, WishStatus.UNKNOWN})

_LIVE_CHECKOUT = text("status IN ('starting', 'open')")
_LIVE_WISH = "status IN ('due', 'unknown')"


class TillPayment(Base):
    """That a till took money for an obligation: its ticket is the proof, the till the record."""

    __tablename__ = "till_payment"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
        UniqueConstraint("location_id", "ticket_number", "reference_id"),
        Index(None, "reference_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference_id: Mapped[UUID]
    location_id: Mapped[UUID]
    ticket_number: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    taken_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class OutsidePayment(Base):
    """That somebody else took money for an obligation before it came to us: a foreign shop.

    What goes back of it is told to them; our provider never saw it.
    """

    __tablename__ = "outside_payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        CheckConstraint("back_minor BETWEEN 0 AND amount_minor", name="back_minor"),
        UniqueConstraint("source", "payment_reference", "reference_id"),
        Index(None, "reference_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference_id: Mapped[UUID]
    source: Mapped[str]
    payment_reference: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigId)
    back_minor: Mapped[int] = mapped_column(BigId, server_default="0")
    currency: Mapped[str] = mapped_column(String(3))
    taken_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Obligation(Base):
    """Something owed by card under somebody's reference, numbered from 1 under it.

    Its row is locked before any other row of payments is changed.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        CheckConstraint("obligation_no > 0", name="obligation_no"),
        UniqueConstraint("reference_id", "obligation_no"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference_id: Mapped[UUID]
    obligation_no: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[ObligationStatus]
    opened_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW, onupdate=DB_NOW)

    def move_to(self, status: ObligationStatus) -> None:
        """Have the obligation stand there.

        Raises ValueError when the table of moves does not lead there.
        """
        if status not in NEXT[self.status]:
            raise ValueError(f"an obligation does not go from {self.status} to {status}")
        self.status = status


class Checkout(Base):
    """One visit to the payment page: a Checkout session of Stripe, asked for under the row's id.

    What the session is asked for with is kept, so that a call without an answer can be repeated
    word for word. `last_failure` is the newest declined charge, so that each is told of once.
    """

    __tablename__ = "checkout"
    __table_args__ = (
        UniqueConstraint("obligation_id", "attempt_no"),
        Index("uq_checkout_live", "obligation_id", unique=True, postgresql_where=_LIVE_CHECKOUT),
        Index("ix_checkout_poll", "poll_due_at", postgresql_where=_LIVE_CHECKOUT),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligation.id"))
    attempt_no: Mapped[int]
    status: Mapped[CheckoutStatus]
    session_id: Mapped[str | None] = mapped_column(unique=True)
    title: Mapped[str]
    language: Mapped[str] = mapped_column(String(5))
    return_url: Mapped[str]
    cancel_url: Mapped[str]
    expires_at: Mapped[datetime]
    polls: Mapped[int] = mapped_column(server_default="0")
    poll_due_at: Mapped[datetime]
    last_failure: Mapped[str | None]
    doubt: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class CardPayment(Base):
    """Money held on, or taken from, a card: one payment intent of Stripe.

    One that is not `wanted` paid what was cancelled or already paid: its money goes back.
    """

    __tablename__ = "card_payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        CheckConstraint("captured_minor BETWEEN 0 AND amount_minor", name="captured_minor"),
        CheckConstraint("refunded_minor BETWEEN 0 AND captured_minor", name="refunded_minor"),
        Index(
            "uq_card_payment_wanted",
            "obligation_id",
            unique=True,
            postgresql_where=text("wanted AND status IN ('authorised', 'captured')"),
        ),
        Index(None, "obligation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligation.id"))
    checkout_id: Mapped[UUID] = mapped_column(ForeignKey("checkout.id"))
    intent_id: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    status: Mapped[PaymentStatus]
    wanted: Mapped[bool]
    captured_minor: Mapped[int] = mapped_column(server_default="0")
    refunded_minor: Mapped[int] = mapped_column(server_default="0")
    authorised_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=DB_NOW, onupdate=DB_NOW)


class Wish(Base):
    """Something Stripe is to be asked for, until it is known how that ended.

    `due_at` is due time and end of lease in one, `fence` tells an old asker from the present one,
    `begun_at` says that Stripe may have been asked without an answer. The idempotency key is made
    of the id and `key_no`, which rises only when Stripe keeps a failure of its own under the key.
    """

    __tablename__ = "payment_wish"
    __table_args__ = (
        CheckConstraint("(kind = 'expire') = (checkout_id IS NOT NULL)", name="checkout_id"),
        CheckConstraint("(kind = 'expire') = (payment_id IS NULL)", name="payment_id"),
        CheckConstraint(
            "CASE WHEN kind IN ('capture', 'refund') THEN amount_minor > 0 "
            "ELSE amount_minor IS NULL END",
            name="amount_minor",
        ),
        Index("ix_payment_wish_due", "due_at", postgresql_where=text(_LIVE_WISH)),
        Index(
            "uq_payment_wish_capture",
            "payment_id",
            unique=True,
            postgresql_where=text("kind = 'capture' AND status IN ('due', 'unknown', 'done')"),
        ),
        Index(
            "uq_payment_wish_cancel",
            "payment_id",
            unique=True,
            postgresql_where=text(f"kind = 'cancel' AND {_LIVE_WISH}"),
        ),
        Index(
            "uq_payment_wish_expire",
            "checkout_id",
            unique=True,
            postgresql_where=text(f"kind = 'expire' AND {_LIVE_WISH}"),
        ),
        Index(None, "payment_id"),
        Index(None, "obligation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligation.id"))
    checkout_id: Mapped[UUID | None] = mapped_column(ForeignKey("checkout.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("card_payment.id"))
    kind: Mapped[WishKind]
    amount_minor: Mapped[int | None]
    reason: Mapped[str | None]
    status: Mapped[WishStatus]
    due_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    key_no: Mapped[int] = mapped_column(server_default="1")
    begun_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    note: Mapped[str | None]
    wished_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class StripeEvent(Base):
    """That Stripe told us something: ids only, for what is believed is read anew at Stripe."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index("ix_stripe_event_due", "due_at", postgresql_where=text("status = 'due'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    session_id: Mapped[str | None]
    intent_id: Mapped[str | None]
    status: Mapped[NewsStatus]
    due_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    note: Mapped[str | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
