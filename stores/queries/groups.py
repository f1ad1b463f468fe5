"""Reads of groups of stores."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

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
    members = (
        select(Location.code)
        .where(Location.group_id == StoreGroup.id, Location.closed_at.is_(None))
        .order_by(Location.code)
        .correlate(StoreGroup)
        .scalar_subquery()
    )
    rows = session.execute(
        select(StoreGroup, Brand.code, func.array(members).label("members"))
        .join(Brand, Brand.id == StoreGroup.brand_id)
        .where(StoreGroup.code > after)
        .order_by(StoreGroup.code)
        .limit(limit)
    )
    return [
        GroupFacts(
            row.StoreGroup.id,
            row.StoreGroup.code,
            row.StoreGroup.name,
            row.code,
            tuple(row.members),
        )
        for row in rows
    ]


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
