"""What others ask of payments: owe, capture, refund, cancel. Nothing here talks to Stripe.

Each request is a row that a job carries out; its end comes back as an event.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kernel.ids import new_id
from payments.commands import (
    ObligationStatus,
    OpenObligation,
    PaymentStatus,
    RefundReason,
    WishKind,
    WishStatus,
)
from payments.errors import AmountTooHigh, NotAuthorised, UnknownRefund, UnreadableAmount
from payments.models import PAYABLE, CardPayment, Obligation, Wish
from payments.services.believing import put_right
from payments.services.rows import (
    live_checkout,
    lock,
    payment_of,
    refunds_minor,
    wanted_payment,
    wish_expiry,
    wish_of,
)

AMOUNT_MAX: Final = 99_999_999
"""Stripe's limit for one charge, minor units."""


def open_obligation(session: Session, command: OpenObligation) -> UUID:
    """Have an amount owed under a reference, with the next number there; return its id.

    The caller holds the lock of what the reference names, which keeps the numbers gapless.

    Raises UnreadableAmount.
    """
    if not 0 < command.amount_minor <= AMOUNT_MAX:
        raise UnreadableAmount(amount_minor=command.amount_minor)
    numbered = select(func.coalesce(func.max(Obligation.obligation_no), 0) + 1).where(
        Obligation.reference_id == command.reference_id
    )
    obligation_id = new_id()
    session.execute(
        insert(Obligation).values(
            id=obligation_id,
            reference_id=command.reference_id,
            obligation_no=numbered.scalar_subquery(),
            amount_minor=command.amount_minor,
            currency=command.currency,
            status=ObligationStatus.OPENED,
        )
    )
    return obligation_id


def request_capture(session: Session, obligation_id: UUID, *, amount_minor: int) -> None:
    """Have this much taken from the card; PaymentCaptured or CaptureFailed tells how it ended.

    A capture happens once: asking again, with whatever amount, changes nothing. What proves too
    much afterwards is refunded; when nothing is owed at all, cancel instead.

    Raises UnknownObligation, NotAuthorised, UnreadableAmount or AmountTooHigh.
    """
    obligation = lock(session, obligation_id)
    payment = wanted_payment(session, obligation)
    if payment is None or obligation.status not in {
        ObligationStatus.AUTHORISED,
        ObligationStatus.CAPTURED,
    }:
        raise NotAuthorised(status=obligation.status)
    if _has_capture(session, payment) or payment.status is PaymentStatus.CAPTURED:
        return
    _check_amount(amount_minor, available_minor=payment.amount_minor)
    wish_of(session, payment, WishKind.CAPTURE, amount_minor=amount_minor)


def request_refund(
    session: Session, obligation_id: UUID, *, amount_minor: int, reason: RefundReason
) -> UUID:
    """Have this much given back to the card; return the refund's id, which PaymentRefunded names.

    Raises UnknownObligation, UnreadableAmount, or AmountTooHigh when less than that was captured
    and is not on its way back already.
    """
    obligation = lock(session, obligation_id)
    payment = wanted_payment(session, obligation)
    left_minor = 0
    if payment is not None:
        left_minor = payment.captured_minor - refunds_minor(session, payment)
    _check_amount(amount_minor, available_minor=left_minor)
    if payment is None:
        raise AmountTooHigh(available_minor=0)
    return wish_of(session, payment, WishKind.REFUND, amount_minor=amount_minor, reason=reason).id


def retry_refund(session: Session, refund_id: UUID) -> UUID:
    """Have a refund that Stripe refused asked for once more; return the id of the new one.

    The refused one counts as withdrawn: it was replaced.

    Raises UnknownRefund when there is none that was refused, or AmountTooHigh when so much was
    not taken, or is on its way back already.
    """
    refused = session.get(Wish, refund_id)
    if refused is None or refused.kind is not WishKind.REFUND:
        raise UnknownRefund(refund_id=str(refund_id))
    lock(session, refused.obligation_id)
    session.refresh(refused)
    if refused.status is not WishStatus.REFUSED:
        raise UnknownRefund(refund_id=str(refund_id))
    payment = payment_of(session, refused)
    amount_minor = refused.amount_minor or 0
    left_minor = payment.captured_minor - refunds_minor(session, payment)
    _check_amount(amount_minor, available_minor=left_minor)
    refused.status = WishStatus.WITHDRAWN
    reason = RefundReason(refused.reason or RefundReason.SURPLUS)
    session.flush()
    return wish_of(session, payment, WishKind.REFUND, amount_minor=amount_minor, reason=reason).id


def request_expiry(session: Session, obligation_id: UUID) -> bool:
    """Have the open visit to the payment page ended; False when there is none.

    CheckoutExpired tells of the end, or PaymentAuthorised that the customer was faster.

    Raises UnknownObligation.
    """
    obligation = lock(session, obligation_id)
    checkout = live_checkout(session, obligation)
    if checkout is None:
        return False
    wish_expiry(session, checkout, reason="ended")
    return True


def cancel_unpaid(session: Session, obligation_id: UUID) -> bool:
    """Have nothing owed, unless it is paid or may be paid at this moment; tell whether it is so.

    For the end of a hold: False while a card holds the money or a payment page is open, whose end
    has to be asked for and waited for first. The customer who was just in time keeps the order.

    Raises UnknownObligation.
    """
    obligation = lock(session, obligation_id)
    if obligation.status in PAYABLE and live_checkout(session, obligation) is None:
        cancel_obligation(session, obligation_id)
    return obligation.status is ObligationStatus.CANCELLED


def cancel_obligation(
    session: Session, obligation_id: UUID, *, reason: RefundReason = RefundReason.CANCELLED
) -> None:
    """Have nothing owed and, in the end, nothing taken: at any moment, and safe to repeat.

    An open page is ended, what a card holds is let go, what was captured goes back, and a payment
    that arrives later is undone.

    Raises UnknownObligation.
    """
    obligation = lock(session, obligation_id)
    if obligation.status is ObligationStatus.CANCELLED:
        return
    obligation.move_to(ObligationStatus.CANCELLED)
    checkout = live_checkout(session, obligation)
    if checkout is not None:
        wish_expiry(session, checkout, reason="cancelled")
    payment = wanted_payment(session, obligation)
    if payment is not None:
        payment.wanted = False
        put_right(session, payment, reason=reason)
    session.flush()


def _has_capture(session: Session, payment: CardPayment) -> bool:
    found = session.execute(
        select(Wish.id).where(
            Wish.payment_id == payment.id,
            Wish.kind == WishKind.CAPTURE,
            Wish.status.not_in({WishStatus.REFUSED, WishStatus.WITHDRAWN}),
        )
    ).first()
    return found is not None


def _check_amount(amount_minor: int, *, available_minor: int) -> None:
    if amount_minor <= 0:
        raise UnreadableAmount(amount_minor=amount_minor)
    if amount_minor > available_minor:
        raise AmountTooHigh(available_minor=available_minor)
