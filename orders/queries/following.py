"""What happens to orders, for followers: in one order for all of them, nothing skipped.

The position is that in the chain of events (`kernel.sealing`): an event is given one when it is
surely committed, and keeps it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, cast, func, select
from sqlalchemy.orm import Session

import stores.queries
from kernel.events import EventRow
from kernel.sealing import EventSeal
from orders.events import FOLLOWED
from orders.models import ExternalOrder, Order

WINDOW: Final = 5_000
"""How many events one reading looks through at most, whosever they are."""


@dataclass(frozen=True, slots=True)
class OrderChange:
    """One thing that happened to an order: when, to which parcel, where, and its facts.

    `external_number` is the order's number in the shop that brought it.
    """

    position: int
    type: str
    at: datetime
    order_id: UUID
    order_number: str
    external_number: str | None
    fulfillment_id: UUID | None
    store: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Followed:
    """What happened after a position, and up to which position that was looked for."""

    changes: tuple[OrderChange, ...]
    told_to: int


def start_following(session: Session) -> int:
    """Return the position of what was sealed last: what happens from now on comes after it."""
    return session.execute(select(func.coalesce(func.max(EventSeal.position), 0))).scalar_one()


def list_order_changes(
    session: Session,
    *,
    after: int,
    brand_id: UUID | None = None,
    source: str | None = None,
    names: Collection[str] = (),
    limit: int = 200,
) -> Followed:
    """Return what happened to orders after a position, in the order in which all followers see it.

    With `brand_id` only to that brand's, with `source` only to those this shop brought; with
    `names` only these events.
    """
    window = (
        select(EventSeal.position, EventSeal.event_id)
        .where(EventSeal.position > after)
        .order_by(EventSeal.position)
        .limit(WINDOW)
        .cte("looked")
    )
    place = stores.queries.select_codes().subquery("place")
    order_id = func.coalesce(cast(EventRow.facts["order_id"].astext, Uuid), EventRow.aggregate_id)
    statement = (
        select(
            window.c.position,
            EventRow,
            Order.id,
            Order.number,
            ExternalOrder.number.label("external_number"),
            place.c.store_code,
        )
        .join(EventRow, EventRow.id == window.c.event_id)
        .join(Order, Order.id == order_id)
        .outerjoin(ExternalOrder, ExternalOrder.order_id == Order.id)
        .outerjoin(place, place.c.location_id == EventRow.location_id)
        .where(EventRow.name.in_(FOLLOWED.keys() & set(names) if names else FOLLOWED))
        .order_by(window.c.position)
        .limit(limit)
    )
    if brand_id is not None:
        statement = statement.where(Order.brand_id == brand_id)
    if source is not None:
        statement = statement.where(ExternalOrder.source == source)
    changes = tuple(_change(row) for row in session.execute(statement))
    if len(changes) == limit:
        return Followed(changes, changes[-1].position)
    looked = session.execute(select(func.max(window.c.position))).scalar_one()
    return Followed(changes, looked or after)


def _change(row: Any) -> OrderChange:  # noqa: ANN401 (a row)
    event: EventRow = row.EventRow
    told = FOLLOWED[event.name]
    fulfillment_id = event.facts.get("fulfillment_id")
    return OrderChange(
        row.position,
        event.name,
        event.recorded_at,
        row.id,
        row.number,
        row.external_number,
        UUID(fulfillment_id) if fulfillment_id else None,
        row.store_code,
        {name: value for name, value in event.facts.items() if name in told},
    )
