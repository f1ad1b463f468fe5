"""What many locations have of a basket, have coming, and keep back, in one statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    BindParameter,
    ColumnElement,
    Date,
    Row,
    Select,
    Subquery,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by
from sqlalchemy.orm import Session

import catalog.queries
from inventory.models import Incoming, Reservation, StockLevel
from kernel.clock import DB_NOW
from kernel.db import PLAN_ANEW


@dataclass(frozen=True, slots=True)
class Delivery:
    """So many of a SKU are expected at a location on a day."""

    on: date
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What one row of `reach` says: a store's row and what it has of each wanted SKU.

    `available` may be below zero: what comes in first fills that. `store` has every column of the
    statement that was asked, by name.
    """

    store: Row[Any]
    available: Mapping[str, int]
    deliveries: Sequence[Delivery]


def reach(
    session: Session,
    *,
    stores: Select[*tuple[Any, ...]],
    values: Mapping[str, Any],
    skus: Sequence[str],
    leaving_out: UUID | None = None,
) -> tuple[list[Reach], list[str]]:
    """Return what each store of the statement `stores` has of these SKUs, in one statement.

    `values` are what that statement is executed with. What `leaving_out` (a fulfillment) holds
    counts as free, and so do expired holds. The second list names those of `skus` that are not in
    the catalogue.

    The statement is planned each time it is asked: a plan kept for any number of stores reads the
    whole chain's levels one by one.
    """
    rows = session.execute(
        _statement(stores),
        {**values, "skus": list(skus), "leaving_out": leaving_out},
        execution_options=PLAN_ANEW,
    ).all()
    had = _read_levels([row.levels for row in rows])
    found = [
        Reach(row, available, _deliveries(row.coming))
        for row, available in zip(rows, had, strict=True)
        if row.location_id is not None
    ]
    return found, sorted(rows[0].unknown_skus or ())


@lru_cache(maxsize=64)
def _statement(stores: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the whole statement, built once for each statement of stores."""
    wanted = bindparam("skus", type_=ARRAY(Text))
    place = stores.cte("place").prefix_with("MATERIALIZED")
    levels, coming = _levels(place, wanted), _coming(place, wanted)
    known = select(_unknown(wanted).label("unknown_skus")).subquery("known")
    source = known.outerjoin(place, true())
    for other in (levels, coming):
        source = source.outerjoin(other, other.c.location_id == place.c.location_id)
    return select(known, levels.c.levels, coming.c.coming, place).select_from(source)


def _levels(place: CTE, wanted: BindParameter[Any]) -> Subquery:
    free = _free(wanted)
    available = StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined
    available = available - StockLevel.safety_stock + func.coalesce(free.c.quantity, 0)
    return (
        select(
            StockLevel.location_id,
            cast(func.json_object_agg(StockLevel.sku, available), Text).label("levels"),
        )
        .join(place, place.c.location_id == StockLevel.location_id)
        .outerjoin(
            free,
            and_(free.c.location_id == StockLevel.location_id, free.c.sku == StockLevel.sku),
        )
        .where(StockLevel.sku == any_(wanted))
        .group_by(StockLevel.location_id)
        .subquery("level")
    )


def _free(wanted: BindParameter[Any]) -> Subquery:
    """Return what is reserved and yet free: by expired holds, and by the asker's own."""
    own = Reservation.fulfillment_id == bindparam("leaving_out", type_=Uuid)
    return (
        select(
            Reservation.location_id,
            Reservation.sku,
            func.sum(Reservation.quantity).label("quantity"),
        )
        .where(
            or_(Reservation.held_until <= DB_NOW, own),
            Reservation.quantity > 0,
            Reservation.sku == any_(wanted),
        )
        .group_by(Reservation.location_id, Reservation.sku)
        .subquery("free")
    )


def _coming(place: CTE, wanted: BindParameter[Any]) -> Subquery:
    """Return what is expected from today on; what is overdue is expected on no day at all."""
    lines = aggregate_order_by(
        func.json_build_array(
            Incoming.expected_on, Incoming.sku, Incoming.quantity - Incoming.received
        ),
        Incoming.expected_on,
        Incoming.sku,
    )
    return (
        select(Incoming.location_id, type_coerce(func.json_agg(lines), JSON).label("coming"))
        .join(place, place.c.location_id == Incoming.location_id)
        .where(
            Incoming.closed_at.is_(None),
            Incoming.quantity > Incoming.received,
            Incoming.expected_on >= cast(func.timezone(place.c.time_zone, DB_NOW), Date),
            Incoming.sku == any_(wanted),
        )
        .group_by(Incoming.location_id)
        .subquery("coming")
    )


def _unknown(wanted: BindParameter[Any]) -> ColumnElement[Any]:
    sku = func.unnest(wanted).column_valued("asked")
    known = catalog.queries.select_known(wanted).subquery("sold")
    return select(func.array_agg(sku)).where(sku.not_in(select(known.c.sku))).scalar_subquery()


def _read_levels(levels: Sequence[str | None]) -> list[dict[str, int]]:
    """Return what each row's levels say. Reading them in one go takes a third of the time."""
    read: list[dict[str, int]] = json.loads(f"[{','.join(each or '{}' for each in levels)}]")
    return read


def _deliveries(coming: Sequence[tuple[str, str, int]] | None) -> Sequence[Delivery]:
    return [Delivery(date.fromisoformat(on), sku, units) for on, sku, units in coming or ()]
