"""Reads of money, and the shapes others may see: no card, no address of a customer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, union_all
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from kernel.db import plain_rows
from payments.commands import (
    ObligationStatus,
    PaymentStatus,
    RefundReason,
    WishKind,
    WishStatus,
)
from payments.errors import UnknownObligation
from payments.models import (
    LIVE_CHECKOUTS,
    CardPayment,
    Checkout,
    Obligation,
    OutsidePayment,
    TillPayment,
    Wish,
)

HOLD_LASTS: Final = timedelta(days=7)
"""How long a card's hold is good for, where the customer was there to pay."""
HOLDS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class ObligationFacts:
    """What is owed by card and what became of it; amounts in minor units.

    `captured_minor` and `refunded_minor` count every card that paid it; `pays_until` is the end of
    the open payment page.
    """

    id: UUID
    reference_id: UUID
    obligation_no: int
    amount_minor: int
    currency: str
    status: ObligationStatus
    captured_minor: int
    refunded_minor: int
    pays_until: datetime | None


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money on its way back, or back; `settled_at` is when its end became known."""

    id: UUID
    obligation_id: UUID
    amount_minor: int
    reason: RefundReason
    status: WishStatus
    wished_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndingHold:
    """Money that a card holds for a reference until `ends_at`, and not longer."""

    obligation_id: UUID
    reference_id: UUID
    amount_minor: int
    currency: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What a till took, in minor units, and the number of its ticket."""

    location_id: UUID
    ticket_number: str
    amount_minor: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class OutsideFacts:
    """What a foreign shop took, and what of it it was told to give back; minor units."""

    source: str
    payment_reference: str
    amount_minor: int
    back_minor: int
    currency: str


def paid_minor(session: Session, reference_id: UUID) -> int:
    """Return what was paid under a reference, less what went or is to go back; minor units.

    At tills, by card, and where somebody else took it.
    """
    return list_paid(session, [reference_id]).get(reference_id, 0)


