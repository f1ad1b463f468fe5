"""Rows the use cases share: how an obligation is locked and a wish is written."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.clock import db_now
from kernel.ids import new_id
from payments.commands import CheckoutStatus, RefundReason, WishKind, WishStatus
from payments.errors import UnknownObligation
from payments.gateway import Page
from payments.models import (
    LIVE_CHECKOUTS,
    LIVE_WISHES,
    CardPayment,
    Checkout,
    Obligation,
    Wish,
)

LEASE_S: Final = 60
"""Longer than the two calls a wish may take: an asker that is merely slow keeps its wish."""
LEASE: Final = timedelta(seconds=LEASE_S)


def lock(session: Session, obligation_id: UUID) -> Obligation:
    """Return the obligation, locked: whatever else of it is read afterwards is the latest.

    Raises UnknownObligation.
    """
    found = session.execute(
        select(Obligation)
        .where(Obligation.id == obligation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise UnknownObligation
    return found


def lock_obligations(session: Session, reference_id: UUID) -> list[UUID]:
    """Return what is owed by card under a reference, locked, in the order of its numbers."""
    rows = session.execute(
        select(Obligation.id)
        .where(Obligation.reference_id == reference_id)
        .order_by(Obligation.obligation_no)
        .with_for_update()
    )
    return list(rows.scalars())


def wanted_payment(session: Session, obligation: Obligation) -> CardPayment | None:
    """Return the newest payment that counts for a locked obligation."""
    return (
        session.execute(
            select(CardPayment)
            .where(CardPayment.obligation_id == obligation.id, CardPayment.wanted)
            .order_by(CardPayment.authorised_at.desc(), CardPayment.id.desc())
            .execution_options(populate_existing=True)
        )
        .scalars()
        .first()
    )


def payment_of(session: Session, wish: Wish) -> CardPayment:
    """Return the payment a wish is about."""
    return session.execute(
        select(CardPayment)
        .where(CardPayment.id == wish.payment_id)
        .execution_options(populate_existing=True)
    ).scalar_one()


def live_checkout(session: Session, obligation: Obligation) -> Checkout | None:
    """Return the visit to the payment page that may still end in a payment."""
    return session.execute(
        select(Checkout)
        .where(Checkout.obligation_id == obligation.id, Checkout.status.in_(LIVE_CHECKOUTS))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def live_wish(session: Session, payment: CardPayment, kind: WishKind) -> Wish | None:
    """Return the wish of this kind that has not ended."""
    return session.execute(
        select(Wish)
        .where(Wish.payment_id == payment.id, Wish.kind == kind, Wish.status.in_(LIVE_WISHES))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def refunds_minor(session: Session, payment: CardPayment, *, refused_too: bool = False) -> int:
    """Return what was wished back of a payment, done or on its way; minor units."""
    among = set(WishStatus) if refused_too else {WishStatus.DONE, *LIVE_WISHES}
    total = session.execute(
        select(func.coalesce(func.sum(Wish.amount_minor), 0)).where(
            Wish.payment_id == payment.id,
            Wish.kind == WishKind.REFUND,
            Wish.status.in_(among),
        )
    ).scalar_one()
    return int(total or 0)


def wish_of(
    session: Session,
    payment: CardPayment,
    kind: WishKind,
    *,
    amount_minor: int | None = None,
    reason: RefundReason | None = None,
) -> Wish:
    """Have Stripe asked for something about a payment; due at once."""
    wish = Wish(
        id=new_id(),
        obligation_id=payment.obligation_id,
        payment_id=payment.id,
        kind=kind,
        amount_minor=amount_minor,
        reason=reason,
        status=WishStatus.DUE,
    )
    session.add(wish)
    session.flush()
    return wish


def wish_expiry(session: Session, checkout: Checkout, *, reason: str) -> Wish:
    """Have Stripe asked to end a visit; return that wish, or the one that already asks for it."""
    asked = session.execute(
        select(Wish)
        .where(
            Wish.checkout_id == checkout.id,
            Wish.kind == WishKind.EXPIRE,
            Wish.status.in_(LIVE_WISHES),
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if asked is not None:
        return asked
    wish = Wish(
        id=new_id(),
        obligation_id=checkout.obligation_id,
        checkout_id=checkout.id,
        kind=WishKind.EXPIRE,
        reason=reason,
        status=WishStatus.DUE,
    )
    session.add(wish)
    session.flush()
    return wish


def end_wish(session: Session, wish: Wish, status: WishStatus, note: str | None = None) -> None:
    """Have a wish ended; nobody asks for it any more."""
    wish.status, wish.note, wish.settled_at = status, note, db_now(session)


def is_live(checkout: Checkout) -> bool:
    """Tell whether the visit may still end in a payment."""
    return CheckoutStatus(checkout.status) in LIVE_CHECKOUTS


def page_of(obligation: Obligation, checkout: Checkout) -> Page:
    """Return the page of a visit, word for word as it was first asked for."""
    return Page(
        checkout_id=checkout.id,
        obligation_id=obligation.id,
        amount_minor=obligation.amount_minor,
        currency=obligation.currency,
        title=checkout.title,
        language=checkout.language,
        return_url=checkout.return_url,
        cancel_url=checkout.cancel_url,
        expires_at=checkout.expires_at,
    )
