"""Brands and locations: set up, paused, resumed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.ids import new_id
from stores.commands import OpenBrand, OpenLocation, Scope, SetRule
from stores.errors import UnknownLocation
from stores.events import StorePaused, StoreResumed
from stores.models import Brand, Location
from stores.promises import Schedule, read_schedule
from stores.services.settings import resolve, set_setting

REGIONS = {"57": "57", "67": "6AE", "68": "6AE"}
"""Départements of Alsace and Moselle, which keep two public holidays more (holidays' codes)."""
RULES = ("prepare_min", "hold_days")
"""What an import says of a location that is a setting."""


def open_brand(session: Session, command: OpenBrand) -> UUID:
    """Set up a brand, or bring the one with this code up to date; return its id."""
    values = {
        "name": command.name,
        "currency": command.currency,
        "languages": list(command.languages),
        "sender_email": command.sender_email,
        "sms_sender": command.sms_sender,
    }
    statement = insert(Brand).values(id=new_id(), code=command.code, **values)
    brand_id: UUID = session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=values).returning(Brand.id)
    ).scalar_one()
    return brand_id


def open_location(session: Session, command: OpenLocation) -> tuple[UUID, bool]:
    """Open a location, or bring the one with this code up to date; return its id and whether new.

    Preparation and keeping times that differ from what holds there become settings of the store.

    Raises UnreadableHours.
    """
    region = command.holiday_region or (
        REGIONS.get(command.postcode[:2]) if command.country == "FR" else None
    )
    if command.opening_hours:
        read_schedule(Schedule(command.opening_hours, command.time_zone, command.country, region))
    values = {
        name: getattr(command, name)
        for name in OpenLocation.__dataclass_fields__
        if name not in {"code", "holiday_region", *RULES}
    } | {"holiday_region": region}
    statement = insert(Location).values(id=new_id(), code=command.code, **values)
    row = session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=values).returning(
            Location.id, literal_column("xmax = 0", Boolean).label("is_new")
        )
    ).one()
    resolve(session, [row.id])
    for key, held in zip(RULES, _rules(session, row.id), strict=True):
        value = getattr(command, key)
        if value is not None and value != held:
            rule = SetRule(Scope.STORE, command.code, key, value)
            set_setting(session, rule, actor=SYSTEM)
    return row.id, row.is_new


def _rules(session: Session, location_id: UUID) -> tuple[int, int]:
    row = session.execute(
        select(Location.prepare_min, Location.hold_days).where(Location.id == location_id)
    ).one()
    return row.prepare_min, row.hold_days


def pause_store(session: Session, *, code: str, until: datetime, reason: str, actor: Actor) -> None:
    """Take no new pickup orders at this store until then.

    Raises UnknownLocation.
    """
    location_id = _set_pause(session, code=code, until=until, reason=reason, actor=actor)
    events.record(
        session,
        StorePaused(location_id=location_id, until=until),
        actor=actor,
        reason=reason,
    )


def resume_store(session: Session, *, code: str, actor: Actor) -> None:
    """Take orders again at this store.

    Raises UnknownLocation.
    """
    location_id = _set_pause(session, code=code, until=None, reason=None, actor=actor)
    events.record(session, StoreResumed(location_id=location_id), actor=actor)


def _set_pause(
    session: Session, *, code: str, until: datetime | None, reason: str | None, actor: Actor
) -> UUID:
    place = session.execute(
        select(Location.id, Location.brand_id).where(Location.code == code).with_for_update()
    ).one_or_none()
    if place is None or not actor.runs(place.id, place.brand_id):
        raise UnknownLocation(store=code)
    location_id: UUID = place.id
    session.execute(
        update(Location)
        .where(Location.id == location_id)
        .values(paused_until=until, pause_reason=reason)
    )
    return location_id
