"""Parcels past a deadline: a case for each, closed as soon as the parcel moved on."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import CaseKind, OpenCase, Status
from orders.models import Fulfillment
from orders.queries import LateParcel
from orders.services.casework import open_case, settle_case
from orders.services.parcels import find_parcel

MOVED_ON: Final = "moved on"


def note_late(session: Session, late: LateParcel) -> bool:
    """Have somebody see to a parcel that is late, unless it moved on meanwhile."""
    locked = find_parcel(session, late.fulfillment_id)
    if locked is None or not is_late(session, locked.parcel, late.what):
        return False
    rules = stores.queries.get_rules(session, late.location_id)
    command = OpenCase(
        CaseKind.LATE,
        late_key(late.fulfillment_id),
        timedelta(hours=rules.late_hours),
        location_id=late.location_id,
        order_id=late.order_id,
        fulfillment_id=late.fulfillment_id,
        facts={"what": late.what, "due_at": late.due_at.isoformat()},
    )
    return open_case(session, command) is not None


def settle_late(session: Session, fulfillment_id: UUID, *, actor: Actor = SYSTEM) -> bool:
    """Close the case of a parcel that is no longer late for what it was late for."""
    key = late_key(fulfillment_id)
    case = queries.find_open_case(session, key)
    locked = find_parcel(session, fulfillment_id) if case is not None else None
    if case is None or locked is None:
        return False
    if is_late(session, locked.parcel, case.facts["what"]):
        return False
    return settle_case(session, key, resolution=MOVED_ON, actor=actor) is not None


def late_key(fulfillment_id: UUID) -> str:
    """Return the key of the case of a parcel that is late."""
    return f"late:{fulfillment_id}"


def is_late(session: Session, parcel: Fulfillment, what: str) -> bool:
    """Tell whether a parcel is late still for what it was late for."""
    if what == queries.ACCEPT:
        return parcel.status is Status.NEW
    return parcel.status in queries.UNDER_WAY and parcel.promised_at < db_now(session)
