"""Webhooks: kept once each by their id, then followed to the visit that they are about.

A webhook only says where to look. What is believed is the session as a job reads it at Stripe.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.clock import db_now
from payments.commands import NewsStatus
from payments.gateway import (
    Answered,
    IntentFacts,
    News,
    Outcome,
    RefusedForGood,
    SessionFacts,
)
from payments.models import Checkout, StripeEvent
from payments.services.believing import note_session
from payments.services.rows import LEASE_S
from payments.services.visiting import find_visit

BACKOFF_S, BACKOFF_S_MAX = 5, 3_600
ATTEMPTS_MAX: Final = 20
"""Tries to read what a webhook is about: with the delays between them about half a day."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewsClaim:
    """One webhook, leased by one reader; its fence rises with each lease."""

    event_id: str
    fence: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Where to look: at a session, or first at an intent nobody knows yet; and at refunds."""

    session_id: str | None
    intent_id: str | None
    refunds: bool


_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM stripe_event
        WHERE status = 'due' AND due_at <= statement_timestamp()
        ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE stripe_event SET due_at = statement_timestamp() + make_interval(secs => :lease),
                            fence = fence + 1, attempts = attempts + 1
    FROM due WHERE stripe_event.id = due.id
    RETURNING stripe_event.id, stripe_event.fence
""")


def keep_news(session: Session, news: News) -> bool:
    """Keep a proven webhook; False, with nothing kept, when it is known already.

    One that is about no session and no intent is kept as ignored.
    """
    followed = news.session_id is not None or news.intent_id is not None
    kept = session.execute(
        insert(StripeEvent)
        .values(
            id=news.event_id,
            kind=news.kind,
            session_id=news.session_id,
            intent_id=news.intent_id,
            status=NewsStatus.DUE if followed else NewsStatus.IGNORED,
            occurred_at=news.occurred_at,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(StripeEvent.id)
    )
    return kept.first() is not None


def claim_news(session: Session, *, limit: int) -> list[NewsClaim]:
    """Lease up to `limit` webhooks that are due; other readers skip them until the lease ends."""
    rows = session.execute(_CLAIM, {"lease": LEASE_S, "limit": limit})
    return sorted((NewsClaim(*row) for row in rows), key=lambda claim: claim.event_id)


def trace(session: Session, claim: NewsClaim) -> Trace | None:
    """Return where to look for what a webhook tells of; None when somebody else reads it."""
    news = _hold(session, claim)
    if news is None:
        return None
    if news.session_id is not None or news.intent_id is None:
        return Trace(news.session_id, news.intent_id, refunds=False)
    visit = find_visit(session, intent_id=news.intent_id)
    return Trace(visit.session_id if visit else None, news.intent_id, "refund" in news.kind)


def find_session(session: Session, facts: IntentFacts) -> str | None:
    """Return the session that an intent read at Stripe says it paid."""
    checkout_id = _named(facts.checkout_id)
    if checkout_id is None:
        return None
    return session.execute(
        select(Checkout.session_id).where(Checkout.id == checkout_id)
    ).scalar_one_or_none()


def settle_news(session: Session, claim: NewsClaim, outcome: Outcome) -> bool:
    """Believe what was read; False when somebody else sees to this webhook.

    `outcome` is how reading the session ended.
    """
    about = outcome.facts if isinstance(outcome, Answered) else None
    checkout_id = _checkout_of(session, about) if isinstance(about, SessionFacts) else None
    doubt = None
    if isinstance(about, SessionFacts) and checkout_id is not None:
        doubt = note_session(session, checkout_id, about)
    news = _hold(session, claim)
    if news is None:
        return False
    if isinstance(outcome, RefusedForGood):
        news.status, news.note = NewsStatus.IGNORED, outcome.note
    elif not isinstance(outcome, Answered):
        _try_again(session, news, outcome.note)
    elif checkout_id is None:
        news.status, news.note = NewsStatus.IGNORED, "not ours"
    else:
        news.status = NewsStatus.DONE if doubt is None else NewsStatus.DOUBTED
        news.note = doubt
    session.flush()
    return True


def _hold(session: Session, claim: NewsClaim) -> StripeEvent | None:
    return session.execute(
        select(StripeEvent)
        .where(
            StripeEvent.id == claim.event_id,
            StripeEvent.fence == claim.fence,
            StripeEvent.status == NewsStatus.DUE,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _checkout_of(session: Session, facts: SessionFacts) -> UUID | None:
    """Return the visit a session was opened for: by its id, else by the name it carries."""
    known = session.execute(
        select(Checkout.id).where(Checkout.session_id == facts.id)
    ).scalar_one_or_none()
    if known is not None:
        return known
    named = _named(facts.checkout_id)
    return session.execute(select(Checkout.id).where(Checkout.id == named)).scalar_one_or_none()


def _named(name: str | None) -> UUID | None:
    try:
        return UUID(name or "")
    except ValueError:
        return None


def _try_again(session: Session, news: StripeEvent, note: str) -> None:
    news.note = note
    if news.attempts >= ATTEMPTS_MAX:
        log.error("webhook %s was never read: %s", news.id, note)
        news.status = NewsStatus.DOUBTED
        return
    delay_s = min(BACKOFF_S * 2 ** (news.attempts - 1), BACKOFF_S_MAX)
    news.due_at = db_now(session) + timedelta(seconds=delay_s)
