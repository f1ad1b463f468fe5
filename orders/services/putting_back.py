"""Goods in a bin that nobody collects: somebody puts them back, then they are for sale again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import inventory.services
import stores.queries
from inventory.commands import Adjust, AdjustReason, Disposition, Doubt, Returned, StockEffect
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from orders import queries
from orders.errors import NotInBin, UnknownPutBack
from orders.events import PutBackAsked, PutBackFinished
from orders.models import PutBack
from orders.services.locked import Locked

PUT_BACK: Final = "put-back"
"""The reason in the ledger of what is on the shelf again."""


def ask_put_back(
    session: Session,
    locked: Locked,
    quantities: Mapping[str, int],
    *,
    why: str,
    actor: Actor = SYSTEM,
) -> UUID:
    """Have somebody put these goods of a parcel back on the shelf, until when the store says.

    They stay out of the offer, in their bin, until that is done. The parcel must still be owed
    them: call it before their lines are given up.
    """
    parcel = locked.parcel
    rules = stores.queries.get_rules(session, parcel.location_id)
    task = PutBack(
        id=new_id(),
        fulfillment_id=parcel.id,
        location_id=parcel.location_id,
        bin=parcel.bin,
        quantities=dict(quantities),
        why=why,
        due_at=db_now(session) + timedelta(hours=rules.put_back_hours),
    )
    session.add(task)
    session.flush()
    inventory.services.pass_on(
        session,
        fulfillment_id=parcel.id,
        to_id=task.id,
        location_id=parcel.location_id,
        quantities=quantities,
        reason=why,
    )
    asked = PutBackAsked(
        put_back_id=task.id,
        fulfillment_id=parcel.id,
        location_id=parcel.location_id,
        quantities=dict(quantities),
    )
    events.record(session, asked, actor=actor, reason=why)
    return task.id


def finish_put_back(
    session: Session, put_back_id: UUID, *, others: Sequence[Returned] = (), actor: Actor
) -> None:
    """What lay in a bin is on the shelf and for sale again, but for `others`.

    These are damaged and written off, or in doubt until somebody has counted.

    Raises UnknownPutBack, NotInBin, or NotOnShelf when less is on hand than is written off.
    """
    queries.get_put_back(session, put_back_id, actor=actor)
    task = session.execute(
        select(PutBack)
        .where(PutBack.id == put_back_id, PutBack.done_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if task is None:
        raise UnknownPutBack(put_back_id=str(put_back_id))
    kept_off = _sum(others, Disposition.QUARANTINE, Disposition.WRITE_OFF)
    if any(quantity > task.quantities.get(sku, 0) for sku, quantity in kept_off.items()):
        raise NotInBin(in_bin=dict(task.quantities))
    task.done_at = db_now(session)
    task.done_by_name = actor.name
    session.flush()
    inventory.services.release(
        session,
        fulfillment_id=task.id,
        location_id=task.location_id,
        quantities=task.quantities,
        reason=PUT_BACK,
    )
    _keep_off(session, task, others, actor=actor)
    done = PutBackFinished(
        put_back_id=task.id,
        fulfillment_id=task.fulfillment_id,
        location_id=task.location_id,
        kept_off=kept_off,
    )
    events.record(session, done, actor=actor)


def _keep_off(session: Session, task: PutBack, others: Sequence[Returned], *, actor: Actor) -> None:
    """Write off what is damaged, and doubt what nobody can tell of."""
    damaged = _sum(others, Disposition.WRITE_OFF)
    if damaged:
        taken = {sku: -quantity for sku, quantity in damaged.items()}
        command = Adjust(task.location_id, taken, AdjustReason.DAMAGED)
        inventory.services.adjust(session, command, actor=actor)
    for sku, quantity in sorted(_sum(others, Disposition.QUARANTINE).items()):
        doubted = Doubt(
            fulfillment_id=task.fulfillment_id,
            location_id=task.location_id,
            sku=sku,
            quantity=quantity,
            effect=StockEffect.THIS_QUANTITY,
            reason=PUT_BACK,
        )
        inventory.services.doubt(session, doubted, actor=actor)


def _sum(items: Sequence[Returned], *dispositions: Disposition) -> dict[str, int]:
    """Return how many of each SKU go one of these ways."""
    found: dict[str, int] = {}
    for item in items:
        if item.disposition in dispositions:
            found[item.sku] = found.get(item.sku, 0) + item.quantity
    return found
