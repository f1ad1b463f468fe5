"""Taking feeds in: declared, received batch by batch, completed; then they can be applied.

Each use case is short and safe to repeat, so that a feed whose sender or receiver stopped goes on
where it stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, INTEGER, insert
from sqlalchemy.orm import Session

import stores.queries
from inventory.commands import (
    ConflictKind,
    DeclareFeed,
    FeedBatch,
    FeedKind,
    FeedStatus,
)
from inventory.errors import FeedDiffers, FeedOutOfOrder
from inventory.models import Feed, FeedConflict
from kernel.clock import db_now
from kernel.ids import new_id

EMPTY_DIGEST = b""
FORGET_LINES = 20_000
LEFT_OUT_LINE = 0
"""The line of what a snapshot does not name at a store that it names."""


@dataclass(frozen=True, slots=True)
class Receiving:
    """A feed that is being received: how many lines came, and the digest of these."""

    feed_id: UUID
    status: FeedStatus
    lines: int
    digest: bytes


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('feed ' || :source, 0))")

_GIVEN = """
    WITH given AS (
        SELECT * FROM unnest(:lines, :store_codes, :skus, :quantities)
            AS g (line, store_code, sku, quantity))
"""

_STAGE_FULL = text(f"""
    {_GIVEN}, taken AS (
        INSERT INTO stock_feed_line (feed_id, line, store_code, sku, quantity)
        SELECT DISTINCT ON (store_code, sku) :feed_id, line, store_code, sku, quantity
        FROM given ORDER BY store_code, sku, line
        ON CONFLICT (feed_id, store_code, sku) DO NOTHING RETURNING line),
    repeated AS (
        INSERT INTO stock_feed_conflict (feed_id, line, store_code, sku, kind, theirs)
        SELECT :feed_id, line, store_code, sku, 'repeated', quantity
        FROM given WHERE line NOT IN (SELECT line FROM taken) ORDER BY line RETURNING line)
    SELECT (SELECT count(*) FROM taken) AS waiting, (SELECT count(*) FROM repeated) AS conflicts
""")  # noqa: S608 (constants)

_STAGE_DELTA = text(f"""
    {_GIVEN}, taken AS (
        INSERT INTO stock_feed_line AS f (feed_id, line, store_code, sku, quantity)
        SELECT :feed_id, min(line), store_code, sku, sum(quantity)
        FROM given GROUP BY store_code, sku ORDER BY store_code, sku
        ON CONFLICT (feed_id, store_code, sku)
            DO UPDATE SET quantity = f.quantity + excluded.quantity
        RETURNING xmax = 0 AS new)
    SELECT count(*) FILTER (WHERE new) AS waiting, 0 AS conflicts FROM taken
""")  # noqa: S608 (constants)

_ARRAYS = (
    bindparam("lines", type_=ARRAY(BIGINT)),
    bindparam("store_codes", type_=ARRAY(Text)),
    bindparam("skus", type_=ARRAY(Text)),
    bindparam("quantities", type_=ARRAY(INTEGER)),
)
_STAGE = {
    FeedKind.FULL: _STAGE_FULL.bindparams(*_ARRAYS),
    FeedKind.DELTA: _STAGE_DELTA.bindparams(*_ARRAYS),
}

_NEXT_STORE = text("""
    SELECT min(store_code) FROM stock_feed_line WHERE feed_id = :feed_id AND store_code > :after
""")

_LEFT_OUT = text("""
    WITH unread AS MATERIALIZED (
        SELECT sku FROM stock_feed_conflict
        WHERE feed_id = :feed_id AND kind = 'unreadable' AND store_code IN ('', :store_code))
    INSERT INTO stock_feed_line (feed_id, line, store_code, sku, quantity)
    SELECT :feed_id, :line, :store_code, l.sku, 0 FROM stock_level l
    WHERE l.location_id = :location_id AND l.on_hand <> 0
      AND NOT EXISTS (SELECT FROM stock_feed_line f WHERE f.feed_id = :feed_id
                      AND f.store_code = :store_code AND f.sku = l.sku)
      AND NOT EXISTS (SELECT FROM unread WHERE sku = '')
      AND l.sku NOT IN (SELECT sku FROM unread)
    ON CONFLICT DO NOTHING
""")


_FORGET = text("""
    DELETE FROM stock_feed_line l USING (
        SELECT w.feed_id, w.store_code, w.sku
        FROM stock_feed f JOIN stock_feed_line w ON w.feed_id = f.id
        WHERE f.status = 'refused' LIMIT :limit) gone
    WHERE l.feed_id = gone.feed_id AND l.store_code = gone.store_code AND l.sku = gone.sku
