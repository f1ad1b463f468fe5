"""What runs low: found by following the ledger, never by looking at every level."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Row, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

import stores.queries
from inventory.events import StockRanLow
from inventory.models import LedgerFollower
from inventory.queries import start_following
from kernel import events
from kernel.actors import SYSTEM
from kernel.ids import new_id

FOLLOWER: Final = "low-stock"
LINES_AT_ONCE: Final = 5_000
SKUS_TOLD: Final = 50

_FOLLOW = text("""
    WITH followed AS MATERIALIZED (
        SELECT location_id, sku, xid, id FROM stock_movement
        WHERE (xid, id) > (:xid, :line) AND xid < CAST(CAST(
            pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)
        ORDER BY xid, id LIMIT :lines),
    standing AS MATERIALIZED (
        SELECT l.location_id, l.sku,
               l.on_hand - l.reserved - l.quarantined - l.safety_stock AS available, r.units
        FROM (SELECT DISTINCT location_id, sku FROM followed) t
        JOIN stock_level l USING (location_id, sku)
        JOIN unnest(:locations, :units) AS r (location_id, units) USING (location_id)),
    risen AS (
        DELETE FROM low_stock w USING standing s
        WHERE w.location_id = s.location_id AND w.sku = s.sku
          AND s.available NOT BETWEEN 1 AND s.units),
    low AS (
        INSERT INTO low_stock (location_id, sku, available, told_at)
        SELECT location_id, sku, available, statement_timestamp() FROM standing
        WHERE available BETWEEN 1 AND units ORDER BY location_id, sku
        ON CONFLICT (location_id, sku) DO UPDATE SET available = excluded.available
        RETURNING location_id, sku, xmax = 0 AS fresh)
    SELECT p.xid, p.id, p.followed, low.location_id, low.sku
    FROM (SELECT xid, id, count(*) OVER () AS followed FROM followed
          ORDER BY xid DESC, id DESC LIMIT 1) p
    LEFT JOIN low ON low.fresh
    ORDER BY low.location_id, low.sku
""").bindparams(bindparam("locations", type_=ARRAY(Uuid)), bindparam("units", type_=ARRAY(Integer)))


def note_low(session: Session) -> bool:
    """Have noted what came to run low, or no longer does, since the last time; tell its stores.

    A SKU runs low at as many available as the store's setting says, or fewer, but not at none.
    Returns whether there is more of the ledger to follow. The first time begins now.
    """
    here = session.execute(
        select(LedgerFollower)
        .where(LedgerFollower.name == FOLLOWER)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if here is None:
        start = start_following(session)
        first = {"name": FOLLOWER, "xid": start.xid, "line": start.line}
        session.execute(insert(LedgerFollower).values(first).on_conflict_do_nothing())
        return False
    limits = session.execute(stores.queries.select_rule("low_stock_units")).all()
    values = {
        "xid": here.xid,
        "line": here.line,
        "lines": LINES_AT_ONCE,
        "locations": [row.location_id for row in limits],
        "units": [row.value for row in limits],
    }
    rows = session.execute(_FOLLOW, values).all()
    if not rows:
        return False
    here.xid, here.line = rows[0].xid, rows[0].id
    session.flush()
    _tell(session, [row for row in rows if row.location_id is not None])
    return bool(rows[0].followed == LINES_AT_ONCE)


def _tell(session: Session, rows: Sequence[Row[Any]]) -> None:
    by_location: dict[UUID, list[str]] = {}
    for row in rows:
        by_location.setdefault(row.location_id, []).append(row.sku)
    for location_id, skus in by_location.items():
        fact = StockRanLow(
            run_id=new_id(),
            location_id=location_id,
            count=len(skus),
            skus=tuple(skus[:SKUS_TOLD]),
        )
        events.record(session, fact, actor=SYSTEM)
