"""What every use case on one location begins with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from stores.errors import UnknownLocation
from stores.models import Location


def lock_own(session: Session, code: str, *, actor: Actor) -> Location:
    """Return a location of the actor's and keep others from changing it meanwhile.

    Orders may go on: they only refer to it.

    Raises UnknownLocation, also for locations that are not the actor's or only serve
    their brand too.
    """
    place = session.execute(
        select(Location)
        .where(Location.code == code, Location.closed_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if place is None or not actor.runs(place.id, place.brand_id):
        raise UnknownLocation(store=code)
    return place
