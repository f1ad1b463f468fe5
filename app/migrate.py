"""Bring the database to the newest schema, and give the application role its rights.

The owner role owns the tables; the app role may read and write rows, but neither change tables nor
touch what is append-only; of that, erasing a person may empty the columns that name them.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, make_url, text

from app.metadata import METADATA

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 7_266_433
"""Number of the advisory lock that lets one migration run at a time."""


def migrate(owner_url: str, app_url: str) -> None:
    """Have every migration applied and the app role's rights granted; safe to repeat."""
    engine = create_engine(owner_url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as turn:
            turn.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            with engine.begin() as connection:
                command.upgrade(alembic_config(connection), "head")
            with engine.begin() as connection:
                _grant(connection, make_url(app_url).username)
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _grant(connection: Connection, role: str | None) -> None:
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    if role is None or role == owner:
        return
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quote(role)}"))
    connection.execute(
        text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
    )
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {quote(role)}"))
    for table in METADATA.sorted_tables:
        rights = (
            "SELECT, INSERT"
            if table.info.get("append_only")
            else ("SELECT, INSERT, UPDATE, DELETE")
        )
        connection.execute(text(f"GRANT {rights} ON {quote(table.name)} TO {quote(role)}"))
        if emptied := table.info.get("emptied"):
            columns = ", ".join(quote(each) for each in emptied)
            connection.execute(
                text(f"GRANT UPDATE ({columns}) ON {quote(table.name)} TO {quote(role)}")
            )
