"""Applying feeds, some lines at a time: what a source says, brought up to what happened since.

A snapshot is true as of an instant. New on hand = what it says + our movements of goods since then;
where the source does not know our hand-overs, those since its previous snapshot are taken off. A
change adds; where it knows our hand-overs, those since its previous feed are added back. A count of
ours since that instant wins over both. Goods that were found when they were handed over move
nothing: they only mended our books.

Lines wait in (store, SKU) order and are removed as they are applied. Levels are locked in their
order before the ledger is read: whoever writes to it holds them, so nothing is missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, Uuid, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, insert
from sqlalchemy.orm import Session

import catalog.queries
from inventory.commands import ConflictKind, FeedKind, FeedStatus, TaskCause
from inventory.events import StockFeedApplied
from inventory.models import Feed, FeedConflict
from inventory.services.asking import open_tasks
from inventory.services.feeding import location_ids
from inventory.services.shortages import weigh_shortages
from kernel import events
from kernel.actors import SYSTEM
from kernel.clock import DB_NOW


class Step(StrEnum):
    """What one turn at a feed did.

    There is more, levels have to be made first, it is done, or somebody else is at it.
    """

    MORE = "more"
    LACKING = "lacking"
    DONE = "done"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Window:
    """The instants a feed is reckoned by, and the oldest line of the ledger that can matter.

    The stores and SKUs that were met on the way are kept: a run over a feed is short.
    """

    as_of: datetime
    since: datetime
    first_movement: int
    places: dict[str, UUID] = field(default_factory=dict)
    skus: set[str] = field(default_factory=set)


_WINDOW = text("""
    SELECT f.as_of, least(f.as_of, coalesce(p.as_of, f.as_of)) AS since, coalesce(
        (SELECT min(id) FROM stock_movement
         WHERE recorded_at > least(f.as_of, coalesce(p.as_of, f.as_of)) - interval '5 minutes'),
        (SELECT max(id) FROM stock_movement), 0) AS first_movement
    FROM stock_feed f LEFT JOIN LATERAL (
        SELECT max(as_of) AS as_of FROM stock_feed e
        WHERE e.source = f.source AND e.sequence < f.sequence AND e.status IN ('applying', 'done')
          AND (f.kind = 'delta' OR e.kind = 'full')
          AND f.contains_hand_overs = (f.kind = 'delta')) p ON true
    WHERE f.id = :feed_id
""")
"""Five minutes for lines that were recorded, but not committed, when newer ones were."""

_WAITING = text("""
    SELECT line, store_code, sku, quantity FROM stock_feed_line
    WHERE feed_id = :feed_id ORDER BY store_code, sku LIMIT :lines
""")
_REMOVE = text("""
    DELETE FROM stock_feed_line
    WHERE feed_id = :feed_id AND (store_code, sku) <= (:store_code, :sku)
""")
_LINE = """
    WITH line AS (
        SELECT * FROM unnest(:location_ids, :skus, :quantities) AS n (location_id, sku, quantity))
"""
_MAKE = f"""
    {_LINE} INSERT INTO stock_level (location_id, sku)
    SELECT location_id, sku FROM line WHERE quantity <> 0
    ORDER BY location_id, sku ON CONFLICT DO NOTHING
"""  # noqa: S608 (constants)
_LOCK = f"""
    {_LINE}, locked AS MATERIALIZED (
        SELECT l.location_id, l.sku FROM stock_level l JOIN line n USING (location_id, sku)
        ORDER BY l.location_id, l.sku FOR UPDATE OF l)
    SELECT count(*) FROM line n WHERE quantity <> 0 AND NOT EXISTS (
        SELECT FROM locked k WHERE k.location_id = n.location_id AND k.sku = n.sku)
