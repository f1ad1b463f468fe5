"""A retailer's network: 540 stores × 3,900 SKUs, 2.1 million levels with the ledger that made them.

The stores stand where real ones do when the real data lies beside the clone, else at drawn places.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.orm import Session

import catalog.services
import stores.services
from app.embedded import Cluster
from app.migrate import migrate
from benchmarks.servers import ROOT
from benchmarks.shop import CLOSES, OPENS, SUNDAYS
from catalog.commands import ListSku
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import OpenBrand, OpenLocation

STORES, SKUS = 540, 3_900
UNITS_MAX = 12
"""A shelf begins with 0 to 11 units, by a hash of store and SKU."""
PAST_DAYS = 60
REAL_STORES = ROOT.parent / "shared" / "data" / "stores" / "gifi.geojson"
SKUS_AT_ONCE = 500

_LEVELS = """
    INSERT INTO stock_level (location_id, sku, on_hand)
    SELECT l.id, s.code, abs(hashtext(l.code || s.code)::bigint) %% %(units_max)s
    FROM location l CROSS JOIN sku s ORDER BY l.id, s.code
"""
_LEDGER = """
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, recorded_at)
    SELECT location_id, sku, 'received', on_hand, 'receipt',
           statement_timestamp() - make_interval(days => %(past_days)s)
    FROM stock_level WHERE on_hand > 0 ORDER BY location_id, sku
"""
_LONGER = """
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, recorded_at)
    SELECT location_id, sku, kind, delta, 'receipt',
           statement_timestamp() - make_interval(days => %(past_days)s, mins => -pair)
    FROM generate_series(1, %(pairs)s) AS pair,
         stock_level, (VALUES ('received', 1), ('sold', -1)) AS both_ways (kind, delta)
"""
_PAST_ORDERS = """
    INSERT INTO reservation (fulfillment_id, sku, location_id, quantity, created_at)
    SELECT gen_random_uuid(), s.code, l.id, 0, statement_timestamp() - interval '1 day'
    FROM generate_series(1, %(count)s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY code) AS at, count(*) OVER () AS all_of
          FROM location) l ON l.at = 1 + n %% l.all_of
    JOIN (SELECT code, row_number() OVER (ORDER BY code) AS at, count(*) OVER () AS all_of
          FROM sku) s ON s.at = 1 + n * 7 %% s.all_of
"""


@dataclass(frozen=True)
class Network:
    """What the measurements need to know: a live key, the store codes and the SKUs, sorted."""

    key: str
    store_codes: tuple[str, ...]
    skus: tuple[str, ...]


def open_network(cluster: Cluster) -> Network:
    """Have the network in the cluster's empty database, analysed, ledger and levels agreeing."""
    migrate(cluster.url("owner"), cluster.url("app"))
    with transaction() as session:
        network = _open(session, random.Random(540))
    with _superuser(cluster) as connection:
        connection.execute(_LEVELS, {"units_max": UNITS_MAX})
        connection.execute(_LEDGER, {"past_days": PAST_DAYS})
        connection.execute("VACUUM ANALYZE")
    return network


def lengthen_ledger(cluster: Cluster, *, pairs: int) -> None:
    """Every level has so many more movements, each received and sold again."""
    with _superuser(cluster) as connection:
        connection.execute(_LONGER, {"past_days": PAST_DAYS, "pairs": pairs})
        connection.execute("VACUUM ANALYZE stock_movement")


def add_past_orders(cluster: Cluster, count: int) -> None:
    """So many orders more were placed and ended: what they had reserved is settled."""
    with _superuser(cluster) as connection:
        connection.execute(_PAST_ORDERS, {"count": count})
        connection.execute("VACUUM ANALYZE reservation")


def _superuser(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    """Return a connection on which foreign keys are not asked: our rows are made from them."""
    return psycopg.connect(
        host=str(cluster.socket),
        user="postgres",
        dbname="comptoir",
        autocommit=True,
        options="-c session_replication_role=replica",
    )


def _open(session: Session, chance: random.Random) -> Network:
    brand_id = stores.services.open_brand(
        session,
        OpenBrand("network", "Network", "EUR", ("fr", "en"), "bonjour@bench.example", "Network"),
    )
    skus = tuple(f"SKU-{place:04}" for place in range(SKUS))
    listed = [
        ListSku(sku, sku, {"fr": f"Article {sku}", "en": f"Item {sku}"}, price, "EUR", 2000)
        for price, sku in enumerate(skus, start=495)
    ]
    for first in range(0, SKUS, SKUS_AT_ONCE):
        some = listed[first : first + SKUS_AT_ONCE]
        catalog.services.list_skus(session, some, brand_id=brand_id)
    codes = tuple(f"store-{place:03}" for place in range(STORES))
    for code, (latitude, longitude) in zip(codes, _places(chance), strict=True):
        hours = f"Mo-Sa {chance.choice(OPENS)}-{chance.choice(CLOSES)}{chance.choice(SUNDAYS)}"
        command = OpenLocation(
            brand_id=brand_id,
            code=code,
            name=f"Store {code}",
            street="1 rue du Banc",
            postcode="69004",
            city="Lyon",
            country="FR",
            phone=None,
            latitude=latitude,
            longitude=longitude,
            time_zone="Europe/Paris",
            opening_hours=hours,
        )
        stores.services.open_location(session, command)
    scopes = ["orders.place", "availability.read", "stock.read"]
    _, key = stores.services.issue_key(session, name="network", scopes=scopes, actor=SYSTEM)
    return Network(key, codes, skus)


def _places(chance: random.Random) -> list[tuple[float, float]]:
    """Return a latitude and longitude for each store: the real ones first, then drawn ones."""
    real: list[tuple[float, float]] = []
    if REAL_STORES.exists():
        features: list[dict[str, Any]] = json.loads(REAL_STORES.read_text())["features"]
        real = [
            (latitude, longitude)
            for longitude, latitude in (each["geometry"]["coordinates"] for each in features)
        ]
    drawn = [
        (chance.uniform(43.0, 50.0), chance.uniform(-1.0, 7.0)) for _ in range(STORES - len(real))
    ]
    return [*real, *drawn][:STORES]
