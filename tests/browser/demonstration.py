"""The demonstration for tests of pages: on a database of its own, in this process, and served."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from uuid import uuid4

from flask import Flask
from sqlalchemy import Engine, create_engine, text
from werkzeug.serving import make_server

from app import create_app
from app.demo import seed
from app.demo.cases import furnish_cases
from app.demo.exits import furnish_exits
from app.demo.history import tell_history
from app.demo.stock import furnish_stock
from app.demo.tills import furnish_tills
from app.embedded import Cluster
from kernel.db import SessionFactory
from tests.conftest import settings_for


@contextmanager
def demonstration(
    cluster: Cluster, home: Path, *, busy: bool = False, **more: str
) -> Iterator[Flask]:
    """Fill in the retailer, with every way out under way when `busy`; then bind as before."""
    name = f"demonstration_{uuid4().hex}"
    server = create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE blank OWNER owner"))
    bound = dict(SessionFactory.kw)
    app = create_app(settings_for(cluster.url("app", name), home, DEMO="1", **more))
    seed(home)
    if busy:
        tell_history(cluster.url("owner", name))
        for furnish in (furnish_stock, furnish_cases, furnish_tills, furnish_exits):
            furnish()
    yield app
    engine = SessionFactory.kw.get("bind")
    if isinstance(engine, Engine):
        engine.dispose()
    SessionFactory.kw.clear()
    SessionFactory.kw.update(bound)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; yields its address."""
    web = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=web.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{web.port}"
    finally:
        web.shutdown()
        thread.join()
        web.server_close()
