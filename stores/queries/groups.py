"""Groups of stores, for packages whose rules follow them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from stores.models import Location, StoreGroup


def select_grouped() -> Select[*tuple[Any, ...]]:
    """Return the statement of every location in use with its code, name and group, to join."""
    return select(
        Location.id.label("location_id"),
        Location.code.label("store_code"),
        Location.name.label("store_name"),
        Location.group_id,
    ).where(Location.closed_at.is_(None))


def find_group_id(session: Session, code: str) -> UUID | None:
    """Return the id of the group with this code, if there is one."""
    found: UUID | None = session.execute(
        select(StoreGroup.id).where(StoreGroup.code == code)
    ).scalar_one_or_none()
    return found


def select_groups() -> Select[*tuple[Any, ...]]:
    """Return the statement of every group with its code and name, for others to join."""
    return select(
        StoreGroup.id.label("group_id"),
        StoreGroup.code.label("group_code"),
        StoreGroup.name.label("group_name"),
    )


def select_codes() -> Select[*tuple[Any, ...]]:
    """Return the statement of every location there ever was with its code, for others to join."""
    return select(Location.id.label("location_id"), Location.code.label("store_code"))
