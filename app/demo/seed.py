"""Fills an empty installation with the demonstration retailer; safe to repeat."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID
from zlib import crc32

from sqlalchemy.orm import Session

import catalog.services
import inventory.services
import stores.queries
import stores.services
from app.access import PERMISSIONS_OF
from app.care.starting import bring_answers
from app.demo.articles import CATEGORIES, articles
from app.demo.branches import arrange
from app.demo.doors import open_ways
from app.demo.openings import tell_openings
from app.demo.prices import reduce_prices
from app.demo.retailer import (
    BRAND,
    COLLEAGUES,
    PASSWORD,
    PIN,
    STAFF,
    STORES,
    WAREHOUSE,
    email_of,
)
from app.demo.sourcing import decide_by_rules
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from stores.commands import HireStaff, OpenLocation, Scope, SetRule, StaffRole

KEYS_FILE = "demo-keys.json"
WAREHOUSE_UNITS = 240
UNITS_MIN, UNITS_STEP = 4, 3
RARE_UNITS = 2
LUCK_SIDES = 12
"""A store carries each SKU by a throw of so many sides: 0 not at all, 1 and 2 rarely."""


def seed(home: Path) -> bool:
    """Have the demonstration retailer; return whether it had to be made.

    Its keys are written for the owner of the data folder only, into `demo-keys.json`.
    """
    with transaction() as session:
        if stores.queries.find_brand(session, BRAND.code) is not None:
            return False
        keys = _fill(session)
        path = home / KEYS_FILE  # there before the retailer is: nobody else knows its keys
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(keys, file, indent=2, ensure_ascii=False)
    return True


def read_keys(home: Path) -> dict[str, str]:
    """Return the demonstration's keys by role; empty when there is no demonstration here."""
    path = home / KEYS_FILE
    if not path.exists():
        return {}
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _fill(session: Session) -> dict[str, str]:
    brand_id = stores.services.open_brand(session, BRAND)
    for code, names in CATEGORIES.items():
        catalog.services.list_category(session, code=code, names=dict(names))
    skus = articles()
    catalog.services.list_skus(session, skus, brand_id=brand_id)
    location_ids = _open_locations(session, brand_id)
    for code, location_id in location_ids.items():
        stock = _stock(code, [each.sku for each in skus])
        inventory.services.receive(session, location_id=location_id, quantities=stock, actor=SYSTEM)
    tell_openings(session)
    bring_answers(session, actor=SYSTEM)
    # Past orders belong here: placed through the use cases, out of the stock received above.
    for name, role, codes in COLLEAGUES:
        _hire(session, name, role, [location_ids[code] for code in codes])
    hired = {
        role: (name, _hire(session, name, role, [location_ids[code] for code in codes]))
        for name, role, codes in STAFF
    }
    head = _head_office(*hired[StaffRole.ADMIN])
    arrange(session, brand_id=brand_id, head=head)
    open_ways(session, head=head)
    decide_by_rules(session, head=head)
    _reserve_at(session, "lyon-croix-rousse", head)
    reduce_prices(session, [each.sku for each in skus], brand_id=brand_id, head=head)
    return {role.value: _issue_key(session, *person) for role, person in hired.items()}


def _reserve_at(session: Session, code: str, head: Actor) -> None:
    """Have a store reserve articles without being paid."""
    rule = SetRule(Scope.STORE, code, "reservation", "on")
    stores.services.set_setting(session, rule, actor=head)


def _head_office(name: str, staff_id: UUID) -> Actor:
    """Return who decided how the stores are run."""
    may = PERMISSIONS_OF[ActorKind.ADMIN]
    return Actor(ActorKind.ADMIN, staff_id, name, may, location_ids=None)


def _open_locations(session: Session, brand_id: UUID) -> dict[str, UUID]:
    opened = {}
    for place in (*STORES, WAREHOUSE):
        is_store = place is not WAREHOUSE
        command = OpenLocation(
            brand_id=brand_id,
            country="FR",
            time_zone="Europe/Paris",
            sells=is_store,
            collects=is_store,
            ships=not is_store,
            **place._asdict(),
        )
        opened[place.code], _ = stores.services.open_location(session, command)
    return opened


def _stock(code: str, skus: Sequence[str]) -> dict[str, int]:
    """Return what a location begins with: the same on every machine, and not the same anywhere."""
    if code == WAREHOUSE.code:
        return dict.fromkeys(skus, WAREHOUSE_UNITS)
    thrown = {sku: crc32(f"{code} {sku}".encode()) % LUCK_SIDES for sku in skus}
    return {
        sku: luck if luck <= RARE_UNITS else UNITS_MIN + luck * UNITS_STEP
        for sku, luck in thrown.items()
        if luck
    }


def _hire(session: Session, name: str, role: StaffRole, location_ids: Sequence[UUID]) -> UUID:
    command = HireStaff(
        name,
        role,
        tuple(location_ids),
        email=email_of(name),
        pin=PIN if location_ids else None,
        password=None if role is StaffRole.ASSOCIATE else PASSWORD,
    )
    return stores.services.hire_staff(session, command)


def _issue_key(session: Session, name: str, staff_id: UUID) -> str:
    _, key = stores.services.issue_key(
        session, name=name, scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    return key
