"""People: hired, given a PIN or password, disabled."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW
from kernel.errors import Forbidden
from kernel.ids import new_id
from stores.commands import HireStaff, StaffRole
from stores.errors import EmailTaken, UnknownLocation, UnknownStaff, WeakSecret
from stores.events import StaffDisabled, StaffHired, StaffMoved
from stores.models import ApiKey, Staff, StaffLocation, StaffSession

PIN_DIGITS: Final = range(4, 9)
PASSWORD_SIGNS_MIN: Final = 12
HASH: Final = "scrypt:16384:8:1"
"""Cost of a guess: about 30 ms and 16 MB. PINs are also counted, and useless off their tablet."""


def hire_staff(session: Session, command: HireStaff, *, actor: Actor = SYSTEM) -> UUID:
    """Add somebody to the staff of these stores; return their id.

    A manager hires associates for their own stores.

    Raises WeakSecret, EmailTaken, Forbidden, or UnknownLocation for stores not the actor's.
    """
    _refuse_foreign(actor, command.role, command.location_ids)
    staff_id = new_id()
    values = {
        "id": staff_id,
        "name": command.name,
        "role": command.role,
        "email": command.email.lower() if command.email else None,
        "pin_hash": _pin_hash(command.pin) if command.pin else None,
        "password_hash": _password_hash(command.password) if command.password else None,
        "brand_id": actor.brand_id or command.brand_id,
    }
    hired = session.execute(
        insert(Staff).values(**values).on_conflict_do_nothing().returning(Staff.id)
    ).first()
    if hired is None:
        raise EmailTaken
    _work_at(session, staff_id, command.location_ids)
    fact = StaffHired(staff_id=staff_id, role=command.role.value)
    events.record(session, fact, actor=actor)
    return staff_id


def move_staff(
    session: Session, staff_id: UUID, *, location_ids: Sequence[UUID], actor: Actor = SYSTEM
) -> None:
    """Have somebody work at exactly these stores.

    A manager moves associates between their own stores; other stores of theirs stay.

    Raises UnknownStaff, Forbidden, or UnknownLocation for stores not the actor's.
    """
    person, present = _lock(session, staff_id, actor)
    _refuse_foreign(actor, person.role, location_ids)
    foreign = [each for each in present if not actor.sees_location(each)]
    session.execute(delete(StaffLocation).where(StaffLocation.staff_id == staff_id))
    _work_at(session, staff_id, [*foreign, *location_ids])
    fact = StaffMoved(staff_id=staff_id, location_ids=sorted({*foreign, *location_ids}))
    events.record(session, fact, actor=actor)


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

    A manager disables associates who work at their own stores only.

    Raises UnknownStaff or Forbidden.
    """
    person, present = _lock(session, staff_id, actor)
    _refuse_foreign(actor, person.role, ())
    if any(not actor.sees_location(each) for each in present):
        raise Forbidden("This person works at other stores too.")
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


def _lock(session: Session, staff_id: UUID, actor: Actor) -> tuple[Staff, list[UUID]]:
    """Return somebody the actor sees and their stores, and keep others from changing them."""
    person = session.get(Staff, staff_id, with_for_update=True, populate_existing=True)
    rows = select(StaffLocation.location_id).where(StaffLocation.staff_id == staff_id)
    present = list(session.execute(rows).scalars())
    seen = actor.is_central or any(map(actor.sees_location, present))
    if person is None or not seen or not actor.sees_brand(person.brand_id):
        raise UnknownStaff
    return person, present


def _refuse_foreign(actor: Actor, role: StaffRole, location_ids: Sequence[UUID]) -> None:
    if actor.location_ids is None:
        return
    if role is not StaffRole.ASSOCIATE and not actor.is_central:
        raise Forbidden("Only head office gives this role to somebody, or takes it.")
    if not all(map(actor.sees_location, location_ids)):
        raise UnknownLocation


def _work_at(session: Session, staff_id: UUID, location_ids: Sequence[UUID]) -> None:
    session.add_all(
        StaffLocation(staff_id=staff_id, location_id=location_id)
        for location_id in dict.fromkeys(location_ids)
    )
    session.flush()


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
