"""Use cases of stores: set up brands and locations, pause them, hire people, issue keys."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Boolean, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from stores.commands import HireStaff, OpenBrand, OpenLocation
from stores.errors import UnknownLocation
from stores.events import KeyIssued, KeyRevoked, StorePaused, StoreResumed
from stores.models import ApiKey, Brand, Location, Staff, StaffLocation
from stores.promises import Schedule, read_schedule

KEY_PREFIX = "cmp_"
KEY_BYTES = 32
REGIONS = {"57": "57", "67": "6AE", "68": "6AE"}
"""Départements of Alsace and Moselle, which keep two public holidays more (holidays' codes)."""


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
        if name not in {"code", "holiday_region"}
    } | {"holiday_region": region}
    statement = insert(Location).values(id=new_id(), code=command.code, **values)
    row = session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=values).returning(
            Location.id, literal_column("xmax = 0", Boolean).label("is_new")
        )
    ).one()
    return row.id, row.is_new


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


def hire_staff(session: Session, command: HireStaff) -> UUID:
    """Add somebody to the staff of these stores; return their id."""
    staff_id = new_id()
    session.add(Staff(id=staff_id, name=command.name, role=command.role))
    session.flush()
    session.add_all(
        StaffLocation(staff_id=staff_id, location_id=location_id)
        for location_id in command.location_ids
    )
    session.flush()
    return staff_id


def issue_key(
    session: Session,
    *,
    name: str,
    scopes: Sequence[str],
    staff_id: UUID | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
) -> tuple[UUID, str]:
    """Issue a bearer key; return its id and the key, which is shown this once and never stored."""
    key, key_id = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES), new_id()
    session.add(
        ApiKey(
            id=key_id,
            name=name,
            key_hash=key_hash(key),
            staff_id=staff_id,
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
    )
    session.flush()
    events.record(session, KeyIssued(key_id=key_id, scopes=sorted(set(scopes))), actor=actor)
    return key_id, key


def revoke_key(session: Session, *, key_id: UUID, actor: Actor) -> None:
    """Make a key useless from now on; revoking twice changes nothing."""
    revoked = session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=DB_NOW)
        .returning(ApiKey.id)
    ).scalar_one_or_none()
    if revoked is not None:
        events.record(session, KeyRevoked(key_id=key_id), actor=actor)


def key_hash(key: str) -> bytes:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return sha256(key.encode()).digest()


def _set_pause(
    session: Session, *, code: str, until: datetime | None, reason: str | None, actor: Actor
) -> UUID:
    location_id: UUID | None = session.execute(
        select(Location.id).where(Location.code == code).with_for_update()
    ).scalar_one_or_none()
    if location_id is None or not actor.sees_location(location_id):
        raise UnknownLocation(store=code)
    session.execute(
        update(Location)
        .where(Location.id == location_id)
        .values(paused_until=until, pause_reason=reason)
    )
    return location_id
