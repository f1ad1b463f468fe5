"""Reads of the ways in which a location serves orders."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, null, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from stores.commands import StoreMethod
from stores.models import Location, LocationMethod


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """One way to get an order at one location, without regard to a pause of the whole location."""

    method: StoreMethod
    offered: bool
    paused: bool
    paused_until: datetime | None
    pause_reason: str | None
    slotted: bool


def list_methods(session: Session, location_id: UUID) -> list[MethodFacts]:
    """Return every way to get an order, and whether this location offers it."""
    paused = func.coalesce(LocationMethod.paused_until > DB_NOW, False)
    rows = session.execute(
        select(
            Location.collects,
            Location.ships,
            Location.rules,
            LocationMethod.method,
            LocationMethod.offered,
            paused.label("paused"),
            case((paused, LocationMethod.paused_until), else_=null()).label("until"),
            case((paused, LocationMethod.pause_reason), else_=null()).label("reason"),
        )
        .select_from(Location)
        .outerjoin(LocationMethod, and_(LocationMethod.location_id == Location.id))
        .where(Location.id == location_id)
    ).all()
    said = {row.method: row for row in rows if row.method is not None}
    roles = {StoreMethod.PICKUP: rows[0].collects, StoreMethod.SHIP: rows[0].ships}
    slotted = rows[0].rules.get("slotted", ())
    return [
        MethodFacts(
            method,
            said[method].offered if method in said else roles.get(method, False),
            method in said and said[method].paused,
            said[method].until if method in said else None,
            said[method].reason if method in said else None,
            method.value in slotted,
        )
        for method in StoreMethod
    ]
