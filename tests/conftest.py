"""Fixtures every test can ask for: a real database, a session that rolls back, a small retailer."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

import stores.services
from app import create_app
from app.embedded import Cluster, private_postgres
from app.migrate import migrate
from app.settings import Settings, read_settings
from catalog.commands import ListSku
from catalog.services import list_skus
from customers.services import accounts
from inventory.services import receive
from kernel import db
from kernel.actors import SYSTEM
from kernel.db import SessionFactory
from stores.commands import HireStaff, OpenBrand, OpenLocation, StaffRole
from stores.services import signing_in, staffing

ROOT = Path(__file__).resolve().parent.parent
ALWAYS_OPEN = "24/7"
PARIS = ZoneInfo("Europe/Paris")
SECRET = "a-secret-for-tests-0123456789-abcdef"  # noqa: S105 (tests)


settings.register_profile(
    "busy", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("busy")
"""A slow machine says nothing of what is tested."""

QUICK_HASH = "scrypt:256:8:1"
"""Instead of 30 ms a secret: thousands of people are hired here."""
for each in (staffing, signing_in, accounts):
    each.HASH = QUICK_HASH

SLOW_FIRST = ("flows", "faults", "races", "browser")
"""Folders whose tests take longest: begun first, so that no worker is left with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return SLOW_FIRST.index(folder) if folder in SLOW_FIRST else len(SLOW_FIRST)


