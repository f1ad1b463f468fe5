"""Visits to the payment page: begun, known by Stripe's id, looked at again, ended.

One visit at a time can be paid: a new one begins only when Stripe has ended the one before.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kernel.clock import db_now
from kernel.ids import new_id
from payments.commands import CheckoutStatus, Visit
from payments.errors import CheckoutUnavailable, NotPayable
from payments.gateway import Answered, Outcome, Page, RefusedForGood, SessionFacts
from payments.models import PAYABLE, CardPayment, Checkout, Obligation
from payments.services.believing import note_session
from payments.services.rows import is_live, live_checkout, lock, page_of, wish_expiry
from payments.services.settling import Claim, claim_wish

CHECKOUT_LIVES: Final = timedelta(minutes=32)
"""How long a page can be paid; Stripe allows no less than 30 minutes, and it has to end before what
is held for the payment does."""

FIRST_POLL_S: Final = 60


@dataclass(frozen=True, slots=True)
class Poll:
    """A visit to look at again; without a session's id its opening was never answered."""

    checkout_id: UUID
    obligation_id: UUID
    session_id: str | None


_POLL = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM checkout
        WHERE status IN ('starting', 'open') AND poll_due_at <= statement_timestamp()
        ORDER BY poll_due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE checkout SET
        polls = polls + 1,
        poll_due_at = statement_timestamp() + make_interval(
            mins => CASE polls WHEN 0 THEN 4 WHEN 1 THEN 10 WHEN 2 THEN 45 ELSE 60 END)
    FROM due WHERE checkout.id = due.id
    RETURNING checkout.id, checkout.obligation_id, checkout.session_id
""")
"""Looks at a visit 1, 5, 15 and 60 minutes after it began, then every hour."""


def supersede_checkout(session: Session, obligation_id: UUID) -> Claim | None:
    """Have the visit that is in the way of a new one ended; return the wish to carry out now.

    None when there is none, or another process is at it.

    Raises UnknownObligation or NotPayable.
    """
    obligation = lock(session, obligation_id)
    _check_payable(obligation)
    checkout = live_checkout(session, obligation)
    if checkout is None:
        return None
    return claim_wish(session, wish_expiry(session, checkout, reason="superseded"))


def claim_expiry(session: Session, obligation_id: UUID) -> Claim | None:
    """Have an obligation's open visit ended; return the wish to carry out now.

    None when there is none, or another process is at it.

    Raises UnknownObligation.
    """
    obligation = lock(session, obligation_id)
    checkout = live_checkout(session, obligation)
    if checkout is None:
        return None
    return claim_wish(session, wish_expiry(session, checkout, reason="ended"))


def begin_checkout(session: Session, obligation_id: UUID, visit: Visit) -> Page:
    """Have a visit begun, and return the page to open for it at Stripe; commit first.

    Raises UnknownObligation, NotPayable, or CheckoutUnavailable when an earlier visit has not
    ended yet.
    """
    obligation = lock(session, obligation_id)
    _check_payable(obligation)
    if live_checkout(session, obligation) is not None:
        raise CheckoutUnavailable
    last_no = session.execute(
        select(func.coalesce(func.max(Checkout.attempt_no), 0)).where(
            Checkout.obligation_id == obligation_id
        )
    ).scalar_one()
    moment = db_now(session)
    checkout = Checkout(
        id=new_id(),
        obligation_id=obligation_id,
        attempt_no=last_no + 1,
        status=CheckoutStatus.STARTING,
        title=visit.title,
        language=visit.language,
        return_url=visit.return_url,
        cancel_url=visit.cancel_url,
        expires_at=(moment + CHECKOUT_LIVES).replace(microsecond=0),
        poll_due_at=moment + timedelta(seconds=FIRST_POLL_S),
    )
    session.add(checkout)
    session.flush()
    return page_of(obligation, checkout)


def note_checkout_started(session: Session, page: Page, outcome: Outcome) -> SessionFacts | None:
    """Have the visit open under Stripe's id; None, and the visit not open, when it is not.

    A refusal for good ends the visit. Without an answer it stays `starting`: its opening is asked
    for again under the same key, to be ended, before the next visit begins.
    """
    obligation = lock(session, page.obligation_id)
    checkout = session.get(Checkout, page.checkout_id, populate_existing=True)
    if checkout is None or not is_live(checkout):
        return None
    if isinstance(outcome, RefusedForGood):
        checkout.status, checkout.doubt = CheckoutStatus.REFUSED, outcome.note
    if not isinstance(outcome, Answered) or not isinstance(outcome.facts, SessionFacts):
        return None
    if note_session(session, checkout.id, outcome.facts) is not None:
        return None
    if not is_live(checkout) or obligation.status not in PAYABLE:
        return None
    checkout.status = CheckoutStatus.OPEN
    session.flush()
    return outcome.facts


def claim_polls(session: Session, *, limit: int) -> list[Poll]:
    """Return up to `limit` visits whose time to be looked at has come; others skip them."""
    return [Poll(*row) for row in session.execute(_POLL, {"limit": limit})]


def find_visit(
    session: Session, *, obligation_id: UUID | None = None, intent_id: str | None = None
) -> Poll | None:
    """Return the newest visit of an obligation, or the one that a known intent paid."""
    query = select(Checkout.id, Checkout.obligation_id, Checkout.session_id)
    if obligation_id is not None:
        query = query.where(Checkout.obligation_id == obligation_id)
    if intent_id is not None:
        query = query.join(CardPayment).where(CardPayment.intent_id == intent_id)
    row = session.execute(query.order_by(Checkout.attempt_no.desc()).limit(1)).one_or_none()
    return None if row is None else Poll(*row)


def _check_payable(obligation: Obligation) -> None:
    if obligation.status not in PAYABLE:
        raise NotPayable(status=obligation.status)
