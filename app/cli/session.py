"""What every command stands on: settings, servers, schema, and this process bound to them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from app import configure
from app.embedded import EmbeddedError, servers
from app.migrate import migrate
from app.settings import HOME_DEFAULT, Settings, read_settings
from kernel.config import ConfigError
from kernel.db import SessionFactory

EXIT_USAGE = 2


def data_home() -> Path:
    """Return the data folder of this installation."""
    return Path(os.environ.get("COMPTOIR_HOME") or HOME_DEFAULT).resolve()


@contextmanager
def attached() -> Iterator[Settings]:
    """Reach the running servers or start private ones, bring the schema up to date, and bind to it.

    Raises click.ClickException with one sentence when that cannot be done.
    """
    home = data_home()
    try:
        with servers(home) as addresses:
            environ = {
                **os.environ,
                "COMPTOIR_HOME": str(home),
                "DATABASE_URL": addresses.database_url,
                "DATABASE_OWNER_URL": addresses.owner_url,
                "REDIS_URL": addresses.redis_url,
            }
            settings = read_settings(environ)
            migrate(addresses.owner_url, addresses.database_url)
            configure(settings)
            try:
                yield settings
            finally:
                _disconnect()
    except (ConfigError, EmbeddedError) as error:
        raise click.ClickException(str(error)) from error


def _disconnect() -> None:
    bound = SessionFactory.kw.get("bind")
    if isinstance(bound, Engine):
        bound.dispose()
