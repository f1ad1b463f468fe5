"""Fills an empty installation with the demonstration retailer; safe to repeat."""

import json
import os
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.services
import inventory.services
import stores.queries
import stores.services
from app.demo.retailer import BRAND, CATEGORIES, STAFF, STORES, articles
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, OpenLocation, StaffRole

KEYS_FILE = "demo-keys.json"
UNITS = 12
UNITS_RARE = 2
"""Every seventh SKU is scarce, so that availability has something to say."""


def seed(home: Path) -> bool:
    """Have the demonstration retailer; return whether it had to be made.

    Its keys are written for the owner of the data folder only, into `demo-keys.json`.
    """
    with transaction() as session:
        if stores.queries.find_brand(session, BRAND.code) is not None:
            return False
        keys = _fill(session)
    path = home / KEYS_FILE
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
    locations = {}
    for code, name, street, postcode, city, latitude, longitude, hours in STORES:
        locations[code], _ = stores.services.open_location(
            session,
            OpenLocation(
                brand_id=brand_id,
                code=code,
                name=name,
                street=street,
                postcode=postcode,
                city=city,
                country="FR",
                phone=None,
                latitude=latitude,
                longitude=longitude,
                time_zone="Europe/Paris",
                opening_hours=hours,
            ),
        )
        stock = {sku.sku: UNITS_RARE if place % 7 == 0 else UNITS for place, sku in enumerate(skus)}
        inventory.services.receive(
            session, location_id=locations[code], quantities=stock, actor=SYSTEM
        )
    return {
        role.value: _key(session, name, role, tuple(locations[code] for code in codes))
        for name, role, codes in STAFF
    }


def _key(session: Session, name: str, role: StaffRole, location_ids: tuple[UUID, ...]) -> str:
    staff_id = stores.services.hire_staff(session, HireStaff(name, role, location_ids))
    _, key = stores.services.issue_key(
        session, name=name, scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    return key
