"""Reads of feeds: how far each is, and what of it was not simply taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from inventory.commands import ConflictKind, FeedKind, FeedStatus
from inventory.errors import UnknownFeed
from inventory.models import Feed, FeedConflict

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """A feed: what its source declared, how far it is, and what came of it.

    `lines` were received, `applied` of them are done, `changed` levels and `conflicts` came of it.
    """

    id: UUID
    source: str
    sequence: int
    kind: FeedKind
    as_of: datetime
    contains_hand_overs: bool
    status: FeedStatus
    lines: int
    applied: int
    changed: int
    conflicts: int
    received_at: datetime
    ended_at: datetime | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class ConflictFacts:
    """A line that was not simply taken over; without `line`, a SKU that a snapshot left out.

    `theirs` is what on hand would be by the feed, `ours` what it was here; both may be unknown.
    """

    id: int
    line: int | None
    store_code: str
    sku: str
    kind: ConflictKind
    theirs: int | None
    ours: int | None


def get_feed(session: Session, feed_id: UUID) -> FeedFacts:
    """Return a feed.

    Raises UnknownFeed.
    """
    feed = session.get(Feed, feed_id, populate_existing=True)
    if feed is None:
        raise UnknownFeed(feed_id=str(feed_id))
    return _facts(feed)


def find_next_feed(session: Session) -> UUID | None:
    """Return the feed to apply next: the oldest that no earlier one of its source precedes."""
    earlier = aliased(Feed)
    found: UUID | None = session.execute(
        select(Feed.id)
        .where(
            Feed.status == FeedStatus.APPLYING,
            ~exists().where(
                earlier.source == Feed.source,
                earlier.status == FeedStatus.APPLYING,
                earlier.sequence < Feed.sequence,
            ),
        )
        .order_by(Feed.received_at)
        .limit(1)
    ).scalar_one_or_none()
    return found


def list_feeds(
    session: Session,
    *,
    source: str | None = None,
    before: UUID | None = None,
    limit: int = PAGE_MAX,
) -> list[FeedFacts]:
    """Return feeds, the newest first, older than feed `before`."""
    rows = select(Feed)
    if source is not None:
        rows = rows.where(Feed.source == source)
    if before is not None:
        rows = rows.where(Feed.id < before)
    return [_facts(feed) for feed in session.scalars(rows.order_by(Feed.id.desc()).limit(limit))]


def list_conflicts(
    session: Session,
    *,
    feed_id: UUID,
    store_codes: Sequence[str] | None = None,
    after: int = 0,
    limit: int = PAGE_MAX,
) -> list[ConflictFacts]:
    """Return conflicts of a feed in the order in which they were found, after conflict `after`.

    With `store_codes`, only those of these stores.
    """
    rows = select(FeedConflict).where(FeedConflict.feed_id == feed_id, FeedConflict.id > after)
    if store_codes is not None:
        rows = rows.where(FeedConflict.store_code.in_(store_codes))
    return [
        ConflictFacts(row.id, row.line, row.store_code, row.sku, row.kind, row.theirs, row.ours)
        for row in session.scalars(rows.order_by(FeedConflict.id).limit(limit))
    ]


def _facts(feed: Feed) -> FeedFacts:
    return FeedFacts(
        feed.id,
        feed.source,
        feed.sequence,
        feed.kind,
        feed.as_of,
        feed.contains_hand_overs,
        feed.status,
        feed.lines,
        feed.applied,
        feed.changed,
        feed.conflicts,
        feed.received_at,
        feed.ended_at,
        feed.failure,
    )
