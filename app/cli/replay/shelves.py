"""Stores and stock of a replay: where orders can be collected, and what has to lie there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import inventory.services
import stores.queries
from app.cli.replay.plan import PlannedOrder
from catalog.errors import UnknownSku
from inventory.queries import LevelFacts
from kernel.actors import SYSTEM
from kernel.db import transaction

LEVELS_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Shelves:
    """Units on hand and reserved of the articles of a plan at its stores."""

    on_hand: int
    reserved: int


def list_collecting_stores() -> list[str]:
    """Return the codes of stores that take orders to collect now."""
    codes: list[str] = []
    after = ""
    while True:
        with transaction() as session:
            page = stores.queries.list_stores(session, after=after)
        if not page:
            return codes
        after = page[-1].code
        codes += [each.code for each in page if each.offered and each.schedule and not each.paused]


def find_unknown(skus: Iterable[str]) -> frozenset[str]:
    """Return those of `skus` that are not in the catalogue."""
    try:
        with transaction() as session:
            catalog.queries.require_skus(session, skus)
    except UnknownSku as error:
        return frozenset(error.facts["skus"])
    return frozenset()


def needs(plan: Iterable[PlannedOrder]) -> dict[str, dict[str, int]]:
    """Return how many of each SKU the orders take at each store, by store code."""
    wanted: dict[str, dict[str, int]] = {}
    for planned in plan:
        for store_code in filter(None, (planned.store_code, planned.second_store)):
            shelf = wanted.setdefault(store_code, {})
            for sku, quantity in planned.invoice.quantities.items():
                shelf[sku] = shelf.get(sku, 0) + quantity
    return wanted


def receive_stock(store_code: str, quantities: Mapping[str, int]) -> tuple[int, int]:
    """Book in what a store lacks for these quantities; return how many units of how many SKUs."""
    with transaction() as session:
        store = stores.queries.get_store(session, store_code)
        levels = _levels(session, store.id, quantities)
        there = {each.sku: each.available for each in levels}
        lacking = {
            sku: quantity - there.get(sku, 0)
            for sku, quantity in quantities.items()
            if quantity > there.get(sku, 0)
        }
        if lacking:
            inventory.services.receive(
                session, location_id=store.id, quantities=lacking, actor=SYSTEM
            )
    return sum(lacking.values()), len(lacking)


def look_at_shelves(wanted: Mapping[str, Mapping[str, int]]) -> Shelves:
    """Return what lies at these stores of these SKUs."""
    on_hand = reserved = 0
    for code, skus in wanted.items():
        with transaction() as session:
            store = stores.queries.get_store(session, code)
            levels = _levels(session, store.id, skus)
        on_hand += sum(each.on_hand for each in levels)
        reserved += sum(each.reserved for each in levels)
    return Shelves(on_hand, reserved)


def _levels(session: Session, location_id: UUID, skus: Iterable[str]) -> list[LevelFacts]:
    return inventory.queries.list_levels(
        session, location_id=location_id, skus=sorted(skus), limit=LEVELS_MAX
    )
