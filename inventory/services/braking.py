"""The brake of snapshots: one that would empty nearly all of a store is held until somebody looked.

An export that broke off, or a wrong file, says 0 of everything and is a perfect feed otherwise.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

import stores.queries
from inventory.commands import FeedStatus
from inventory.errors import FeedNotHeld, UnknownFeed
from inventory.events import StockFeedHeld, StockFeedLetThrough
from inventory.models import Feed
from inventory.services.feeding import location_ids
from kernel import events
from kernel.actors import SYSTEM, Actor

FEW: Final = 20
"""Levels of a store below which a snapshot is never held: so few can all be sold."""
HUNDRED: Final = 100

_EMPTIED = text("""
    SELECT count(*) AS stocked, count(*) FILTER (WHERE f.quantity = 0) AS emptied
    FROM stock_level l LEFT JOIN stock_feed_line f
        ON f.feed_id = :feed_id AND f.store_code = :store_code AND f.sku = l.sku
    WHERE l.location_id = :location_id AND l.on_hand > 0
""")


def is_emptied(session: Session, *, feed_id: UUID, store_code: str) -> bool:
    """Tell whether a snapshot says 0 of more of a store's stock than the store's setting allows."""
    location_id = location_ids(session, [store_code]).get(store_code)
    if location_id is None:
        return False
    values = {"feed_id": feed_id, "store_code": store_code, "location_id": location_id}
    row = session.execute(_EMPTIED, values).one()
    most = stores.queries.get_rules(session, location_id).feed_empties_percent
    return bool(row.stocked >= FEW and row.emptied * HUNDRED > row.stocked * most)


def hold_feed(session: Session, *, feed_id: UUID, store_codes: list[str]) -> None:
    """Have nothing of a feed applied that says that these stores are nearly empty."""
    feed = session.execute(
        update(Feed)
        .where(Feed.id == feed_id, Feed.status == FeedStatus.RECEIVING)
        .values(
            status=FeedStatus.HELD,
            failure=f"It says 0 of nearly everything at {', '.join(store_codes)}.",
        )
        .returning(Feed.source, Feed.sequence)
    ).one_or_none()
    if feed is None:
        return
    fact = StockFeedHeld(
        feed_id=feed_id,
        source=feed.source,
        sequence=feed.sequence,
        location_ids=sorted(location_ids(session, store_codes).values()),
    )
    events.record(session, fact, actor=SYSTEM)


def let_through(session: Session, feed_id: UUID, *, actor: Actor) -> None:
    """Have a feed applied that was held.

    Raises UnknownFeed or FeedNotHeld.
    """
    feed = session.execute(
        select(Feed)
        .where(Feed.id == feed_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if feed is None:
        raise UnknownFeed(feed_id=str(feed_id))
    if feed.status is not FeedStatus.HELD:
        raise FeedNotHeld(status=feed.status.value)
    feed.status, feed.failure = FeedStatus.APPLYING, None
    session.flush()
    events.record(session, StockFeedLetThrough(feed_id=feed_id), actor=actor)
