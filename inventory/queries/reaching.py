"""What many locations have of a basket, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, ScalarSelect, Select, and_, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import KeyedColumnElement

import catalog.queries
from inventory.models import StockLevel
from inventory.queries.holding import select_given_back


@dataclass(frozen=True, slots=True)
class Reach:
    """What one row of `select_reach` says: a store's row and what it has of each wanted SKU."""

    store: Row[Any]
    distance_km: float | None
    available: Mapping[str, int]


def reach(
    session: Session,
    *,
    stores: Select[*tuple[Any, ...]],
    skus: Sequence[str],
    leaving_out: UUID | None = None,
) -> tuple[list[Reach], list[str]]:
    """Return what each store of the statement `stores` has of these SKUs, in one statement.

    What the fulfillment `leaving_out` holds counts as free, and so do holds that are over. The
    second list names those of `skus` that are not in the catalogue.
    """
    place = stores.subquery("place")
    known = select(
        func.array(catalog.queries.select_known(skus).scalar_subquery()).label("known")
    ).subquery("known")
    levels = _levels(place.c.location_id, skus, leaving_out).label("levels")
    rows = session.execute(
        select(known.c.known, levels, place).select_from(known.outerjoin(place, true()))
    ).all()
    unknown = sorted(set(skus) - set(rows[0].known))
    return [
        Reach(row, row.distance_km, row.levels or {}) for row in rows if row.location_id is not None
    ], unknown


def _levels(
    location_id: KeyedColumnElement[Any], skus: Sequence[str], leaving_out: UUID | None
) -> ScalarSelect[Any]:
    given_back = select_given_back(leaving_out=leaving_out)
    more = func.coalesce(given_back.c.quantity, 0)
    free = StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined + more
    same = and_(
        given_back.c.location_id == StockLevel.location_id, given_back.c.sku == StockLevel.sku
    )
    return (
        select(func.jsonb_object_agg(StockLevel.sku, free - StockLevel.safety_stock))
        .outerjoin(given_back, same)
        .where(StockLevel.location_id == location_id, StockLevel.sku.in_(skus))
        .scalar_subquery()
    )
