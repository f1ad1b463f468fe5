"""People: hired, given a PIN or password, disabled."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from stores.commands import HireStaff
from stores.errors import UnknownStaff, WeakSecret
from stores.events import StaffDisabled, StaffHired
from stores.models import ApiKey, Staff, StaffLocation, StaffSession

PIN_DIGITS: Final = range(4, 9)
PASSWORD_SIGNS_MIN: Final = 12
HASH: Final = "scrypt:16384:8:1"
"""Cost of a guess: about 30 ms and 16 MB. PINs are also counted, and useless off their tablet."""


def hire_staff(session: Session, command: HireStaff, *, actor: Actor = SYSTEM) -> UUID:
    """Add somebody to the staff of these stores; return their id.

    Raises WeakSecret.
    """
    staff_id = new_id()
    session.add(
        Staff(
            id=staff_id,
            name=command.name,
            role=command.role,
            email=command.email.lower() if command.email else None,
            pin_hash=_pin_hash(command.pin) if command.pin else None,
            password_hash=_password_hash(command.password) if command.password else None,
        )
    )
    session.flush()
    move_staff(session, staff_id, location_ids=command.location_ids)
    fact = StaffHired(staff_id=staff_id, role=command.role.value)
    events.record(session, fact, actor=actor)
    return staff_id


def move_staff(session: Session, staff_id: UUID, *, location_ids: Sequence[UUID]) -> None:
    """Have somebody work at exactly these stores."""
    session.execute(delete(StaffLocation).where(StaffLocation.staff_id == staff_id))
    session.add_all(
        StaffLocation(staff_id=staff_id, location_id=location_id) for location_id in location_ids
    )
    session.flush()


def set_pin(session: Session, staff_id: UUID, *, pin: str) -> None:
    """Give somebody a new PIN.

    Raises WeakSecret or UnknownStaff.
    """
    _change(session, staff_id, pin_hash=_pin_hash(pin))


def set_password(session: Session, staff_id: UUID, *, password: str) -> None:
    """Give somebody a new password.

    Raises WeakSecret or UnknownStaff.
    """
    _change(session, staff_id, password_hash=_password_hash(password))


def disable_staff(session: Session, staff_id: UUID, *, actor: Actor) -> None:
    """Somebody leaves: their sessions and keys die at once.

    Raises UnknownStaff.
    """
    if session.get(Staff, staff_id, with_for_update=True) is None:
        raise UnknownStaff
    _change(session, staff_id, closed_at=DB_NOW)
    session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .values(ended_at=DB_NOW)
    )
    session.execute(
        update(ApiKey)
        .where(ApiKey.staff_id == staff_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=DB_NOW)
    )
    events.record(session, StaffDisabled(staff_id=staff_id), actor=actor)


def _change(session: Session, staff_id: UUID, **values: object) -> None:
    changed = session.execute(
        update(Staff).where(Staff.id == staff_id).values(**values).returning(Staff.id)
    ).scalar_one_or_none()
    if changed is None:
        raise UnknownStaff


def _pin_hash(pin: str) -> str:
    if not pin.isascii() or not pin.isdigit() or len(pin) not in PIN_DIGITS:
        raise WeakSecret
    return generate_password_hash(pin, HASH)


def _password_hash(password: str) -> str:
    if len(password) < PASSWORD_SIGNS_MIN:
        raise WeakSecret
    return generate_password_hash(password, HASH)
