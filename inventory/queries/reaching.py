"""What many locations have of a basket, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import KeyedColumnElement

import catalog.queries
from inventory.models import StockLevel


@dataclass(frozen=True, slots=True)
class Reach:
    """What one row of `select_reach` says: a store's row and what it has of each wanted SKU."""

    store: Row[Any]
    distance_km: float | None
    available: Mapping[str, int]


def reach(
    session: Session, *, stores: Select[*tuple[Any, ...]], skus: Sequence[str]
) -> tuple[list[Reach], list[str]]:
    """Return what each store of the statement `stores` has of these SKUs, in one statement.

    The second list names those of `skus` that are not in the catalogue.
    """
    place = stores.subquery("place")
    known = select(
        func.array(catalog.queries.select_known(skus).scalar_subquery()).label("known")
    ).subquery("known")
    levels = _levels(place.c.location_id, skus).label("levels")
    rows = session.execute(
        select(known.c.known, levels, place).select_from(known.outerjoin(place, true()))
    ).all()
    unknown = sorted(set(skus) - set(rows[0].known))
    return [
        Reach(row, row.distance_km, row.levels or {}) for row in rows if row.location_id is not None
    ], unknown


def _levels(location_id: KeyedColumnElement[Any], skus: Sequence[str]) -> ScalarSelect[Any]:
    available = StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined
    return (
        select(func.jsonb_object_agg(StockLevel.sku, available - StockLevel.safety_stock))
        .where(StockLevel.location_id == location_id, StockLevel.sku.in_(skus))
        .scalar_subquery()
    )
