"""An installation of its own for tests of the command line: database, data folder, environment."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text

import payments.gateway
from app.cli import main
from app.cli.session import attached
from app.embedded import Cluster
from kernel.db import SessionFactory
from notifications import gateway

SECRET = "a-secret-for-tests-0123456789-abcdef"  # noqa: S105 (that of every test)


@dataclass(frozen=True)
class Installation:
    """What commands run on, and what they left."""

    home: Path
    engine: Engine

    def run(self, *arguments: str | Path) -> Result:
        """Run `comptoir` with these arguments."""
        result = CliRunner().invoke(main, [str(each) for each in arguments])
        self._let_go()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Bind this process as a command would."""
        try:
            with attached():
                yield
        finally:
            self._let_go()

    def _let_go(self) -> None:
        bound = SessionFactory.kw.get("bind")
        if isinstance(bound, Engine) and bound.url.database == self.engine.url.database:
            bound.dispose()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database holds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def report(self, result: Result) -> list[tuple[str, ...]]:
        """Return the lines of the report a command says it wrote, without the header."""
        found = re.search(r"^Report: (.+)$", result.output, re.MULTILINE)
        if found is None:
            return []
        with Path(found[1]).open(encoding="utf-8", newline="") as file:
            return [tuple(row) for row in csv.reader(file)][1:]


@pytest.fixture
def installation(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """An empty installation; the process is bound to what it was bound to before, afterwards."""
    name, home = f"cli_{uuid4().hex}", tmp_path / "home"
    admin = create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE blank OWNER owner"))
    monkeypatch.setenv("DATABASE_URL", cluster.url("app", name))
    monkeypatch.setenv("DATABASE_OWNER_URL", cluster.url("owner", name))
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere/redis.sock")
    monkeypatch.setenv("COMPTOIR_HOME", str(home))
    monkeypatch.setenv("COMPTOIR_SECRET", SECRET)
    for provider in ("SMTP_URL", "SMS_URL", "STRIPE_API_URL", "STRIPE_API_KEY"):
        monkeypatch.delenv(provider, raising=False)
    factory, messaging = dict(SessionFactory.kw), gateway.settings()
    paying = payments.gateway.settings()
    engine = create_engine(cluster.url("owner", name))
    yield Installation(home, engine)
    engine.dispose()
    SessionFactory.kw.clear()
    SessionFactory.kw.update(factory)
    gateway.configure(messaging)
    payments.gateway.configure(paying)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
