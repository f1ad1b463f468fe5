"""What has to be counted: opened by doubts, sales at zero, returns, feeds, or because asked."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from inventory.commands import TaskCause
from inventory.errors import UnknownTask
from inventory.events import CountAsked, CountTaskAssigned
from inventory.models import CountTask
from inventory.services.owners import require_owner
from kernel import events
from kernel.actors import Actor
from kernel.ids import new_id

_OPEN = text("""
    INSERT INTO count_task (id, location_id, sku, cause, note, due_at)
    SELECT w.id, :location_id, w.sku, :cause, :note,
           statement_timestamp() + make_interval(hours => :hours)
    FROM unnest(:skus, :ids) AS w (sku, id) ORDER BY w.sku
    ON CONFLICT (location_id, sku) WHERE closed_at IS NULL DO NOTHING RETURNING sku
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Uuid)))


def open_tasks(
    session: Session,
    *,
    location_id: UUID,
    skus: Iterable[str],
    cause: TaskCause,
    note: str | None = None,
) -> list[str]:
    """Have somebody count these SKUs in the time the store gives; return those not asked yet."""
    ordered = sorted(set(skus))
    values = {
        "location_id": location_id,
        "skus": ordered,
        "ids": [new_id() for _ in ordered],
        "cause": cause.value,
        "note": note,
        "hours": stores.queries.get_rules(session, location_id).count_task_hours,
    }
    return sorted(session.execute(_OPEN, values).scalars())


def ask_count(
    session: Session, *, location_id: UUID, skus: Iterable[str], note: str | None, actor: Actor
) -> list[str]:
    """Ask a store to count these SKUs; return those that nobody had to count yet.

    Raises UnknownSku.
    """
    wanted = sorted(set(skus))
    catalog.queries.require_skus(session, wanted)
    opened = open_tasks(
        session, location_id=location_id, skus=wanted, cause=TaskCause.ASKED, note=note
    )
    fact = CountAsked(ask_id=new_id(), location_id=location_id, skus=opened)
    events.record(session, fact, actor=actor)
    return opened


def assign_task(session: Session, task_id: UUID, *, owner_id: UUID, actor: Actor) -> None:
    """Have somebody of the store's staff count this.

    Raises UnknownTask or UnknownStaff.
    """
    task = _lock(session, task_id, actor=actor)
    _give(session, task, require_owner(session, owner_id, location_id=task.location_id), actor)


def take_task(session: Session, task_id: UUID, *, actor: Actor) -> None:
    """Have whoever asks count this.

    Raises UnknownTask.
    """
    _give(session, _lock(session, task_id, actor=actor), (actor.id, actor.name), actor)


def _lock(session: Session, task_id: UUID, *, actor: Actor) -> CountTask:
    task = session.execute(
        select(CountTask)
        .where(CountTask.id == task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if task is None or task.closed_at or not actor.sees_location(task.location_id):
        raise UnknownTask(task_id=str(task_id))
    return task


def _give(session: Session, task: CountTask, owner: tuple[UUID | None, str], actor: Actor) -> None:
    task.owner_id, task.owner_name = owner
    session.flush()
    fact = CountTaskAssigned(task_id=task.id, location_id=task.location_id, owner_id=task.owner_id)
    events.record(session, fact, actor=actor)
