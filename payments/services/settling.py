"""Wishes: leased, begun, carried out between two transactions, and settled by what Stripe says.

Due time and lease are one column, so a lost asker's wish falls due again by itself. `begun_at` is
committed just before Stripe is asked: with it, the next asker looks at Stripe before it asks again,
and asks under the same key. Money is never given up: a wish is tried until its end is known.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kernel.clock import db_now
from payments.commands import CheckoutStatus, WishKind, WishStatus
from payments.gateway import (
    Answered,
    Facts,
    IntentFacts,
    KeySpent,
    Outcome,
    Page,
    RefundFacts,
    RefusedForGood,
    SessionFacts,
    Unanswered,
)
from payments.models import LIVE_WISHES, CardPayment, Checkout, Obligation, Wish
from payments.services.believing import (
    give_up_capture,
    note_intent,
    note_session,
    put_right,
    unwanted_because,
)
from payments.services.refunding import note_refund, tell_refused
from payments.services.rows import (
    LEASE,
    LEASE_S,
    end_wish,
    is_live,
    lock,
    page_of,
    payment_of,
)

ALARM_ATTEMPTS: Final = 8
"""Tries after which each further one is an error in the log: about ten minutes."""
BACKOFF_S, BACKOFF_S_MAX = 5, 3_600

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """One wish, leased by one asker; its fence rises with each lease."""

    wish_id: UUID
    obligation_id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask Stripe for; `began_before` says that it may have been asked already.

    `page` is there when a visit is to be ended whose session is not known yet.
    """

    kind: WishKind
    wish_id: UUID
    key: str
    began_before: bool
    amount_minor: int
    session_id: str | None
    intent_id: str
    provider_id: str | None
    page: Page | None


_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM payment_wish
        WHERE status IN ('due', 'unknown') AND due_at <= statement_timestamp()
        ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE payment_wish SET due_at = statement_timestamp() + make_interval(secs => :lease),
                            fence = fence + 1, attempts = attempts + 1
    FROM due WHERE payment_wish.id = due.id
    RETURNING payment_wish.id, payment_wish.obligation_id, payment_wish.fence
