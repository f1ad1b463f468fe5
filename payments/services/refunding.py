"""Refunds as Stripe tells of them: those we wished, and those made at Stripe by somebody else."""

import logging
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.events import record
from kernel.ids import new_id
from payments.commands import RefundReason, WishKind, WishStatus
from payments.events import PaymentRefunded, RefundFailed
from payments.gateway import RefundFacts, RefundsFacts
from payments.models import LIVE_WISHES, CardPayment, Obligation, Wish
from payments.services.rows import end_wish, lock, payment_of

ON_ITS_WAY: Final = frozenset({"pending", "requires_action"})
DONE: Final = "succeeded"

log = logging.getLogger(__name__)


def note_refunds(session: Session, *, intent_id: str, facts: RefundsFacts) -> None:
    """Have every refund of a payment stand as Stripe says; an intent we do not know is ignored.

    A refund made at Stripe's dashboard gets a row of its own. One that succeeded and came back
    later (the card is closed) counts as refused.
    """
    payment = session.execute(
        select(CardPayment).where(CardPayment.intent_id == intent_id)
    ).scalar_one_or_none()
    if payment is None:
        return
    obligation = lock(session, payment.obligation_id)
    session.refresh(payment)
    for each in facts.refunds:
        wish = _find(session, payment, each) or _adopt(session, payment, each)
        if wish is not None and wish.status in LIVE_WISHES:
            note_refund(session, obligation, wish, each)
        elif wish is not None and wish.status is WishStatus.DONE and each.status == "failed":
            payment.refunded_minor -= each.amount_minor
            end_wish(session, wish, WishStatus.REFUSED, "refund failed")
            tell_refused(session, obligation, wish)
    session.flush()


def note_refund(session: Session, obligation: Obligation, wish: Wish, facts: RefundFacts) -> None:
    """Have a live wish end as its refund did; one still on its way stays live.

    The caller holds the obligation's lock.
    """
    wish.provider_id = facts.id
    if facts.status in ON_ITS_WAY:
        return
    if facts.status != DONE or facts.amount_minor != wish.amount_minor:
        end_wish(session, wish, WishStatus.REFUSED, f"refund {facts.status}")
        tell_refused(session, obligation, wish)
        return
    end_wish(session, wish, WishStatus.DONE)
    payment_of(session, wish).refunded_minor += facts.amount_minor
    session.flush()
    news = PaymentRefunded(
        obligation_id=obligation.id,
        reference_id=obligation.reference_id,
        refund_id=wish.id,
        amount_minor=facts.amount_minor,
        currency=obligation.currency,
        reason=wish.reason or "",
    )
    record(session, news, actor=SYSTEM)


def tell_refused(session: Session, obligation: Obligation, wish: Wish) -> None:
    """Record that money did not go back: somebody has to see to it."""
    log.error("refund %s is refused: %s", wish.id, wish.note)
    news = RefundFailed(
        obligation_id=obligation.id,
        reference_id=obligation.reference_id,
        refund_id=wish.id,
        amount_minor=wish.amount_minor or 0,
        code=wish.note or "",
    )
    record(session, news, actor=SYSTEM)


def _find(session: Session, payment: CardPayment, facts: RefundFacts) -> Wish | None:
    try:
        named = UUID(facts.wish_id or "")
    except ValueError:
        named = None
    return session.execute(
        select(Wish)
        .where(
            Wish.payment_id == payment.id,
            Wish.kind == WishKind.REFUND,
            or_(Wish.provider_id == facts.id, Wish.id == named),
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _adopt(session: Session, payment: CardPayment, facts: RefundFacts) -> Wish | None:
    """Give a refund nobody here wished a row; it is asked after until its end is known."""
    if facts.status not in {DONE, *ON_ITS_WAY}:
        return None
    wish = Wish(
        id=new_id(),
        obligation_id=payment.obligation_id,
        payment_id=payment.id,
        kind=WishKind.REFUND,
        amount_minor=facts.amount_minor,
        reason=RefundReason.ELSEWHERE,
        status=WishStatus.UNKNOWN,
        provider_id=facts.id,
        begun_at=db_now(session),
    )
    session.add(wish)
    session.flush()
    return wish
