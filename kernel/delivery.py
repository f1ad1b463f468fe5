"""Deliveries: at least once to each subscriber, with a lease, a fence, a sweeper and dead letters.

Due time and lease are one column: claiming pushes `due_at` to the lease's end, so a claim that is
never answered (a killed worker, an empty Redis) falls due again by itself: that is the sweeper.
The fence rises with each claim; a late copy holds an old one and does nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from kernel.errors import NotFound
from kernel.events import Delivery, EventRow, handler_of, restore

LEASE_S = 30
ATTEMPTS_MAX = 10
BACKOFF_S_MAX = 3_600

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery, taken by one relay until its lease ends."""

    event_id: int
    subscriber: str
    fence: int


_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT event_id, subscriber FROM delivery
        WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= statement_timestamp()
        ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE delivery d SET due_at = statement_timestamp() + make_interval(secs => :lease),
                          fence = d.fence + 1
    FROM due WHERE d.event_id = due.event_id AND d.subscriber = due.subscriber
    RETURNING d.event_id, d.subscriber, d.fence
""")
"""Materialised, because a planner that runs a subquery again for each row takes past its limit."""


def claim_due(session: Session, *, limit: int = 50, lease_s: int = LEASE_S) -> list[Claim]:
    """Lease up to `limit` deliveries that are due; other relays skip them until the lease ends."""
    rows = session.execute(_CLAIM, {"lease": lease_s, "limit": limit})
    return sorted((Claim(*row) for row in rows), key=lambda claim: claim.event_id)


def give_back(session: Session, claims: Sequence[Claim], *, delay_s: int) -> None:
    """Make claims that could not be handed to a worker due again after `delay_s` seconds."""
    for claim in claims:
        session.execute(
            _held(claim).values(due_at=DB_NOW + timedelta(seconds=delay_s), fence=claim.fence + 1)
        )


def deliver(session: Session, claim: Claim) -> bool:
    """Run the subscriber's handler and mark the delivery done, in the caller's transaction.

    Returns False, with nothing done, when the claim is no longer the newest one or was answered.
    """
    owed = session.execute(
        select(EventRow.name, EventRow.facts)
        .join(Delivery, Delivery.event_id == EventRow.id)
        .where(
            Delivery.event_id == claim.event_id,
            Delivery.subscriber == claim.subscriber,
            Delivery.fence == claim.fence,
            Delivery.done_at.is_(None),
            Delivery.dead_at.is_(None),
        )
        .with_for_update(of=Delivery)
    ).one_or_none()
    if owed is None:
        return False
    listener = handler_of(owed.name, claim.subscriber)
    if listener is not None:
        kind, handler = listener
        handler(session, restore(kind, claim.event_id, owed.facts))
    session.execute(_held(claim).values(done_at=DB_NOW, last_error=None))
    return True


def put_off(session: Session, claim: Claim, error: str) -> None:
    """Note a failed try: due again with growing delay, or a dead letter after the last try."""
    attempts = session.execute(
        _held(claim)
        .values(
            attempts=Delivery.attempts + 1,
            last_error=error[:500],
            due_at=DB_NOW
            + func.make_interval(
                0, 0, 0, 0, 0, 0, func.least(BACKOFF_S_MAX, func.power(2, Delivery.attempts))
            ),
        )
        .returning(Delivery.attempts)
    ).scalar_one_or_none()
    if attempts is not None and attempts >= ATTEMPTS_MAX:
        session.execute(_held(claim).values(dead_at=DB_NOW))
        log.error("dead letter: event %s for %s: %s", claim.event_id, claim.subscriber, error)


def list_dead(session: Session) -> list[tuple[int, str, str | None]]:
    """Return (event id, subscriber, last error) of every dead letter, oldest first."""
    rows = session.execute(
        select(Delivery.event_id, Delivery.subscriber, Delivery.last_error)
        .where(Delivery.dead_at.is_not(None))
        .order_by(Delivery.event_id)
    )
    return [(row.event_id, row.subscriber, row.last_error) for row in rows]


def revive(session: Session, *, event_id: int, subscriber: str) -> None:
    """Give a dead letter a new set of tries.

    Raises NotFound when there is no such dead letter.
    """
    found = session.execute(
        update(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.subscriber == subscriber,
            Delivery.dead_at.is_not(None),
        )
        .values(dead_at=None, attempts=0, due_at=DB_NOW)
        .returning(Delivery.event_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("no such dead letter", event_id=event_id, subscriber=subscriber)


def count_owed(session: Session) -> int:
    """Return how many deliveries are still owed, due or not, dead letters left out."""
    return session.execute(
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.done_at.is_(None), Delivery.dead_at.is_(None))
    ).scalar_one()


def prune(session: Session, *, keep_days: int = 30, limit: int = 5_000) -> int:
    """Remove deliveries answered more than `keep_days` ago, at most `limit`; return how many."""
    old = (
        select(Delivery.event_id, Delivery.subscriber)
        .where(Delivery.done_at < DB_NOW - timedelta(days=keep_days))
        .limit(limit)
        .cte("old")
    )
    gone = session.execute(
        Delivery.__table__.delete()  # type: ignore[attr-defined]  # Table, typed as FromClause
        .where(Delivery.event_id == old.c.event_id, Delivery.subscriber == old.c.subscriber)
        .returning(Delivery.event_id)
    )
    return len(gone.all())


def _held(claim: Claim):  # type: ignore[no-untyped-def]  # noqa: ANN202 (SQLAlchemy's Update)
    return update(Delivery).where(
        Delivery.event_id == claim.event_id,
        Delivery.subscriber == claim.subscriber,
        Delivery.fence == claim.fence,
        Delivery.done_at.is_(None),
    )