"""  # noqa: S608 (constants)
_APPLY = f"""
    {_LINE}, ours AS MATERIALIZED (
        SELECT n.location_id, n.sku, n.quantity, l.on_hand, l.reserved, m.moved, m.handed_over,
               m.counted OR EXISTS (
                   SELECT FROM stock_count c JOIN stock_count_line t ON t.count_id = c.id
                   WHERE c.location_id = n.location_id AND t.sku = n.sku AND c.status = 'applied'
                     AND t.counted_at > :as_of) AS counted
        FROM line n JOIN stock_level l USING (location_id, sku) CROSS JOIN LATERAL (
            SELECT coalesce(sum(on_hand_delta) FILTER (
                       WHERE recorded_at > :as_of AND kind <> 'found' AND (cause <> 'feed' OR
                           cause_id IN (SELECT id FROM stock_feed
                                        WHERE kind = 'delta' AND as_of > :as_of))), 0) AS moved,
                   coalesce(sum(on_hand_delta) FILTER (
                       WHERE recorded_at <= :as_of AND recorded_at > :since
                         AND kind IN ('handed_over', 'sold')), 0) AS handed_over,
                   coalesce(bool_or(recorded_at > :as_of AND cause = 'count'), false) AS counted
            FROM stock_movement
            WHERE location_id = n.location_id AND sku = n.sku AND id >= :first_movement) m),
    meant AS MATERIALIZED (
        SELECT *, CASE WHEN :full THEN quantity + moved + handed_over
                       ELSE on_hand + quantity - handed_over END AS theirs FROM ours),
    decided AS MATERIALIZED (
        SELECT *, CASE WHEN counted THEN on_hand ELSE greatest(theirs, 0) END AS result
        FROM meant),
    changed AS (
        UPDATE stock_level l SET on_hand = d.result FROM decided d
        WHERE l.location_id = d.location_id AND l.sku = d.sku AND d.result <> d.on_hand
        RETURNING l.location_id, l.sku, d.result - d.on_hand AS difference),
    written AS (
        INSERT INTO stock_movement
            (location_id, sku, kind, on_hand_delta, cause, cause_id, reason)
        SELECT location_id, sku, 'adjusted', difference, 'feed', :feed_id, :reason
        FROM changed ORDER BY location_id, sku)
    SELECT c.changed, d.location_id, d.sku, d.theirs, d.on_hand, d.counted, d.short
    FROM (SELECT count(*) AS changed FROM changed) c LEFT JOIN (
        SELECT *, result <> on_hand AND least(result, on_hand) < reserved AS short FROM decided
        WHERE (counted AND theirs <> on_hand) OR (NOT counted AND theirs < 0)
           OR (result <> on_hand AND least(result, on_hand) < reserved)) d ON true
    ORDER BY d.location_id, d.sku
"""  # noqa: S608 (constants)


def _of_lines(sql: str) -> Any:  # noqa: ANN401 (a statement)
    return text(sql).bindparams(
        bindparam("location_ids", type_=ARRAY(Uuid)),
        bindparam("skus", type_=ARRAY(Text)),
        bindparam("quantities", type_=ARRAY(INTEGER)),
    )


_MAKE_LEVELS, _LOCK_LEVELS, _APPLY_LINES = map(_of_lines, (_MAKE, _LOCK, _APPLY))


def open_window(session: Session, *, feed_id: UUID) -> Window:
    """Return what this feed is reckoned by; take it anew for each run over the feed."""
    row = session.execute(_WINDOW, {"feed_id": feed_id}).one()
    return Window(row.as_of, row.since, row.first_movement)


def apply_lines(session: Session, *, feed_id: UUID, window: Window, count: int) -> Step:
    """Apply the next `count` lines of a feed, or end it when none are left.

    Nothing was done when levels are lacking: `make_levels` makes them in a transaction of its own,
    because made in another order than the others are locked in, they must not be held together.
    """
    feed = _take(session, feed_id)
    if feed is None:
        return Step.BUSY
    lines = _waiting(session, feed_id, count)
    if not lines:
        _end(session, feed)
        return Step.DONE
    fitting, conflicts = _fit(session, window, lines)
    if fitting and session.execute(_LOCK_LEVELS, _values(fitting)).scalar_one() > 0:
        return Step.LACKING
    changed, more = _apply(session, feed, window, fitting) if fitting else (0, [])
    conflicts += more
    _note(session, feed, conflicts)
    last = lines[-1]
    session.execute(_REMOVE, {"feed_id": feed_id, "store_code": last.store_code, "sku": last.sku})
    feed.applied += sum(line.line > 0 for line in lines)
    feed.changed += changed
    feed.conflicts += len(conflicts)
    session.flush()
    return Step.MORE


def make_levels(session: Session, *, feed_id: UUID, window: Window, count: int) -> None:
    """Every one of the next lines that says more than nothing has a level, empty if it is new."""
    fitting, _ = _fit(session, window, _waiting(session, feed_id, count))
    if fitting:
        session.execute(_MAKE_LEVELS, _values(fitting))


def _waiting(session: Session, feed_id: UUID, count: int) -> Sequence[Row[Any]]:
    return session.execute(_WAITING, {"feed_id": feed_id, "lines": count}).all()


def _take(session: Session, feed_id: UUID) -> Feed | None:
    """Return the feed, locked, unless somebody else is at it or it has ended."""
    return session.execute(
        select(Feed)
        .where(Feed.id == feed_id, Feed.status == FeedStatus.APPLYING)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class _Line:
    line: Row[Any]
    location_id: UUID


Conflicts = list[dict[str, Any]]


def _fit(
    session: Session, window: Window, lines: Sequence[Row[Any]]
) -> tuple[list[_Line], Conflicts]:
    """Return the lines whose store and SKU there are, in lock order, and the others' conflicts."""
    _get_to_know(session, window, lines)
    places, known = window.places, window.skus
    fitting, misfits = [], []
    for line in lines:
        place = places.get(line.store_code)
        if place is None:
            misfits.append(_conflict(line, ConflictKind.UNKNOWN_STORE, theirs=line.quantity))
        elif line.sku not in known and line.line > 0:
            misfits.append(_conflict(line, ConflictKind.UNKNOWN_SKU, theirs=line.quantity))
        else:
            fitting.append(_Line(line, place))
    return sorted(fitting, key=lambda each: (each.location_id, each.line.sku)), misfits


