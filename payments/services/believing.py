"""Believing Stripe: what was read there becomes what we know, in any order, any number of times.

Only what was read from Stripe under our own key arrives here, never the body of a webhook. It is
compared with what is owed first. Moves are monotone: an object that Stripe has ended stays ended,
so old news about it changes nothing.
"""

import logging
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actors import SYSTEM
from kernel.events import record
from kernel.ids import new_id
from payments import gateway
from payments.commands import (
    CheckoutStatus,
    ObligationStatus,
    PaymentStatus,
    RefundReason,
    WishKind,
    WishStatus,
)
from payments.errors import UnknownObligation
from payments.events import (
    CaptureFailed,
    CheckoutExpired,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDoubted,
    PaymentFailed,
)
from payments.gateway import IntentFacts, SessionFacts
from payments.models import LIVE_WISHES, PAYABLE, CardPayment, Checkout, Obligation, Wish
from payments.services.rows import (
    end_wish,
    is_live,
    live_wish,
    lock,
    refunds_minor,
    wish_of,
)

LOST = "authorisation_lost"

log = logging.getLogger(__name__)


def note_session(session: Session, checkout_id: UUID, facts: SessionFacts) -> str | None:
    """Have a visit stand as Stripe says; return why not, when it contradicts what is owed.

    Raises UnknownObligation when there is no such visit.
    """
    obligation, checkout = _lock_visit(session, checkout_id)
    doubt = _contradiction(obligation, checkout, facts)
    if doubt is not None:
        _tell_doubt(session, obligation, checkout, doubt)
        if checkout.session_id == facts.id:
            checkout.doubt = doubt
        log.error("session %s is not believed for %s: %s", facts.id, obligation.id, doubt)
        return doubt
    checkout.session_id = facts.id
    if facts.status == "complete" and is_live(checkout):
        checkout.status = CheckoutStatus.COMPLETE
    if facts.status == "expired" and is_live(checkout):
        _expire(session, obligation, checkout)
    if facts.intent is not None:
        _note_decline(session, obligation, checkout, facts.intent)
        _note_intent(session, obligation, checkout.id, facts.intent)
    session.flush()
    return None


def _tell_doubt(session: Session, obligation: Obligation, checkout: Checkout, doubt: str) -> None:
    """Record that a person has to look; the same doubt of the same visit is told of once."""
    if checkout.doubt == doubt:
        return
    news = PaymentDoubted(
        obligation_id=obligation.id, reference_id=obligation.reference_id, doubt=doubt
    )
    record(session, news, actor=SYSTEM)


def note_intent(session: Session, payment: CardPayment, facts: IntentFacts) -> str | None:
    """Have a payment stand as Stripe says; return why not, when it contradicts what is owed."""
    obligation = lock(session, payment.obligation_id)
    doubt = _intent_contradiction(obligation, payment.checkout_id, facts)
    if doubt is not None:
        log.error("intent %s is not believed for %s: %s", facts.id, obligation.id, doubt)
        return doubt
    _note_intent(session, obligation, payment.checkout_id, facts)
    session.flush()
    return None


def put_right(session: Session, payment: CardPayment, *, reason: RefundReason) -> None:
    """Have the money of a payment nobody wants let go, or given back.

    A capture that Stripe may have been asked for already is waited for: its end leads here again.
    Nothing is wished a second time that Stripe has refused, else each piece of news would ask anew.
    """
    if payment.status is PaymentStatus.AUTHORISED:
        capture = live_wish(session, payment, WishKind.CAPTURE)
        if capture is not None and capture.begun_at is not None:
            return
        if capture is not None:
            end_wish(session, capture, WishStatus.WITHDRAWN)
        if live_wish(session, payment, WishKind.CANCEL) is None:
            wish_of(session, payment, WishKind.CANCEL)
    if payment.status is PaymentStatus.CAPTURED:
        rest_minor = payment.captured_minor - refunds_minor(session, payment, refused_too=True)
        if rest_minor > 0:
            wish_of(session, payment, WishKind.REFUND, amount_minor=rest_minor, reason=reason)


def unwanted_because(obligation: Obligation) -> RefundReason:
    """Return why the money of a payment nobody wants goes back."""
    if obligation.status is ObligationStatus.CANCELLED:
        return RefundReason.CANCELLED
    return RefundReason.SURPLUS


def give_up_capture(
    session: Session, obligation: Obligation, payment: CardPayment, *, code: str
) -> None:
    """Have a wanted payment's money count as lost: the obligation may be paid anew.

    The caller holds the obligation's lock.
    """
    if not payment.wanted or obligation.status is not ObligationStatus.AUTHORISED:
        return
    payment.wanted = False
    obligation.move_to(ObligationStatus.FAILED)
    session.flush()
    _tell(session, obligation, CaptureFailed, code=code)


def _lock_visit(session: Session, checkout_id: UUID) -> tuple[Obligation, Checkout]:
    checkout = session.get(Checkout, checkout_id)
    if checkout is None:
        raise UnknownObligation
    obligation = lock(session, checkout.obligation_id)
    session.refresh(checkout)
    return obligation, checkout


def _contradiction(obligation: Obligation, checkout: Checkout, facts: SessionFacts) -> str | None:
    checks = (
        (facts.livemode is gateway.settings().is_live, "livemode"),
        (checkout.session_id in {None, facts.id}, "another session than was opened"),
        (facts.checkout_id == str(checkout.id), "metadata.checkout"),
        (facts.obligation_id == str(obligation.id), "metadata.obligation"),
        (facts.amount_minor == obligation.amount_minor, "amount"),
        (facts.currency == obligation.currency, "currency"),
    )
    wrong = next((name for right, name in checks if not right), None)
    if wrong is None and facts.intent is not None:
        wrong = _intent_contradiction(obligation, checkout.id, facts.intent)
    return wrong


