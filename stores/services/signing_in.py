"""Signing in: a device becomes a tablet, people switch on it by PIN, others use a password."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW
from kernel.ids import new_code, new_id, read_code, show_code
from stores.errors import EnrolmentRefused, SignInRefused
from stores.events import StaffSignedIn, TabletEnrolled, TabletRevoked
from stores.models import Enrolment, Staff, StaffLocation, StaffSession, Tablet
from stores.services.staffing import HASH

ENROLMENT_MIN: Final = 10
TABLET_IDLE_S: Final = 600
OFFICE_IDLE_S: Final = 8 * 3_600
TOKEN_BYTES: Final = 32
_DECOY: Final = generate_password_hash(secrets.token_hex(16), HASH)
"""Checked when there is nobody to check, so that an unknown name takes as long as a known one."""


@dataclass(frozen=True, slots=True)
class EnrolledTablet:
    """A device that was enrolled; `token` is for its cookie and is not kept here."""

    id: UUID
    location_id: UUID
    token: str


def offer_enrolment(session: Session, *, location_id: UUID, tablet_name: str) -> str:
    """Return a one-use code with which a device can be enrolled at a store within ten minutes."""
    code = new_code()
    session.add(
        Enrolment(
            code_hash=token_hash(code),
            location_id=location_id,
            tablet_name=tablet_name,
            expires_at=DB_NOW + timedelta(minutes=ENROLMENT_MIN),
        )
    )
    session.flush()
    return show_code(code)


def enrol_tablet(session: Session, *, code: str) -> EnrolledTablet:
    """Make this device a tablet of the store the code was made for.

    Raises EnrolmentRefused.
    """
    typed = read_code(code) or ""
    offer = session.execute(
        update(Enrolment)
        .where(
            Enrolment.code_hash == token_hash(typed),
            Enrolment.used_at.is_(None),
            Enrolment.expires_at > DB_NOW,
        )
        .values(used_at=DB_NOW)
        .returning(Enrolment.location_id, Enrolment.tablet_name)
    ).one_or_none()
    if offer is None:
        raise EnrolmentRefused
    tablet_id, token = new_id(), secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        Tablet(
            id=tablet_id,
            location_id=offer.location_id,
            name=offer.tablet_name,
            token_hash=token_hash(token),
        )
    )
    session.flush()
    fact = TabletEnrolled(tablet_id=tablet_id, location_id=offer.location_id)
    events.record(session, fact, actor=SYSTEM)
    return EnrolledTablet(tablet_id, offer.location_id, token)


def revoke_tablet(session: Session, tablet_id: UUID, *, actor: Actor) -> None:
    """Make a lost tablet useless from now on, with every session on it."""
    revoked = session.execute(
        update(Tablet)
        .where(Tablet.id == tablet_id, Tablet.revoked_at.is_(None))
        .values(revoked_at=DB_NOW)
        .returning(Tablet.id)
    ).scalar_one_or_none()
    session.execute(
        update(StaffSession)
        .where(StaffSession.tablet_id == tablet_id, StaffSession.ended_at.is_(None))
        .values(ended_at=DB_NOW)
    )
    if revoked is not None:
        events.record(session, TabletRevoked(tablet_id=tablet_id), actor=actor)


def sign_in_with_pin(session: Session, *, tablet_id: UUID, staff_id: UUID, pin: str) -> str:
    """Sign somebody in on their store's tablet; return the token for the cookie.

    The door counts attempts before it calls.

    Raises SignInRefused.
    """
    hashed = session.execute(
        select(Staff.pin_hash)
        .join(StaffLocation, StaffLocation.staff_id == Staff.id)
        .join(Tablet, Tablet.location_id == StaffLocation.location_id)
        .where(
            Staff.id == staff_id,
            Staff.closed_at.is_(None),
            Tablet.id == tablet_id,
            Tablet.revoked_at.is_(None),
        )
    ).scalar_one_or_none()
    if not check_password_hash(hashed or _DECOY, pin) or hashed is None:
        raise SignInRefused
    return _start(session, staff_id, tablet_id=tablet_id, idle_s=TABLET_IDLE_S)


def sign_in_with_password(session: Session, *, email: str, password: str) -> str:
    """Sign somebody in to the back office; return the token for the cookie.

    Raises SignInRefused, after the same time for an unknown address as for a wrong password.
    """
    found = session.execute(
        select(Staff.id, Staff.password_hash).where(
            Staff.email == email.strip().lower(), Staff.closed_at.is_(None)
        )
    ).one_or_none()
    hashed = found.password_hash if found else None
    if not check_password_hash(hashed or _DECOY, password) or found is None or hashed is None:
        raise SignInRefused
    return _start(session, found.id, tablet_id=None, idle_s=OFFICE_IDLE_S)


def keep_awake(session: Session, *, token: str, on_tablet: bool) -> None:
    """Put off the end of a session somebody is using; most calls write nothing."""
    idle_s = TABLET_IDLE_S if on_tablet else OFFICE_IDLE_S
    session.execute(
        update(StaffSession)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.idle_until < DB_NOW + timedelta(seconds=idle_s // 2),
        )
        .values(idle_until=DB_NOW + timedelta(seconds=idle_s))
    )


def sign_out(session: Session, *, token: str) -> None:
    """End the session of this cookie, here and now."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == token_hash(token), StaffSession.ended_at.is_(None))
        .values(ended_at=DB_NOW)
    )


def token_hash(token: str) -> bytes:
    """Return what is kept of a cookie's token."""
    return sha256(token.encode()).digest()


def _start(session: Session, staff_id: UUID, *, tablet_id: UUID | None, idle_s: int) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        StaffSession(
            token_hash=token_hash(token),
            staff_id=staff_id,
            tablet_id=tablet_id,
            idle_until=DB_NOW + timedelta(seconds=idle_s),
        )
    )
    session.flush()
    fact = StaffSignedIn(sign_in_id=new_id(), staff_id=staff_id, tablet_id=tablet_id)
    events.record(session, fact, actor=SYSTEM)
    return token