""")


def claim_due(session: Session, *, limit: int) -> list[Claim]:
    """Lease up to `limit` wishes that are due; other askers skip them until the lease ends."""
    rows = session.execute(_CLAIM, {"lease": LEASE_S, "limit": limit})
    return sorted((Claim(*row) for row in rows), key=lambda claim: claim.wish_id)


def claim_wish(session: Session, wish: Wish) -> Claim | None:
    """Lease one wish of a locked obligation; None while another asker has it."""
    moment = db_now(session)
    session.refresh(wish)
    if wish.due_at > moment:
        return None
    wish.due_at, wish.fence, wish.attempts = moment + LEASE, wish.fence + 1, wish.attempts + 1
    session.flush()
    return Claim(wish.id, wish.obligation_id, wish.fence)


def begin(session: Session, claim: Claim) -> Call | None:
    """Return the call to make, with its beginning noted and the lease renewed; commit first.

    None when the wish ended meanwhile, its lease went to another asker, or it is a capture that
    nobody wants any more: should Stripe have carried it out unheard, the cancel will find out.
    """
    obligation = lock(session, claim.obligation_id)
    wish = _hold(session, claim)
    if wish is None:
        return None
    if wish.kind is WishKind.CAPTURE and not payment_of(session, wish).wanted:
        end_wish(session, wish, WishStatus.WITHDRAWN)
        put_right(session, payment_of(session, wish), reason=unwanted_because(obligation))
        return None
    began_before, moment = wish.begun_at is not None, db_now(session)
    wish.begun_at = wish.begun_at or moment
    wish.due_at = moment + LEASE
    session.flush()
    return _call(session, obligation, wish, began_before=began_before)


def settle(session: Session, claim: Claim, outcome: Outcome) -> bool:
    """Keep how a call ended; False, with nothing kept, when the lease went to another asker."""
    obligation = lock(session, claim.obligation_id)
    wish = _hold(session, claim)
    if wish is None:
        return False
    facts = outcome.facts if isinstance(outcome, Answered | RefusedForGood) else None
    if facts is not None:
        _believe(session, obligation, wish, facts)
    if wish.status not in LIVE_WISHES:
        return True
    if isinstance(outcome, RefusedForGood):
        _refuse(session, obligation, wish, outcome.note)
    elif isinstance(outcome, Answered):
        _try_again(session, wish, WishStatus.UNKNOWN, "not carried out yet")
    else:
        if isinstance(outcome, KeySpent):
            wish.key_no += 1
        unknown = isinstance(outcome, Unanswered | KeySpent)
        _try_again(session, wish, WishStatus.UNKNOWN if unknown else wish.status, outcome.note)
    session.flush()
    return True


def _hold(session: Session, claim: Claim) -> Wish | None:
    return session.execute(
        select(Wish)
        .where(
            Wish.id == claim.wish_id,
            Wish.fence == claim.fence,
            Wish.status.in_(LIVE_WISHES),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _call(session: Session, obligation: Obligation, wish: Wish, *, began_before: bool) -> Call:
    checkout = session.get(Checkout, wish.checkout_id) if wish.checkout_id else None
    payment = session.get(CardPayment, wish.payment_id) if wish.payment_id else None
    unknown = checkout is not None and checkout.session_id is None
    return Call(
        kind=wish.kind,
        wish_id=wish.id,
        key=f"{wish.kind}-{wish.id}-{wish.key_no}",
        began_before=began_before,
        amount_minor=wish.amount_minor or 0,
        session_id=checkout.session_id if checkout else None,
        intent_id=payment.intent_id if payment else "",
        provider_id=wish.provider_id,
        page=page_of(obligation, checkout) if checkout and unknown else None,
    )


def _believe(
    session: Session,
    obligation: Obligation,
    wish: Wish,
    facts: Facts,
) -> None:
    """Take in what Stripe says of the wish's object; this ends the wish when it is carried out."""
    match facts:
        case SessionFacts() if wish.checkout_id is not None:
            note_session(session, wish.checkout_id, facts)
            checkout = session.get(Checkout, wish.checkout_id)
            if checkout is not None and not is_live(checkout):
                end_wish(session, wish, WishStatus.DONE)
        case IntentFacts():
            note_intent(session, payment_of(session, wish), facts)
        case RefundFacts():
            note_refund(session, obligation, wish, facts)


def _refuse(session: Session, obligation: Obligation, wish: Wish, note: str) -> None:
    """End a wish that Stripe will never carry out, and do what then has to be done."""
    log.error("wish %s (%s) is refused for good: %s", wish.id, wish.kind, note)
    if wish.kind is WishKind.CANCEL:
        _try_again(session, wish, WishStatus.UNKNOWN, note)
        return
    end_wish(session, wish, WishStatus.REFUSED, note)
    if wish.kind is WishKind.EXPIRE:
        checkout = session.get(Checkout, wish.checkout_id)
        if checkout is not None and is_live(checkout):
            checkout.status, checkout.doubt = CheckoutStatus.REFUSED, note
        return
    if wish.kind is WishKind.CAPTURE:
        payment = payment_of(session, wish)
        give_up_capture(session, obligation, payment, code=note)
        if not payment.wanted:
            put_right(session, payment, reason=unwanted_because(obligation))
        return
    tell_refused(session, obligation, wish)


def _try_again(session: Session, wish: Wish, status: WishStatus, note: str) -> None:
    delay_s = min(BACKOFF_S * 2 ** min(wish.attempts - 1, 16), BACKOFF_S_MAX)
    wish.status, wish.note = status, note
    wish.due_at = db_now(session) + timedelta(seconds=delay_s)
    if wish.attempts >= ALARM_ATTEMPTS:
        log.error("wish %s (%s) is not carried out yet: %s", wish.id, wish.kind, note)