""")


def declare_feed(session: Session, command: DeclareFeed) -> Receiving:
    """Have this feed declared, or recognised when it was before; older unfinished ones are refused.

    Raises FeedOutOfOrder or FeedDiffers.
    """
    session.execute(_ONE_AT_A_TIME, {"source": command.source})
    feeds = select(Feed).where(Feed.source == command.source)
    known = session.execute(feeds.where(Feed.sequence == command.sequence)).scalar_one_or_none()
    if known is not None:
        return _recognised(known, command)
    last = session.execute(feeds.order_by(Feed.sequence.desc()).limit(1)).scalar_one_or_none()
    _require_next(session, command, last)
    _give_up_unfinished(session, command)
    feed_id = new_id()
    session.execute(
        insert(Feed).values(
            id=feed_id,
            source=command.source,
            sequence=command.sequence,
            kind=command.kind,
            as_of=command.as_of,
            contains_hand_overs=command.contains_hand_overs,
            status=FeedStatus.RECEIVING,
        )
    )
    return Receiving(feed_id, FeedStatus.RECEIVING, 0, EMPTY_DIGEST)


def _recognised(feed: Feed, command: DeclareFeed) -> Receiving:
    same = (feed.kind, feed.as_of, feed.contains_hand_overs) == (
        command.kind,
        command.as_of,
        command.contains_hand_overs,
    )
    if not same:
        raise FeedDiffers("This sequence was declared otherwise before.")
    if feed.status is FeedStatus.REFUSED:
        raise FeedOutOfOrder(feed.failure or "", last_sequence=feed.sequence)
    return Receiving(feed.id, feed.status, feed.lines, feed.digest or EMPTY_DIGEST)


def _require_next(session: Session, command: DeclareFeed, last: Feed | None) -> None:
    facts: Mapping[str, Any] = {
        "last_sequence": last.sequence if last else None,
        "last_as_of": last.as_of.isoformat() if last else None,
    }
    if command.as_of > db_now(session):
        raise FeedOutOfOrder("The feed says what will be: `as_of` is ahead of now.", **facts)
    if last is not None and command.sequence < last.sequence:
        raise FeedOutOfOrder("A later feed of this source came before.", **facts)
    if last is not None and command.as_of < last.as_of:
        raise FeedOutOfOrder("`as_of` is older than that of the feed before.", **facts)


def _give_up_unfinished(session: Session, command: DeclareFeed) -> None:
    reason = f"It never came to its end; {command.sequence} came after it."
    unfinished = [FeedStatus.RECEIVING]
    if command.kind is FeedKind.FULL:  # what was held is overtaken: it must not be let through
        unfinished.append(FeedStatus.HELD)
    session.execute(
        update(Feed)
        .where(Feed.source == command.source, Feed.status.in_(unfinished))
        .values(status=FeedStatus.REFUSED, failure=reason)
    )


def chain(digest: bytes, batch: FeedBatch) -> bytes:
    """Return the digest of everything up to and with this batch."""
    return sha256(digest + batch.digest).digest()


def receive_batch(
    session: Session, batch: FeedBatch, *, feed_id: UUID, after: int, digest: bytes
) -> int:
    """Have the lines of a batch waiting, which follows the first `after` lines; return the sum.

    Raises FeedDiffers when somebody else sends the same feed at this moment.
    """
    count = len(batch.rows) + len(batch.unreadable)
    feed = session.execute(
        update(Feed)
        .where(Feed.id == feed_id, Feed.lines == after, Feed.status == FeedStatus.RECEIVING)
        .values(lines=after + count, digest=digest)
        .returning(Feed.kind)
    ).one_or_none()
    if feed is None:
        raise FeedDiffers("It is being sent by somebody else too, or a later feed came meanwhile.")
    staged = _stage(session, batch, feed_id=feed_id, kind=feed.kind)
    _note_unreadable(session, batch, feed_id=feed_id)
    conflicts = staged.conflicts + len(batch.unreadable)
    session.execute(
        update(Feed)
        .where(Feed.id == feed_id)
        .values(applied=Feed.applied + count - staged.waiting, conflicts=Feed.conflicts + conflicts)
    )
    return after + count


def _stage(session: Session, batch: FeedBatch, *, feed_id: UUID, kind: FeedKind) -> Row[Any]:
    return session.execute(
        _STAGE[kind],
        {
            "feed_id": feed_id,
            "lines": [row.line for row in batch.rows],
            "store_codes": [row.store_code for row in batch.rows],
            "skus": [row.sku for row in batch.rows],
            "quantities": [row.quantity for row in batch.rows],
        },
    ).one()


def _note_unreadable(session: Session, batch: FeedBatch, *, feed_id: UUID) -> None:
    if batch.unreadable:
        kind = ConflictKind.UNREADABLE
        rows = [{"feed_id": feed_id, "kind": kind, **row._asdict()} for row in batch.unreadable]
        session.execute(insert(FeedConflict), rows)


def complete_store(session: Session, *, feed_id: UUID, after: str) -> str | None:
    """A snapshot's next store by code after `after` says 0 of what it leaves out; return its code.

    None when there is no further store. A line that cannot be read speaks for what it may have
    meant, its SKU, its store or every store: nothing there counts as left out.
    """
    values = {"feed_id": feed_id, "after": after}
    code: str | None = session.execute(_NEXT_STORE, values).scalar_one()
    if code is not None:
        location_id = location_ids(session, [code]).get(code)
        if location_id is not None:
            values = {"feed_id": feed_id, "store_code": code, "location_id": location_id}
            session.execute(_LEFT_OUT, {**values, "line": LEFT_OUT_LINE})
    return code


def close_receiving(session: Session, *, feed_id: UUID) -> None:
    """Everything of the feed has come: it is applied from now on."""
    session.execute(
        update(Feed)
        .where(Feed.id == feed_id, Feed.status == FeedStatus.RECEIVING)
        .values(status=FeedStatus.APPLYING)
    )


def location_ids(session: Session, codes: Sequence[str]) -> dict[str, UUID]:
    """Return the id of each of these stores that there is."""
    place = stores.queries.select_stores(codes=codes).subquery()
    rows = session.execute(select(place.c.store_code, place.c.location_id))
    return {row.store_code: row.location_id for row in rows}


def forget_refused(session: Session) -> None:
    """Some waiting lines of feeds that were given up are gone, a batch at a time."""
    session.execute(_FORGET, {"limit": FORGET_LINES})