def list_paid(session: Session, reference_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return what was paid under each reference, as `paid_minor` does; those without are left out.

    In one statement, however many there are.
    """
    tills = select(TillPayment.reference_id, TillPayment.amount_minor.label("minor"))
    outside = select(
        OutsidePayment.reference_id, OutsidePayment.amount_minor - OutsidePayment.back_minor
    )
    cards = select(
        Obligation.reference_id, CardPayment.captured_minor - CardPayment.refunded_minor
    ).join(CardPayment)
    each = union_all(
        tills.where(TillPayment.reference_id.in_(reference_ids)),
        outside.where(OutsidePayment.reference_id.in_(reference_ids)),
        cards.where(Obligation.reference_id.in_(reference_ids)),
    ).subquery()
    rows = session.execute(
        select(each.c.reference_id, func.sum(each.c.minor).label("minor")).group_by(
            each.c.reference_id
        )
    )
    return {row.reference_id: int(row.minor) for row in rows}


def list_outside(session: Session, reference_id: UUID) -> list[OutsideFacts]:
    """Return what foreign shops took under a reference, oldest first."""
    rows = session.execute(
        select(OutsidePayment)
        .where(OutsidePayment.reference_id == reference_id)
        .order_by(OutsidePayment.taken_at, OutsidePayment.id)
        .execution_options(populate_existing=True)
    ).scalars()
    return [
        OutsideFacts(
            row.source, row.payment_reference, row.amount_minor, row.back_minor, row.currency
        )
        for row in rows
    ]


def outside_minor(session: Session, reference_id: UUID) -> int:
    """Return what foreign shops took under a reference and were not told to give back."""
    return sum(row.amount_minor - row.back_minor for row in list_outside(session, reference_id))


def list_tickets(session: Session, reference_id: UUID) -> list[TicketFacts]:
    """Return what tills took under a reference, oldest first."""
    rows = session.execute(
        select(TillPayment)
        .where(TillPayment.reference_id == reference_id)
        .order_by(TillPayment.taken_at)
    ).scalars()
    return [
        TicketFacts(row.location_id, row.ticket_number, row.amount_minor, row.taken_at)
        for row in rows
    ]


def list_paid_with(session: Session, location_id: UUID, ticket_number: str) -> set[UUID]:
    """Return the references a ticket of a store paid for, and have no other payment with it.

    Whoever asks at the same time waits until this transaction ended.
    """
    key = func.hashtextextended(f"ticket {location_id} {ticket_number}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    rows = select(TillPayment.reference_id).where(
        TillPayment.location_id == location_id, TillPayment.ticket_number == ticket_number
    )
    return set(session.execute(rows).scalars())


def get_obligation(session: Session, obligation_id: UUID) -> ObligationFacts:
    """Return one obligation.

    Raises UnknownObligation.
    """
    found = _read(session, Obligation.id == obligation_id)
    if not found:
        raise UnknownObligation
    return found[0]


def find_obligation_of_session(session: Session, session_id: str) -> UUID | None:
    """Return the obligation a visit to Stripe was for, if the visit was one of ours."""
    return session.execute(
        select(Checkout.obligation_id).where(Checkout.session_id == session_id)
    ).scalar_one_or_none()


def list_obligations(session: Session, reference_id: UUID) -> list[ObligationFacts]:
    """Return what is owed by card under a reference, in the order of its numbers."""
    return _read(session, Obligation.reference_id == reference_id)


def list_refunds(session: Session, obligation_id: UUID) -> list[RefundFacts]:
    """Return what was, or is to be, given back of an obligation, oldest first."""
    rows = session.execute(
        select(Wish)
        .where(Wish.obligation_id == obligation_id, Wish.kind == WishKind.REFUND)
        .order_by(Wish.id)
    ).scalars()
    return [
        RefundFacts(
            id=row.id,
            obligation_id=row.obligation_id,
            amount_minor=row.amount_minor or 0,
            reason=RefundReason(row.reason or ""),
            status=row.status,
            wished_at=row.wished_at,
            settled_at=row.settled_at,
        )
        for row in rows
    ]


def list_ending_holds(
    session: Session, *, within: timedelta, limit: int = HOLDS_MAX
) -> list[EndingHold]:
    """Return money that cards hold for no longer than this, the soonest to end first.

    Stripe lets go of what was not captured seven days after the card agreed.
    """
    rows = session.execute(
        select(
            Obligation.id,
            Obligation.reference_id,
            CardPayment.amount_minor,
            Obligation.currency,
            CardPayment.authorised_at,
        )
        .join(Obligation)
        .where(
            CardPayment.status == PaymentStatus.AUTHORISED,
            CardPayment.wanted,
            CardPayment.authorised_at < DB_NOW - (HOLD_LASTS - within),
        )
        .order_by(CardPayment.authorised_at, CardPayment.id)
        .limit(limit)
    )
    return [EndingHold(*row[:-1], ends_at=row.authorised_at + HOLD_LASTS) for row in rows]


def _read(session: Session, condition: ColumnElement[bool]) -> list[ObligationFacts]:
    money = (
        select(
            func.coalesce(func.sum(CardPayment.captured_minor), 0).label("captured"),
            func.coalesce(func.sum(CardPayment.refunded_minor), 0).label("refunded"),
        )
        .where(CardPayment.obligation_id == Obligation.id)
        .lateral()
    )
    pays_until = (
        select(func.max(Checkout.expires_at))
        .where(
            Checkout.obligation_id == Obligation.id,
            Checkout.status.in_(LIVE_CHECKOUTS),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Obligation.id,
            Obligation.reference_id,
            Obligation.obligation_no,
            Obligation.amount_minor,
            Obligation.currency,
            Obligation.status,
            money.c.captured,
            money.c.refunded,
            pays_until,
        )
        .join(money, true())
        .where(condition)
        .order_by(Obligation.obligation_no)
    )
    return [ObligationFacts(*row) for row in rows]


def export_money(session: Session, reference_ids: Collection[UUID]) -> dict[str, Any]:
    """Return what was owed and paid for these references, by card, at tills and elsewhere."""
    owed = select(Obligation.id).where(Obligation.reference_id.in_(reference_ids))
    tables = {
        "owed": (Obligation, Obligation.reference_id.in_(reference_ids)),
        "paid_by_card": (CardPayment, CardPayment.obligation_id.in_(owed)),
        "paid_at_tills": (TillPayment, TillPayment.reference_id.in_(reference_ids)),
        "paid_elsewhere": (OutsidePayment, OutsidePayment.reference_id.in_(reference_ids)),
    }
    return {
        name: plain_rows(session, select(*table.__table__.columns).where(wanted))
        for name, (table, wanted) in tables.items()
    }
