"""What stores are late with: orders not taken on, parcels past their promise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

LATE_MAX: Final = 500

_LATE = text("""
    WITH open AS (
        SELECT id, location_id, order_id,
               CASE WHEN promised_at < statement_timestamp() THEN 'ready' ELSE 'accept' END AS what,
               CASE WHEN promised_at < statement_timestamp() THEN promised_at ELSE accept_by END
                   AS due_at
        FROM fulfillment
        WHERE status NOT IN ('handed_over', 'delivered', 'expired', 'cancelled', 'rerouted')
          AND (status IN ('new', 'accepted', 'picking', 'in_transfer')
                   AND promised_at < statement_timestamp()
               OR status = 'new' AND accept_by < statement_timestamp()))
    SELECT id, location_id, order_id, what, due_at FROM open ORDER BY due_at, id LIMIT :limit
""")
"""The first condition is the open parcels' own index, so that the past is not read."""


class Deadline(StrEnum):
    """What a store is late with: to take an order on, or to have it ready."""

    ACCEPT = "accept"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class LateParcel:
    """A parcel its store is late with, and since when."""

    fulfillment_id: UUID
    location_id: UUID
    order_id: UUID
    what: Deadline
    due_at: datetime


def list_late(session: Session, *, limit: int = LATE_MAX) -> list[LateParcel]:
    """Return the parcels stores are late with, the longest late first, by the database's clock."""
    rows = session.execute(_LATE, {"limit": limit})
    return [
        LateParcel(row.id, row.location_id, row.order_id, Deadline(row.what), row.due_at)
        for row in rows
    ]
