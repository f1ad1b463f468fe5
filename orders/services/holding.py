"""The stock of a pending order: held longer while somebody pays, owed for good once it is paid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
import stores.queries
import stores.services
from inventory.commands import Hold
from inventory.errors import OutOfStock
from kernel.clock import db_now
from orders import queries
from orders.commands import Status, hold_of
from orders.errors import HoldEnded
from orders.models import Order
from orders.services.lacking import Owner, owners_of, reserve_for, reserve_one
from orders.services.parcels import Locked, lock_order

MINUTE: Final = timedelta(minutes=1)


def extend_hold(session: Session, order_id: UUID) -> None:
    """Hold a pending order's stock while somebody is at paying it; never shorter than it was.

    What others took meanwhile is held anew, if it is still to be had. What is no longer pending is
    left alone.

    Raises HoldEnded when it was held as long as it can be, or OutOfStock.
    """
    parcels = [each for each in lock_order(session, order_id) if is_pending(each)]
    lock_goods(session, parcels)
    for locked in parcels:
        store = stores.queries.get_store_by_id(session, locked.parcel.location_id)
        needed = db_now(session) + timedelta(minutes=store.rules.hold_web_min)
        hold_until(session, locked, max(needed, locked.parcel.pending_until or needed))


def is_pending(locked: Locked) -> bool:
    """Tell whether a parcel waits for its money."""
    return locked.parcel.status is Status.PENDING


def lock_goods(session: Session, parcels: Sequence[Locked]) -> None:
    """Keep others from the levels of what parcels of one order keep, wherever that is.

    One parcel after the other would take them in another order than whoever places an order does.
    """
    if len(parcels) == 1:
        return
    kept: dict[UUID, set[str]] = {}
    for locked in parcels:
        for owner in owners_of(locked):
            kept.setdefault(owner.location_id, set()).update(owner.quantities)
    for location_id in sorted(kept):
        inventory.services.lock_levels(session, location_id=location_id, skus=kept[location_id])


def free_in_order(session: Session, parcels: Sequence[Locked]) -> None:
    """Give back what parcels of one order take of capacity, and keep their goods from others.

    They can be given up one by one then: places come before stock in the order of locks.
    """
    for locked in parcels if len(parcels) > 1 else ():
        stores.services.release_booking(session, locked.parcel.id)
    lock_goods(session, parcels)


def hold_until(session: Session, locked: Locked, until: datetime) -> datetime:
    """Hold a pending order's stock until then, or as long as it can be; return until when it is.

    Raises HoldEnded when it was held as long as it can be, or OutOfStock.
    """
    hold = hold_left(session, locked, until)
    ends = [_extend(session, each, hold) for each in owners_of(locked)]
    locked.parcel.pending_until = min(ends, default=db_now(session) + hold.minutes * MINUTE)
    session.flush()
    return locked.parcel.pending_until or until


def secure_stock(session: Session, locked: Locked) -> dict[str, int]:
    """Owe a pending order's stock for good; return what others took and cannot be had any more.

    When something is returned nothing was reserved anew.
    """
    missing: dict[str, int] = {}
    gaps: list[Owner] = []
    for each in owners_of(locked):
        held = inventory.services.settle_hold(session, **each.stock, quantities=each.quantities)
        if gap := queries.divide(each.quantities, held):
            gaps.append(replace(each, quantities=gap))
            missing = queries.add(missing, gap)
    try:
        with session.begin_nested():
            reserve_for(session, gaps)
    except OutOfStock as short:
        left: dict[str, int] = short.facts["shortages"]
        return {sku: missing[sku] - units for sku, units in left.items()}
    return {}


def hold_left(session: Session, locked: Locked, until: datetime | None = None) -> Hold:
    """Return the hold that may begin now, until then: nobody stretches the cap by beginning anew.

    Raises HoldEnded.
    """
    store = stores.queries.get_store_by_id(session, locked.parcel.location_id)
    hold = hold_of(store.rules, session.get_one(Order, locked.parcel.order_id).channel)
    moment = db_now(session)
    left_min = hold.cap_min - (moment - locked.parcel.created_at) // MINUTE
    if left_min <= 0:
        raise HoldEnded
    wanted_min = hold.minutes if until is None else -((moment - until) // MINUTE)
    return replace(hold, minutes=min(wanted_min, left_min), cap_min=left_min)


def _extend(session: Session, owner: Owner, hold: Hold) -> datetime:
    """Hold longer what one keeps, and anew what others took of it; return until when.

    Raises OutOfStock.
    """
    minutes, kept = hold.minutes, owner.quantities
    held, until = inventory.services.extend_hold(
        session, **owner.stock, quantities=kept, minutes=minutes
    )
    if missing := queries.divide(kept, held):
        reserve_one(session, replace(owner, quantities=missing), hold)
        _, until = inventory.services.extend_hold(
            session, **owner.stock, quantities=kept, minutes=minutes
        )
    return until or db_now(session)
