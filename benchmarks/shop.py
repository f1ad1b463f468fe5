"""The retailer that is measured: 540 stores and 100 SKUs in a fresh database of the real schema."""

import random
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.orm import Session

import catalog.services
import inventory.services
import stores.services
from app.embedded import Cluster
from app.migrate import migrate
from catalog.commands import ListSku
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import OpenBrand, OpenLocation

STORES = 540
PLENTY_SKUS = tuple(f"PLENTY-{place:02}" for place in range(50))
SCARCE_SKUS = tuple(f"SCARCE-{place:02}" for place in range(50))
PLENTY_UNITS = 1_000_000
SCARCE_UNITS_MAX = 4
FLASH_SKU = "FLASH"
FLASH_UNITS = 100
HOT_STORE = "store-000"
LYON = {"latitude": 45.76, "longitude": 4.84}
OPENS, CLOSES = ("09:00", "09:30", "10:00"), ("18:30", "19:00", "19:30", "20:00")
SUNDAYS = ("", "; Su 10:00-12:30", "; Su 14:00-18:30", "; Su 10:00-12:30,14:00-18:30")
"""Forty-eight ways to be open: a chain of 539 stores that was looked at had fifty-three."""


@dataclass(frozen=True)
class Retailer:
    """What the measurements need to know: a live key and the store codes."""

    key: str
    store_codes: tuple[str, ...]


def open_retailer(cluster: Cluster) -> Retailer:
    """Have the retailer in the cluster's database, through our own use cases, and analysed."""
    migrate(cluster.url("owner"), cluster.url("app"))
    chance = random.Random(540)
    with transaction() as session:
        retailer = _fill(session, chance)
    with psycopg.connect(
        host=str(cluster.socket), user="postgres", dbname="comptoir", autocommit=True
    ) as connection:
        connection.execute("VACUUM ANALYZE")
    return retailer


def order_body(chance: random.Random, *, store: str, skus: tuple[str, ...]) -> dict[str, Any]:
    """Return an order by somebody new, one of each SKU.

    The phone numbers are the 10,000 French ones kept for fiction.
    """
    person = _next_person()
    return {
        "channel": "web",
        "store": store,
        "language": chance.choice(("fr", "en")),
        "items": [{"sku": sku, "quantity": 1} for sku in skus],
        "customer": {
            "first_name": "Chloé",
            "last_name": f"Durand {person}",
            "email": f"chloe.{person}@example.org",
            "phone": f"06 39 98 {person // 100:02} {person % 100:02}",
        },
    }


_people = cycle(range(10_000))
"""Numbers of people, again from the first when there are no more: they come back."""


def _next_person() -> int:
    return next(_people)


def _fill(session: Session, chance: random.Random) -> Retailer:
    brand_id = stores.services.open_brand(
        session,
        OpenBrand("bench", "Bench", "EUR", ("fr", "en"), "bonjour@bench.example", "Bench"),
    )
    skus = [*PLENTY_SKUS, *SCARCE_SKUS, FLASH_SKU]
    listed = [
        ListSku(sku, sku, {"fr": f"Article {sku}", "en": f"Item {sku}"}, price, "EUR", 2000)
        for price, sku in enumerate(skus, start=995)
    ]
    catalog.services.list_skus(session, listed, brand_id=brand_id)
    codes = tuple(f"store-{place:03}" for place in range(STORES))
    for code in codes:
        location_id = _open_store(session, chance, brand_id=brand_id, code=code)
        stock = dict.fromkeys(PLENTY_SKUS, PLENTY_UNITS)
        stock |= {sku: chance.randint(1, SCARCE_UNITS_MAX) for sku in SCARCE_SKUS}
        if code == HOT_STORE:
            stock[FLASH_SKU] = FLASH_UNITS
        inventory.services.receive(session, location_id=location_id, quantities=stock, actor=SYSTEM)
    _, key = stores.services.issue_key(
        session, name="shop", scopes=["orders.place", "availability.read"], actor=SYSTEM
    )
    return Retailer(key, codes)


def _open_store(session: Session, chance: random.Random, *, brand_id: UUID, code: str) -> UUID:
    hours = f"Mo-Sa {chance.choice(OPENS)}-{chance.choice(CLOSES)}{chance.choice(SUNDAYS)}"
    location_id, _ = stores.services.open_location(
        session,
        OpenLocation(
            brand_id=brand_id,
            code=code,
            name=f"Store {code}",
            street="1 rue du Banc",
            postcode="69004",
            city="Lyon",
            country="FR",
            phone=None,
            latitude=chance.uniform(43.0, 50.0),
            longitude=chance.uniform(-1.0, 7.0),
            time_zone="Europe/Paris",
            opening_hours=hours,
        ),
    )
    return location_id
