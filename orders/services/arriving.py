"""The customer comes: on the way, then outside in the car. Staff see how long they wait."""

from typing import Final
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW
from orders import queries
from orders.commands import Method, Status
from orders.errors import NotServedOutside, WrongState
from orders.events import CustomerArrived, CustomerOnTheWay
from orders.models import Arrival
from orders.services.parcels import Locked, lock_parcel
from stores.commands import StoreMethod

BAY_MAX: Final = 16
VEHICLE_MAX: Final = 40


def announce_way(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """The customer of a parcel that waits is on the way; saying it again changes nothing.

    Raises UnknownFulfillment, WrongState or NotServedOutside.
    """
    locked = _waiting(session, fulfillment_id, actor=actor)
    told = session.execute(
        insert(Arrival)
        .values(fulfillment_id=locked.parcel.id, on_my_way_at=DB_NOW)
        .on_conflict_do_nothing(index_elements=["fulfillment_id"])
        .returning(Arrival.fulfillment_id)
    ).scalar_one_or_none()
    if told is not None:
        events.record(session, CustomerOnTheWay(**locked.ids), actor=actor)


def announce_arrival(
    session: Session, fulfillment_id: UUID, *, bay: str | None, vehicle: str | None, actor: Actor
) -> None:
    """The customer of a parcel waits outside, at this bay, in this vehicle.

    Time counts from when they first said so; who moves to another bay says so again.

    Raises UnknownFulfillment, WrongState or NotServedOutside.
    """
    locked = _waiting(session, fulfillment_id, actor=actor)
    values = {"arrived_at": DB_NOW, "bay": bay, "vehicle": vehicle}
    statement = insert(Arrival).values(fulfillment_id=locked.parcel.id, **values)
    changed = session.execute(
        statement.on_conflict_do_update(
            index_elements=["fulfillment_id"],
            set_={
                "arrived_at": DB_NOW,
                "served_at": None,
                "bay": statement.excluded.bay,
                "vehicle": statement.excluded.vehicle,
            },
            where=or_(Arrival.arrived_at.is_(None), Arrival.served_at.is_not(None)),
        ).returning(Arrival.fulfillment_id)
    ).scalar_one_or_none()
    if changed is None and not _move(session, locked.parcel.id, bay=bay, vehicle=vehicle):
        return
    events.record(session, CustomerArrived(**locked.ids, bay=bay), actor=actor)


def _move(session: Session, fulfillment_id: UUID, *, bay: str | None, vehicle: str | None) -> bool:
    """Have them wait at another bay, if they do; False when they said nothing new."""
    row = session.get_one(Arrival, fulfillment_id, populate_existing=True)
    if (row.bay, row.vehicle) == (bay or row.bay, vehicle or row.vehicle):
        return False
    row.bay, row.vehicle = bay or row.bay, vehicle or row.vehicle
    session.flush()
    return True


def _waiting(session: Session, fulfillment_id: UUID, *, actor: Actor) -> Locked:
    """Return a parcel that waits and may be brought out to a car.

    Raises UnknownFulfillment, WrongState or NotServedOutside.
    """
    queries.get_fulfillment(session, fulfillment_id, actor=actor)
    locked = lock_parcel(session, fulfillment_id, actor=SYSTEM)
    parcel = locked.parcel
    if parcel.status is not Status.READY:
        raise WrongState(state=parcel.status.value)
    if parcel.method is not Method.DRIVE and not serves_outside(session, parcel.location_id):
        raise NotServedOutside
    return locked


def serves_outside(session: Session, location_id: UUID) -> bool:
    """Tell whether a store brings orders out to cars."""
    ways = stores.queries.list_methods(session, location_id)
    return any(way.method is StoreMethod.DRIVE and way.offered for way in ways)
