"""Opening hours: the usual ones, and the days on which a location deviates from them."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id
from stores.commands import ExceptDays
from stores.errors import UnknownExceptionalDays
from stores.events import DaysExcepted, ExceptionWithdrawn, HoursChanged
from stores.models import ExceptionalDays, Location
from stores.promises import Schedule, read_day_hours, read_schedule
from stores.services.owning import lock_own
from stores.services.settings import resolve
from stores.services.slotting import make_slots


def set_hours(session: Session, *, code: str, opening_hours: str, actor: Actor) -> None:
    """Have a location open at these hours each week; slots follow, promises made stay.

    Raises UnknownLocation, or UnreadableHours, which says where.
    """
    place = lock_own(session, code, actor=actor)
    read_schedule(Schedule(opening_hours, place.time_zone, place.country, place.holiday_region))
    session.execute(
        update(Location).where(Location.id == place.id).values(opening_hours=opening_hours)
    )
    make_slots(session, place.id)
    fact = HoursChanged(location_id=place.id, opening_hours=opening_hours)
    events.record(session, fact, actor=actor)


def except_days(session: Session, command: ExceptDays, *, code: str, actor: Actor) -> UUID:
    """Have a location keep other hours on some days, or none; return their id.

    What was said last wins where days overlap. Slots follow, promises made stay.

    Raises UnknownLocation, or UnreadableHours, which says where.
    """
    place = lock_own(session, code, actor=actor)
    if command.hours is not None:
        read_day_hours(command.hours)
    exceptional_id = new_id()
    session.add(
        ExceptionalDays(
            id=exceptional_id,
            location_id=place.id,
            first_day=command.first_day,
            last_day=command.last_day,
            hours=command.hours,
            reason=command.reason,
            author_name=actor.name,
        )
    )
    session.flush()
    resolve(session, [place.id])
    make_slots(session, place.id)
    fact = DaysExcepted(
        location_id=place.id,
        exceptional_id=exceptional_id,
        first_day=command.first_day,
        last_day=command.last_day,
        hours=command.hours,
    )
    events.record(session, fact, actor=actor, reason=command.reason)
    return exceptional_id


def withdraw_exception(session: Session, exceptional_id: UUID, *, code: str, actor: Actor) -> None:
    """Have exceptional days be as usual again.

    Raises UnknownLocation or UnknownExceptionalDays.
    """
    place = lock_own(session, code, actor=actor)
    withdrawn = session.execute(
        update(ExceptionalDays)
        .where(
            ExceptionalDays.id == exceptional_id,
            ExceptionalDays.location_id == place.id,
            ExceptionalDays.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=DB_NOW)
        .returning(ExceptionalDays.id)
    ).scalar_one_or_none()
    if withdrawn is None:
        raise UnknownExceptionalDays(exceptional_id=str(exceptional_id))
    resolve(session, [place.id])
    make_slots(session, place.id)
    fact = ExceptionWithdrawn(location_id=place.id, exceptional_id=exceptional_id)
    events.record(session, fact, actor=actor)
