"""The demonstration on databases of its own: filled once in a test process, then copied."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from uuid import uuid4

import psycopg
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

import notifications.gateway
import payments.gateway
from app import create_app
from app.demo import seed
from app.demo.carts import furnish_carts
from app.demo.cases import furnish_cases
from app.demo.doors import furnish_doors
from app.demo.exits import furnish_exits
from app.demo.history import tell_history
from app.demo.seed import KEYS_FILE
from app.demo.stock import furnish_stock
from app.demo.talks import furnish_talks
from app.demo.tills import furnish_tills
from app.embedded import Cluster
from kernel.db import SessionFactory
from tests.conftest import settings_for
from tests.support.installation import bound_to

FILLED = "filled"


@contextmanager
def demonstration(
    cluster: Cluster, home: Path, *, busy: bool = False, **settings: str
) -> Iterator[Flask]:
    """The application of a filled demonstration; the process is bound as before, afterwards.

    One that is `busy` has a past, and every way out under way.
    """
    factory = dict(SessionFactory.kw)
    messaging, payment = notifications.gateway.settings(), payments.gateway.settings()
    with filled_database(cluster, home) as name:
        app = create_app(settings_for(cluster.url("app", name), home, **settings))
        if busy:
            tell_history(cluster.url("owner", name))
            for furnish in (
                furnish_stock,
                furnish_cases,
                furnish_tills,
                furnish_exits,
                furnish_doors,
                furnish_carts,
            ):
                furnish()
            furnish_talks(cluster.url("owner", name))
        yield app
        bound = SessionFactory.kw.get("bind")
        if isinstance(bound, Engine):
            bound.dispose()
    SessionFactory.kw.clear()
    SessionFactory.kw.update(factory)
    notifications.gateway.configure(messaging)
    payments.gateway.configure(payment)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; yields its address."""
    web = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=web.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{web.port}"
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


@contextmanager
def filled_database(cluster: Cluster, home: Path) -> Iterator[str]:
    """A database with the demonstration, whose keys are in `home`; it is gone afterwards."""
    keys, name = _fill(cluster), f"demo_{uuid4().hex}"
    (home / KEYS_FILE).write_text(keys)
    with _server(cluster) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {FILLED} OWNER owner".encode())
    yield name
    with _server(cluster) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@cache
def _fill(cluster: Cluster) -> str:
    """Have a filled database to copy; return the keys it knows."""
    with _server(cluster) as server:
        server.execute(f"CREATE DATABASE {FILLED} TEMPLATE blank OWNER owner".encode())
    with TemporaryDirectory() as home, bound_to(cluster.url("app", FILLED)):
        assert seed(Path(home)) is True
        return (Path(home) / KEYS_FILE).read_text()


def _server(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    address = cluster.url("postgres", "postgres").replace("+psycopg", "")
    return psycopg.connect(address, autocommit=True)
