"""Reads of groups of stores."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
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
