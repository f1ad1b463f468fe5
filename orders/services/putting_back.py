"""Goods in a bin that nobody collects: somebody puts them back, then they are for sale again."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from orders.events import PutBackAsked
from orders.models import PutBack
from orders.services.parcels import Locked


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
