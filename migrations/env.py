"""How Alembic reaches the database and the tables; `app.migrate` calls it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum

from app.metadata import METADATA
from kernel.db import UTCDateTime


def render_item(kind: str, thing: Any, _: Any) -> str | Literal[False]:  # noqa: ANN401 (Alembic's signature)
    """Return how a column type is written in a migration: plainly, without our classes."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String({thing.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
