"""The stock of a pending order: held longer while somebody pays, owed for good once it is paid."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
import stores.queries
from inventory.commands import Hold
from inventory.errors import OutOfStock
from kernel.clock import db_now
from orders.commands import Status, hold_of
from orders.errors import HoldEnded
from orders.models import Order
from orders.services.parcels import Locked, find_parcel

MINUTE: Final = timedelta(minutes=1)


def extend_hold(session: Session, fulfillment_id: UUID) -> None:
    """Hold a pending order's stock longer, because somebody is at paying it.

    What others took meanwhile is held anew, if it is still to be had. An order that is no longer
    pending is left alone.

    Raises HoldEnded when it was held as long as it can be, or OutOfStock.
    """
    locked = find_parcel(session, fulfillment_id)
    if locked is None or locked.parcel.status is not Status.PENDING:
        return
    hold = hold_left(session, locked)
    held, until = _extend(session, locked, hold)
    missing = _missing(locked, held)
    if missing:
        inventory.services.reserve(
            session,
            fulfillment_id=locked.parcel.id,
            location_id=locked.parcel.location_id,
            quantities=missing,
            hold=hold,
        )
        _, until = _extend(session, locked, hold)
    locked.parcel.pending_until = until or locked.parcel.pending_until
    session.flush()


def secure_stock(session: Session, locked: Locked) -> dict[str, int]:
    """Owe a pending order's stock for good; return what others took and cannot be had any more.

    When something is returned nothing was reserved anew.
    """
    held = inventory.services.settle_hold(session, **locked.stock, quantities=locked.owed)
    missing = _missing(locked, held)
    if not missing:
        return {}
    try:
        with session.begin_nested():
            inventory.services.reserve(
                session,
                fulfillment_id=locked.parcel.id,
                location_id=locked.parcel.location_id,
                quantities=missing,
            )
    except OutOfStock as refusal:
        left: dict[str, int] = refusal.facts["shortages"]
        return {sku: missing[sku] - left[sku] for sku in left}
    return {}


def hold_left(session: Session, locked: Locked) -> Hold:
    """Return the hold that may begin now: nobody stretches the cap by beginning anew.

    Raises HoldEnded.
    """
    store = stores.queries.get_store_by_id(session, locked.parcel.location_id)
    hold = hold_of(store.rules, session.get_one(Order, locked.parcel.order_id).channel)
    left_min = hold.cap_min - (db_now(session) - locked.parcel.created_at) // MINUTE
    if left_min <= 0:
        raise HoldEnded
    return replace(hold, minutes=min(hold.minutes, left_min), cap_min=left_min)


def _extend(session: Session, locked: Locked, hold: Hold) -> tuple[dict[str, int], datetime | None]:
    return inventory.services.extend_hold(
        session, **locked.stock, quantities=locked.owed, minutes=hold.minutes
    )


def _missing(locked: Locked, held: dict[str, int]) -> dict[str, int]:
    gaps = {sku: quantity - held.get(sku, 0) for sku, quantity in locked.owed.items()}
    return {sku: gap for sku, gap in gaps.items() if gap > 0}
