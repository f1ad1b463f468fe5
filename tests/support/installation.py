"""A whole installation of real processes, on a database of its own, for tests that commit."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from app.cli.check import run_checks
from app.embedded import Cluster, private_redis
from app.embedded.children import log_tail
from app.migrate import migrate
from app.wiring import SUBSCRIPTIONS
from kernel import events, secret
from kernel.db import SessionFactory, make_engine, transaction
from tests.conftest import ROOT, SECRET, Shop, open_shop
from tests.support.forked import Forked
from tests.support.vendors import Vendors, eventually

PLENTY = 100_000
"""Units of each article: what a test does not count never runs out."""
STRIPE_KEY = "sk_test_shop"
START_S = 120
"""A busy machine takes long to start ten processes."""
GUNICORN = (
    *("--config", "python:app.supervisor.web", "--threads", "16"),
    *("--bind", "127.0.0.1:0", "app:create_app()"),
)
NO_REDIS = "unix:///nowhere/redis.sock"


@dataclass
class Running:
    """A process that a test started; it ends with the test at the latest."""

    child: Forked
    log: Path

    def kill(self) -> None:
        """It is gone as after a power cut (kill -9), with everything it forked."""
        self.child.stop()


@dataclass
class Installation:
    """The processes of one installation: their common environment, and how to start more."""

    home: Path
    environment: dict[str, str]
    stack: ExitStack
    shop: Shop
    started: int = field(default=0, init=False)

    def start(self, *command: str) -> Running:
        """Start a program through the launcher; it is stopped with the installation."""
        self.started += 1
        log = self.home / f"{self.started}.log"
        running = Running(Forked(command, self.environment, log, log), log)
        self.stack.callback(running.kill)
        return running

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `comptoir` to its end; return how it ended and what it wrote."""
        self.started += 1
        output, errors = (self.home / f"{self.started}.{each}" for each in ("out", "err"))
        child = Forked(command, self.environment, output, errors)
        self.stack.callback(child.stop)
        ended = child.wait(START_S)
        return subprocess.CompletedProcess(command, ended, output.read_text(), errors.read_text())

    def open_web(self, *options: str) -> httpx.Client:
        """Start a web server of two processes; return a client of it once it answers."""
        web = self.start(*options, "web", *GUNICORN)
        address = eventually(lambda: _listening(web), within_s=START_S)
        client = httpx.Client(
            base_url=address,
            timeout=60,
            trust_env=False,
            # A connection kept for later may be closed, by the server or by another thread's
            # request that tidies the pool, just as it is used again.
            headers={"Connection": "close"},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )
        self.stack.callback(client.close)
        eventually(lambda: client.get("/health/live").is_success, within_s=START_S)
        return client

    def open_vendors(self) -> Vendors:
        """Start the sandbox; programs started later send their messages there."""
        file = self.home / "sandbox.json"
        folder = ["--home", str(self.home / "sandbox")]
        log = self.home / "sandbox.log"
        command = ["sandbox", *folder, "--addresses", str(file)]
        child = Forked(command, self.environment, log, log)
        self.stack.callback(child.stop, signal.SIGTERM)
        eventually(file.exists, within_s=START_S)
        addresses = json.loads(file.read_text())
        self.environment |= {"SMTP_URL": addresses["smtp"], "SMS_URL": addresses["sms"]}
        self.environment |= {"STRIPE_API_URL": addresses["stripe"], "STRIPE_API_KEY": STRIPE_KEY}
        client = httpx.Client(base_url=addresses["stripe"], trust_env=False, timeout=20)
        self.stack.callback(client.close)
        return Vendors(client)

    def open_redis(self, name: str) -> ExitStack:
        """Start an empty Redis at the installation's address; closing what is returned ends it."""
        ended = ExitStack()
        url = ended.enter_context(private_redis(self.home / "redis", log=self.home / f"{name}.log"))
        assert self.environment["REDIS_URL"] in {NO_REDIS, url}
        self.environment["REDIS_URL"] = url
        self.stack.callback(ended.close)
        return ended

    def inside(self) -> AbstractContextManager[None]:
        """Have `transaction()` of this test process work on the installation's database."""
        return bound_to(self.environment["DATABASE_URL"])

    def broken(self) -> list[str]:
        """Return the ids of invariants that do not hold."""
        with self.inside():
            return [finding.check.id for finding in run_checks()]

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """Return rows of the database, as its owner sees them."""
        url = self.environment["DATABASE_OWNER_URL"].replace("+psycopg", "")
        with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
            cursor = connection.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def installation(cluster: Cluster, home: Path) -> Iterator[Installation]:
    """An installation with a fresh database and the small retailer; programs are started later."""
    home.mkdir(parents=True, exist_ok=True)
    app_url, owner_url = fresh_database(cluster)
    environment = {
        **os.environ,
        "DATABASE_URL": app_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": NO_REDIS,
        "SMTP_URL": "",
        "SMS_URL": "",
        "COMPTOIR_HOME": str(home),
        "COMPTOIR_SECRET": SECRET,
        "PUBLIC_URL": "http://shop.test",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DEMO": "0",
    }
    with bound_to(app_url), transaction() as session:
        shop = open_shop(session, units=PLENTY)
    with ExitStack() as stack:
        yield Installation(home, environment, stack, shop)


def fresh_database(cluster: Cluster) -> tuple[str, str]:
    """Return the addresses (app, owner) of a new database with the newest schema."""
    name = f"test_{time.monotonic_ns()}"
    admin = cluster.url("postgres", "postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        blank = connection.execute("SELECT FROM pg_database WHERE datname = 'blank'").fetchone()
        template = "TEMPLATE blank" if blank is not None else ""
        connection.execute(f"CREATE DATABASE {name} {template} OWNER owner".encode())
    app, owner = cluster.url("app", name), cluster.url("owner", name)
    if blank is None:  # a server of its own has none to copy
        migrate(owner, app)
    return app, owner


@contextmanager
def bound_to(database_url: str) -> Iterator[None]:
    """Meanwhile `transaction()` of this test process works on this database."""
    before = dict(SessionFactory.kw)
    engine = make_engine(database_url)
    SessionFactory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    events.subscribe(SUBSCRIPTIONS)
    secret.configure(SECRET.encode())
    try:
        yield
    finally:
        SessionFactory.kw.clear()
        SessionFactory.configure(**before)
        engine.dispose()


def _listening(web: Running) -> str | None:
    assert web.child.poll() is None, f"the web server ended.{log_tail(web.log)}"
    found = re.search(r"Listening at: (http://127\.0\.0\.1:\d+)", web.log.read_text())
    return found[1] if found else None
