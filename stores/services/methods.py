"""Ways to get an order: offered or not, paused and resumed, one location at a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from stores.commands import StoreMethod
from stores.errors import MethodNotOffered
from stores.events import MethodPaused, MethodResumed, MethodSwitched
from stores.models import Location, LocationMethod
from stores.services.owning import lock_own


def set_method(
    session: Session, *, code: str, method: StoreMethod, offered: bool, actor: Actor
) -> None:
    """Have a location offer a way to get an order, or no longer; a pause of it stays.

    Raises UnknownLocation.
    """
    place = lock_own(session, code, actor=actor)
    statement = insert(LocationMethod).values(location_id=place.id, method=method, offered=offered)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["location_id", "method"], set_={"offered": offered}
        )
    )
    fact = MethodSwitched(location_id=place.id, method=method.value, offered=offered)
    events.record(session, fact, actor=actor)


def pause_method(
    session: Session,
    *,
    code: str,
    method: StoreMethod,
    until: datetime,
    reason: str,
    actor: Actor,
) -> None:
    """Take no new orders in one way at this location until then.

    Raises UnknownLocation, or MethodNotOffered.
    """
    place = lock_own(session, code, actor=actor)
    if not _is_offered(session, place, method):
        raise MethodNotOffered(store=code, method=method.value)
    values = {"paused_until": until, "pause_reason": reason}
    session.execute(
        insert(LocationMethod)
        .values(location_id=place.id, method=method, offered=True, **values)
        .on_conflict_do_update(index_elements=["location_id", "method"], set_=values)
    )
    fact = MethodPaused(location_id=place.id, method=method.value, until=until)
    events.record(session, fact, actor=actor, reason=reason)


def resume_method(session: Session, *, code: str, method: StoreMethod, actor: Actor) -> None:
    """Take orders in one way again at this location.

    Raises UnknownLocation.
    """
    place = lock_own(session, code, actor=actor)
    resumed: UUID | None = session.execute(
        update(LocationMethod)
        .where(
            LocationMethod.location_id == place.id,
            LocationMethod.method == method,
            LocationMethod.paused_until.is_not(None),
        )
        .values(paused_until=None, pause_reason=None)
        .returning(LocationMethod.location_id)
    ).scalar_one_or_none()
    if resumed is not None:
        fact = MethodResumed(location_id=place.id, method=method.value)
        events.record(session, fact, actor=actor)


def _is_offered(session: Session, place: Location, method: StoreMethod) -> bool:
    row = session.get(LocationMethod, (place.id, method), populate_existing=True)
    if row is not None:
        return row.offered
    return {StoreMethod.PICKUP: place.collects, StoreMethod.SHIP: place.ships}.get(method, False)
