"""Reads of where SKUs lie in a store, and the order in which one walks past."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models import ShelfPlace

PLACES_MAX: Final = 1_000
_PARTS: Final = re.compile(r"\d+|\D+")

WalkKey = tuple[tuple[int, int, str], ...]


def list_places(session: Session, *, location_id: UUID, skus: Iterable[str]) -> dict[str, str]:
    """Return where these SKUs lie in a store; those nobody told of are left out."""
    rows = session.execute(
        select(ShelfPlace.sku, ShelfPlace.place).where(
            ShelfPlace.location_id == location_id, ShelfPlace.sku.in_(set(skus))
        )
    )
    return {row.sku: row.place for row in rows}


def list_shelf(
    session: Session, *, location_id: UUID, after: str = "", limit: int = PLACES_MAX
) -> list[tuple[str, str]]:
    """Return SKU and place of everything that has one in a store, by SKU after `after`."""
    rows = session.execute(
        select(ShelfPlace.sku, ShelfPlace.place)
        .where(ShelfPlace.location_id == location_id, ShelfPlace.sku > after)
        .order_by(ShelfPlace.sku)
        .limit(limit)
    )
    return [(row.sku, row.place) for row in rows]


def walk_key(place: str | None) -> WalkKey:
    """Return what places are sorted by: A2 before A10, and what has no place at the end."""
    if place is None:
        return ((2, 0, ""),)
    return tuple(
        (0, int(part), "") if part.isdigit() and part.isascii() else (1, 0, part.casefold())
        for part in _PARTS.findall(place)
    )