def _intent_contradiction(
    obligation: Obligation, checkout_id: UUID, facts: IntentFacts
) -> str | None:
    checks = (
        (facts.livemode is gateway.settings().is_live, "intent: livemode"),
        (facts.checkout_id == str(checkout_id), "intent: metadata.checkout"),
        (facts.obligation_id == str(obligation.id), "intent: metadata.obligation"),
        (facts.amount_minor == obligation.amount_minor, "intent: amount"),
        (0 <= facts.captured_minor <= facts.amount_minor, "intent: amount_received"),
        (facts.currency == obligation.currency, "intent: currency"),
    )
    return next((name for right, name in checks if not right), None)


def _expire(session: Session, obligation: Obligation, checkout: Checkout) -> None:
    checkout.status = CheckoutStatus.EXPIRED
    wish = session.execute(
        select(Wish).where(
            Wish.checkout_id == checkout.id,
            Wish.kind == WishKind.EXPIRE,
            Wish.status.in_(LIVE_WISHES),
        )
    ).scalar_one_or_none()
    cause = "ended" if wish is None or wish.reason is None else wish.reason
    _tell(session, obligation, CheckoutExpired, checkout_id=checkout.id, cause=cause)


def _note_decline(
    session: Session, obligation: Obligation, checkout: Checkout, facts: IntentFacts
) -> None:
    """Tell of a declined card, once for each charge."""
    if facts.failure is None or facts.failure[0] == checkout.last_failure:
        return
    checkout.last_failure = facts.failure[0]
    _tell(session, obligation, PaymentFailed, code=facts.failure[1])


def _note_intent(
    session: Session, obligation: Obligation, checkout_id: UUID, facts: IntentFacts
) -> None:
    payment = session.execute(
        select(CardPayment)
        .where(CardPayment.intent_id == facts.id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if payment is None:
        if facts.status not in {"requires_capture", "succeeded"}:
            return
        payment = _authorise(session, obligation, checkout_id, facts)
    if facts.status == "succeeded" and payment.status is PaymentStatus.AUTHORISED:
        _capture(session, obligation, payment, facts)
    if facts.status == "canceled" and payment.status is PaymentStatus.AUTHORISED:
        _let_go(session, obligation, payment)
    if not payment.wanted:
        put_right(session, payment, reason=unwanted_because(obligation))


def _authorise(
    session: Session, obligation: Obligation, checkout_id: UUID, facts: IntentFacts
) -> CardPayment:
    payment = CardPayment(
        id=new_id(),
        obligation_id=obligation.id,
        checkout_id=checkout_id,
        intent_id=facts.id,
        amount_minor=facts.amount_minor,
        status=PaymentStatus.AUTHORISED,
        wanted=obligation.status in PAYABLE,
        captured_minor=0,
        refunded_minor=0,
    )
    session.add(payment)
    if payment.wanted:
        obligation.move_to(ObligationStatus.AUTHORISED)
        session.flush()
        amount = {"amount_minor": obligation.amount_minor, "currency": obligation.currency}
        _tell(session, obligation, PaymentAuthorised, **amount)
    session.flush()
    return payment


def _capture(
    session: Session, obligation: Obligation, payment: CardPayment, facts: IntentFacts
) -> None:
    payment.status, payment.captured_minor = PaymentStatus.CAPTURED, facts.captured_minor
    _end(session, payment, WishKind.CAPTURE, WishStatus.DONE)
    _end(session, payment, WishKind.CANCEL, WishStatus.REFUSED, note="it was captured")
    if payment.wanted:
        obligation.move_to(ObligationStatus.CAPTURED)
    session.flush()
    amount = {"amount_minor": facts.captured_minor, "currency": obligation.currency}
    _tell(session, obligation, PaymentCaptured, **amount)


def _let_go(session: Session, obligation: Obligation, payment: CardPayment) -> None:
    """Note that Stripe holds the money no longer: we asked for it, or its days were over."""
    payment.status = PaymentStatus.CANCELLED
    was_capturing = _end(session, payment, WishKind.CAPTURE, WishStatus.REFUSED, note=LOST)
    _end(session, payment, WishKind.CANCEL, WishStatus.DONE)
    if was_capturing:
        give_up_capture(session, obligation, payment, code=LOST)
    elif payment.wanted:
        payment.wanted = False
        obligation.move_to(ObligationStatus.FAILED)
        session.flush()
        _tell(session, obligation, PaymentFailed, code=LOST)


def _end(
    session: Session,
    payment: CardPayment,
    kind: WishKind,
    status: WishStatus,
    *,
    note: str | None = None,
) -> bool:
    wish = live_wish(session, payment, kind)
    if wish is not None:
        end_wish(session, wish, status, note)
    return wish is not None


def _tell(
    session: Session,
    obligation: Obligation,
    kind: type[
        PaymentAuthorised | PaymentFailed | PaymentCaptured | CaptureFailed | CheckoutExpired
    ],
    **facts: object,
) -> None:
    names = {"obligation_id": obligation.id, "reference_id": obligation.reference_id}
    record(session, kind(**names, **facts), actor=SYSTEM)  # type: ignore[arg-type]  # by name
