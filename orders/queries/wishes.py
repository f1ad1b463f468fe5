"""Reads of wishes: who asked to be told when a SKU can be had again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

import inventory.queries
import stores.queries
from kernel.actors import Actor
from orders.errors import UnknownWish
from orders.models import StockWish


@dataclass(frozen=True, slots=True)
class WishFacts:
    """One wish; `location_id` is the only store that will do, if there is one."""

    id: UUID
    sku: str
    location_id: UUID | None
    contact_id: UUID
    brand_id: UUID
    language: str
    created_at: datetime
    told_at: datetime | None
    ended_at: datetime | None


def get_wish(session: Session, wish_id: UUID) -> WishFacts:
    """Return a wish.

    Raises UnknownWish.
    """
    row = session.get(StockWish, wish_id, populate_existing=True)
    if row is None:
        raise UnknownWish
    return WishFacts(
        row.id,
        row.sku,
        row.location_id,
        row.contact_id,
        row.brand_id,
        row.language,
        row.created_at,
        row.told_at,
        row.ended_at,
    )


def list_fulfillable(session: Session, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Return open wishes whose SKU can be had, oldest first, each with a store that has it.

    One statement: the store that was asked for, or the one that collects and has the most.
    """
    place = stores.queries.select_stores().subquery("place")
    level = inventory.queries.select_available().subquery("level")
    rows = session.execute(
        select(StockWish.id, level.c.location_id)
        .join(
            level,
            and_(
                level.c.sku == StockWish.sku,
                level.c.available > 0,
                or_(
                    StockWish.location_id.is_(None),
                    level.c.location_id == StockWish.location_id,
                ),
            ),
        )
        .join(
            place,
            and_(
                place.c.location_id == level.c.location_id,
                place.c.brand_id == StockWish.brand_id,
                place.c.collects,
            ),
        )
        .where(StockWish.ended_at.is_(None))
        .ext(distinct_on(StockWish.created_at, StockWish.id))
        .order_by(StockWish.created_at, StockWish.id, level.c.available.desc())
        .limit(limit)
    )
    return [(row.id, row.location_id) for row in rows]


def select_visible_wishes(
    actor: Actor, location_id: UUID | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the statement of the ids of wishes at an actor's stores, for others to join.

    Wishes for any store are of those who see every store.
    """
    rows = select(StockWish.id)
    if location_id is not None:
        rows = rows.where(StockWish.location_id == location_id)
    if actor.location_ids is not None:
        here = StockWish.location_id.in_(actor.location_ids)
        any_store = StockWish.location_id.is_(None)
        rows = rows.where(or_(here, any_store) if actor.is_central else here)
    if actor.brand_id is not None:
        rows = rows.where(StockWish.brand_id == actor.brand_id)
    return rows
