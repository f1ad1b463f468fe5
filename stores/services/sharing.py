"""Brands side by side: locations that serve several, and staff who see one of them only."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kernel import events
from kernel.actors import Actor
from kernel.errors import Forbidden
from stores.errors import UnknownBrand, UnknownStaff
from stores.events import LocationShared, StaffLimited
from stores.models import Brand, LocationBrand, Staff
from stores.services.owning import lock_own


def share_location(session: Session, *, code: str, brands: Sequence[str], actor: Actor) -> None:
    """Have a location serve exactly these brands, named by code, beside its own.

    Its stock is one: whoever comes first gets it. Which of them it sends for, and when, is said by
    each brand's own rules.

    Raises UnknownLocation, UnknownBrand, or Forbidden for somebody of one brand.
    """
    _refuse_limited(actor)
    place = lock_own(session, code, actor=actor)
    ids = {each: _brand_id(session, each) for each in brands}
    session.execute(delete(LocationBrand).where(LocationBrand.location_id == place.id))
    session.add_all(
        LocationBrand(location_id=place.id, brand_id=brand_id)
        for brand_id in sorted(set(ids.values()) - {place.brand_id})
    )
    session.flush()
    fact = LocationShared(location_id=place.id, brands=sorted(ids))
    events.record(session, fact, actor=actor)


def limit_staff(session: Session, staff_id: UUID, *, brand: str | None, actor: Actor) -> None:
    """Have somebody see one brand's customers only, named by code; None is all of them.

    Raises UnknownStaff, UnknownBrand, or Forbidden for somebody of one brand.
    """
    _refuse_limited(actor)
    brand_id = None if brand is None else _brand_id(session, brand)
    found = session.execute(
        update(Staff).where(Staff.id == staff_id).values(brand_id=brand_id).returning(Staff.id)
    ).scalar_one_or_none()
    if found is None:
        raise UnknownStaff
    events.record(session, StaffLimited(staff_id=staff_id, brand_id=brand_id), actor=actor)


def _brand_id(session: Session, code: str) -> UUID:
    found = session.execute(select(Brand.id).where(Brand.code == code)).scalar_one_or_none()
    if found is None:
        raise UnknownBrand(brand=code)
    return found


def _refuse_limited(actor: Actor) -> None:
    if actor.brand_id is not None:
        raise Forbidden("Only somebody who sees every brand says who serves and sees which.")
