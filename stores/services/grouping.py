"""Groups of stores that share settings: a region, a format."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.ids import new_id
from stores.errors import CodeTaken, UnknownBrand, UnknownGroup
from stores.events import StoreGrouped
from stores.models import Brand, Location, StoreGroup
from stores.services.owning import lock_own
from stores.services.settings import resolve


def create_group(
    session: Session, *, brand: str, code: str, name: str, actor: Actor = SYSTEM
) -> UUID:
    """Have a group of stores of a brand; return its id.

    Raises UnknownBrand, also for brands that are not the actor's, or CodeTaken.
    """
    brand_id = session.execute(select(Brand.id).where(Brand.code == brand)).scalar_one_or_none()
    if brand_id is None or not actor.sees_brand(brand_id):
        raise UnknownBrand(brand=brand)
    group_id: UUID | None = session.execute(
        insert(StoreGroup)
        .values(id=new_id(), brand_id=brand_id, code=code, name=name)
        .on_conflict_do_nothing()
        .returning(StoreGroup.id)
    ).scalar_one_or_none()
    if group_id is None:
        raise CodeTaken(taken=code)
    return group_id


def rename_group(session: Session, *, code: str, name: str, actor: Actor = SYSTEM) -> UUID:
    """Have a group called otherwise; return its id.

    Raises UnknownGroup, also for groups of brands that are not the actor's.
    """
    renamed = update(StoreGroup).where(StoreGroup.code == code).values(name=name)
    if actor.brand_id is not None:
        renamed = renamed.where(StoreGroup.brand_id == actor.brand_id)
    group_id: UUID | None = session.execute(renamed.returning(StoreGroup.id)).scalar_one_or_none()
    if group_id is None:
        raise UnknownGroup(group=code)
    return group_id


def assign_group(session: Session, *, code: str, group: str | None, actor: Actor) -> None:
    """Have a location belong to a group of its brand, or to none; its settings follow at once.

    Raises UnknownLocation, or UnknownGroup, also for groups of other brands.
    """
    place = lock_own(session, code, actor=actor)
    group_id = None
    if group is not None:
        group_id = session.execute(
            select(StoreGroup.id).where(
                StoreGroup.code == group, StoreGroup.brand_id == place.brand_id
            )
        ).scalar_one_or_none()
        if group_id is None:
            raise UnknownGroup(group=group)
    session.execute(update(Location).where(Location.id == place.id).values(group_id=group_id))
    resolve(session, [place.id])
    fact = StoreGrouped(location_id=place.id, group_id=group_id)
    events.record(session, fact, actor=actor)
