"""Reads of groups of stores."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from stores.errors import UnknownGroup
from stores.models import Brand, Location, StoreGroup


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group of stores of one brand, and the codes of the locations in it."""

    id: UUID
    code: str
    name: str
    brand_code: str
    stores: tuple[str, ...]


def list_groups(session: Session, *, after: str = "", limit: int = 50) -> list[GroupFacts]:
    """Return groups of stores by code after `after`."""
    rows = _select_groups().where(StoreGroup.code > after).order_by(StoreGroup.code).limit(limit)
    return [_group(row) for row in session.execute(rows)]


def get_group(session: Session, group_id: UUID) -> GroupFacts:
    """Return a group of stores.

    Raises UnknownGroup.
    """
    row = session.execute(_select_groups().where(StoreGroup.id == group_id)).one_or_none()
    if row is None:
        raise UnknownGroup
    return _group(row)


def get_group_by_code(session: Session, code: str) -> GroupFacts:
    """Return the group of stores with this code.

    Raises UnknownGroup.
    """
    row = session.execute(_select_groups().where(StoreGroup.code == code)).one_or_none()
    if row is None:
        raise UnknownGroup(group=code)
    return _group(row)


def _select_groups() -> Select[*tuple[Any, ...]]:
    members = (
        select(Location.code)
        .where(Location.group_id == StoreGroup.id, Location.closed_at.is_(None))
        .order_by(Location.code)
        .correlate(StoreGroup)
        .scalar_subquery()
    )
    return select(StoreGroup, Brand.code, func.array(members).label("members")).join(
        Brand, Brand.id == StoreGroup.brand_id
    )


def _group(row: Row[Any]) -> GroupFacts:
    group: StoreGroup = row.StoreGroup
    return GroupFacts(group.id, group.code, group.name, row.code, tuple(row.members))


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
        StoreGroup.brand_id.label("brand_id"),
    )


def select_codes() -> Select[*tuple[Any, ...]]:
    """Return the statement of every location there ever was with its code, for others to join."""
    return select(
        Location.id.label("location_id"), Location.code.label("store_code"), Location.brand_id
    )