def postgres_binaries() -> Path | None:
    """Return the folder of programs TEST_POSTGRES names, or None: the embedded ones."""
    folder = os.environ.get("TEST_POSTGRES")
    if not folder:
        return None
    if not Path(folder).exists():
        pytest.skip(f"{folder} is not there: PostgreSQL 15 is not installed")
    return Path(folder)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A throw-away PostgreSQL for this test process, with the newest schema."""
    directory = tmp_path_factory.mktemp("servers") / "postgres"
    with private_postgres(directory, binaries=postgres_binaries(), fast=True) as running:
        migrate(running.url("owner"), running.url("app"))
        keep_blank(running)
        yield running


def keep_blank(cluster: Cluster) -> None:
    """Keep an empty database with the newest schema to copy: ten times quicker than to migrate."""
    with administering(cluster) as server:
        server.execute(text("CREATE DATABASE blank TEMPLATE comptoir OWNER owner"))


@contextmanager
def administering(cluster: Cluster) -> Iterator[Connection]:
    """A connection that may make databases."""
    server = create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        yield connection
    server.dispose()


def settings_for(database_url: str, home: Path, **more: str) -> Settings:
    """Return settings for a test installation."""
    return read_settings(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": "unix:///nowhere/redis.sock",
            "COMPTOIR_HOME": str(home),
            "COMPTOIR_SECRET": SECRET,
            "PUBLIC_URL": "http://shop.test",
            **more,
        }
    )


@pytest.fixture(scope="session")
def app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, bound to the throw-away database."""
    return create_app(settings_for(cluster.url("app"), tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def empty(cluster: Cluster, app: Flask) -> Iterator[Engine]:
    """The database in which there is nothing."""
    engine = db.connect(cluster.url("app"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def opened(cluster: Cluster, app: Flask) -> Iterator[tuple[Engine, "Shop"]]:
    """The database with the small retailer, opened once: each test takes back what it did."""
    with administering(cluster) as server:
        server.execute(text("CREATE DATABASE retailer TEMPLATE blank OWNER owner"))
    engine = db.make_engine(cluster.url("app", "retailer"))
    with SessionFactory(bind=engine) as session:
        shop = open_shop(session)
        session.commit()
    yield engine, shop
    engine.dispose()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """The database a test works in: that of the small retailer for whoever asks for it."""
    if "shop" in request.fixturenames:
        return request.getfixturevalue("opened")[0]
    return request.getfixturevalue("empty")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin() as outer:
        yield connection
        outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session whose commits are savepoints: production code commits, the test rolls back."""
    SessionFactory.configure(bind=connection, join_transaction_mode="create_savepoint")
    with SessionFactory() as session:
        yield session


@dataclass(frozen=True)
class Shop:
    """A small retailer: two stores, three articles, and keys of the people who work there."""

    brand_id: UUID
    lyon: UUID
    paris: UUID
    associate: str
    paris_associate: str
    manager: str
    agent: str
    integration: str


def open_shop(session: Session, *, units: int = 10) -> Shop:
    """Open the small retailer with `units` of each article in both stores."""
    brand_id = stores.services.open_brand(
        session,
        OpenBrand("aubepin", "Aubépin", "EUR", ("fr", "en"), "bonjour@aubepin.test", "Aubepin"),
    )
    lyon = open_store(session, brand_id, "lyon", "Lyon Croix-Rousse", 45.7746, 4.8318)
    paris = open_store(session, brand_id, "paris", "Paris Bastille", 48.8532, 2.3692)
    list_skus(session, SKUS, brand_id=brand_id)
    for location_id in (lyon, paris):
        receive(
            session,
            location_id=location_id,
            quantities={command.sku: units for command in SKUS},
            actor=SYSTEM,
        )
    return Shop(
        brand_id,
        lyon,
        paris,
        _key(session, "Inès", StaffRole.ASSOCIATE, lyon),
        _key(session, "Marc", StaffRole.ASSOCIATE, paris),
        _key(session, "Nadia", StaffRole.MANAGER, lyon),
        _key(session, "Luc", StaffRole.AGENT),
        stores.services.issue_key(
            session, name="e-shop", scopes=["orders.place", "orders.read"], actor=SYSTEM
        )[1],
    )


SKUS = (
    ListSku(
        "TENT-2P", "TENT", {"fr": "Tente 2 places", "en": "Two-person tent"}, 8990, "EUR", 2000
    ),
    ListSku(
        "MUG-BLUE",
        "MUG",
        {"fr": "Tasse", "en": "Mug"},
        1290,
        "EUR",
        2000,
        options={"colour": "blue"},
    ),
    ListSku("BOOK", "BOOK", {"fr": "Carnet", "en": "Notebook"}, 455, "EUR", 550),
)


def open_store(  # noqa: PLR0917 (a row of a table)
    session: Session, brand_id: UUID, code: str, name: str, latitude: float, longitude: float
) -> UUID:
    location_id, _ = stores.services.open_location(
        session,
        OpenLocation(
            brand_id=brand_id,
            code=code,
            name=name,
            street="1 rue du Test",
            postcode="69004",
            city=name.split(maxsplit=1)[0],
            country="FR",
            phone=None,
            latitude=latitude,
            longitude=longitude,
            time_zone="Europe/Paris",
            opening_hours=ALWAYS_OPEN,
        ),
    )
    return location_id


def _key(session: Session, name: str, role: StaffRole, *locations: UUID) -> str:
    staff_id = stores.services.hire_staff(session, HireStaff(name, role, locations))
    return stores.services.issue_key(
        session, name=name, scopes=[], staff_id=staff_id, actor=SYSTEM
    )[1]


@pytest.fixture
def shop(opened: tuple[Engine, Shop], session: Session) -> Shop:
    """The small retailer; what a test does to it is gone afterwards."""
    return opened[1]


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser or program that speaks to the application, which never saw it before."""
    for limiter in app.extensions["limiter"]:
        limiter.reset()  # one address asks for all tests: the brake would take them for one person
    return app.test_client()


def today() -> date:
    """Return which day it is, as the stores of the small retailer count."""
    return datetime.now(PARIS).date()


def as_key(key: str, *, idempotency_key: str | None = None) -> dict[str, str]:
    """Return the headers of a request with a bearer key and a fresh Idempotency-Key."""
    return {
        "Authorization": f"Bearer {key}",
        "Idempotency-Key": idempotency_key or str(uuid4()),
    }


def order_body(**changes: Any) -> dict[str, Any]:
    """Return an order of one tent and two mugs to collect in Lyon."""
    return {
        "channel": "web",
        "store": "lyon",
        "language": "fr",
        "items": [{"sku": "TENT-2P", "quantity": 1}, {"sku": "MUG-BLUE", "quantity": 2}],
        "customer": {
            "first_name": "Chloé",
            "last_name": "Durand",
            "email": "chloe.durand@example.org",
            "phone": "06 39 98 12 34",
        },
        **changes,
    }