def _get_to_know(session: Session, window: Window, lines: Sequence[Row[Any]]) -> None:
    codes = sorted({line.store_code for line in lines} - set(window.places))
    if codes:
        window.places.update(location_ids(session, codes))
    skus = sorted({line.sku for line in lines} - window.skus)
    if skus:
        window.skus.update(session.execute(catalog.queries.select_known(skus)).scalars())


def _values(lines: Sequence[_Line]) -> dict[str, Any]:
    return {
        "location_ids": [each.location_id for each in lines],
        "skus": [each.line.sku for each in lines],
        "quantities": [each.line.quantity for each in lines],
    }


def _apply(
    session: Session, feed: Feed, window: Window, lines: Sequence[_Line]
) -> tuple[int, Conflicts]:
    """Change the locked levels; return how many changed, and what was not simply taken over."""
    rows = session.execute(
        _APPLY_LINES,
        {
            **_values(lines),
            "feed_id": feed.id,
            "as_of": window.as_of,
            "since": window.since,
            "first_movement": window.first_movement,
            "full": feed.kind is FeedKind.FULL,
            "reason": f"{feed.source} {feed.sequence}, as of {feed.as_of:%Y-%m-%d %H:%M:%S} UTC",
        },
    ).all()
    odd = [row for row in rows if row.location_id is not None]
    given = {(each.location_id, each.line.sku): each.line for each in lines}
    conflicts = [
        _conflict(
            given[row.location_id, row.sku],
            ConflictKind.COUNTED_SINCE if row.counted else ConflictKind.BELOW_ZERO,
            theirs=row.theirs,
            ours=row.on_hand,
        )
        for row in odd
        if (row.counted and row.theirs != row.on_hand) or (not row.counted and row.theirs < 0)
    ]
    _raise_alarms(session, odd)
    return rows[0].changed, conflicts


def _raise_alarms(session: Session, rows: Sequence[Row[Any]]) -> None:
    for location_id in sorted({row.location_id for row in rows}):
        here = [row for row in rows if row.location_id == location_id]
        doubtful = [row.sku for row in here if row.theirs < 0 and not row.counted]
        short = [row.sku for row in here if row.short]
        if doubtful:
            open_tasks(session, location_id=location_id, skus=doubtful, cause=TaskCause.FEED)
        if short:
            weigh_shortages(session, location_id=location_id, skus=short)


def _conflict(
    line: Row[Any], kind: ConflictKind, *, theirs: int, ours: int | None = None
) -> dict[str, Any]:
    return {
        "line": line.line or None,
        "store_code": line.store_code,
        "sku": line.sku,
        "kind": kind,
        "theirs": theirs,
        "ours": ours,
    }


def _note(session: Session, feed: Feed, conflicts: Conflicts) -> None:
    if conflicts:
        session.execute(insert(FeedConflict), [{"feed_id": feed.id, **each} for each in conflicts])


def _end(session: Session, feed: Feed) -> None:
    session.execute(
        update(Feed)
        .where(Feed.id == feed.id)
        .values(status=FeedStatus.DONE, ended_at=DB_NOW, applied=Feed.lines)
    )
    fact = StockFeedApplied(
        feed_id=feed.id,
        source=feed.source,
        sequence=feed.sequence,
        lines=feed.lines,
        changed=feed.changed,
        conflicts=feed.conflicts,
    )
    events.record(session, fact, actor=SYSTEM)
