"""What a feed found out is left to somebody: count tasks and shortage cases."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from inventory.commands import TaskCause
from kernel.ids import new_id

TASK_HOURS: Final = 24
SHORTAGE_HOURS: Final = 2

_TASKS = text("""
    INSERT INTO count_task (id, location_id, sku, cause, due_at)
    SELECT w.id, :location_id, w.sku, :cause,
           statement_timestamp() + make_interval(hours => :hours)
    FROM unnest(:skus, :ids) AS w (sku, id) ORDER BY w.sku
    ON CONFLICT (location_id, sku) WHERE closed_at IS NULL DO NOTHING
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Uuid)))

_CLOSE = text("""
    UPDATE shortage_case c SET closed_at = statement_timestamp(), resolution = 'covered'
    FROM stock_level l WHERE c.location_id = :location_id AND c.sku = ANY(:skus)
      AND c.closed_at IS NULL AND l.location_id = c.location_id AND l.sku = c.sku
      AND l.reserved <= l.on_hand
""").bindparams(bindparam("skus", type_=ARRAY(Text)))

_OPEN = text("""
    INSERT INTO shortage_case AS c (id, location_id, sku, missing, due_at)
    SELECT w.id, :location_id, l.sku, l.reserved - l.on_hand,
           statement_timestamp() + make_interval(hours => :hours)
    FROM unnest(:skus, :ids) AS w (sku, id)
    JOIN stock_level l ON l.location_id = :location_id AND l.sku = w.sku
    WHERE l.reserved > l.on_hand ORDER BY l.sku
    ON CONFLICT (location_id, sku) WHERE closed_at IS NULL
    DO UPDATE SET missing = excluded.missing
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Uuid)))


def open_tasks(
    session: Session, *, location_id: UUID, skus: Iterable[str], cause: TaskCause
) -> None:
    """Have somebody count these SKUs, unless somebody has to already."""
    wanted = sorted(set(skus))
    values = {"location_id": location_id, "skus": wanted, "ids": [new_id() for _ in wanted]}
    session.execute(_TASKS, {**values, "cause": cause.value, "hours": TASK_HOURS})


def weigh_shortages(session: Session, *, location_id: UUID, skus: Iterable[str]) -> None:
    """Have a case open for each of these SKUs that is short now, and none for the others."""
    wanted = sorted(set(skus))
    values = {"location_id": location_id, "skus": wanted}
    session.execute(_CLOSE, values)
    ids = [new_id() for _ in wanted]
    session.execute(_OPEN, {**values, "ids": ids, "hours": SHORTAGE_HOURS})
