"""The ledger for followers: nothing is skipped, however late a line is committed.

Lines come in the order of the transactions that wrote them, and only those below the oldest that
still runs: what is not committed yet lies above, and is given when it is.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, cast, func, select, tuple_
from sqlalchemy.orm import Session

import stores.queries
from inventory.models import StockMovement
from inventory.queries.levels import MovementFacts

PAGE_MAX = 500

_OLDEST_RUNNING = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a follower is: everything up to and with this line of this transaction."""

    xid: int
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the ledger, where it happened, and its place."""

    store: str
    location_id: UUID
    sku: str
    movement: MovementFacts
    place: Place


def start_following(session: Session) -> Place:
    """Return the place before everything that is not surely committed now."""
    return Place(session.execute(select(_OLDEST_RUNNING)).scalar_one(), 0)


def list_changes(
    session: Session,
    *,
    after: Place,
    location_id: UUID | None = None,
    limit: int = PAGE_MAX,
) -> list[Change]:
    """Return the lines of the ledger after a place, in the order in which all followers see them.

    With `location_id`, only those of one location.
    """
    rows = select_changes(after).limit(limit)
    if location_id is not None:
        rows = rows.where(StockMovement.location_id == location_id)
    return [_change(row) for row in session.execute(rows)]


def select_changes(after: Place) -> Select[*tuple[Any, ...]]:
    """Return the statement of the committed lines after a place, in order."""
    place = stores.queries.select_codes().subquery("place")
    return (
        select(StockMovement, place.c.store_code)
        .join(place, place.c.location_id == StockMovement.location_id)
        .where(
            tuple_(StockMovement.xid, StockMovement.id) > (after.xid, after.line),
            StockMovement.xid < _OLDEST_RUNNING,
        )
        .order_by(StockMovement.xid, StockMovement.id)
    )


def _change(row: Any) -> Change:  # noqa: ANN401 (a row)
    line: StockMovement = row.StockMovement
    return Change(
        store=row.store_code,
        location_id=line.location_id,
        sku=line.sku,
        movement=MovementFacts(
            line.id,
            line.kind.value,
            line.on_hand_delta,
            line.reserved_delta,
            line.quarantined_delta,
            line.cause.value,
            line.cause_id,
            line.reason,
            line.recorded_at,
        ),
        place=Place(line.xid, line.id),
    )
