"""What must not move when something was refused: every row of every table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from app.metadata import METADATA

COUNTERS = {"attempt", "file_look", "turn"}
"""Tables that may move: tries at secrets and looks into files are kept also when refused."""

TABLES = sorted({table.name for table in METADATA.sorted_tables} - COUNTERS)
_STATE = text(
    " UNION ALL ".join(
        f"SELECT '{table}' AS name, md5(string_agg(t::text, '|' ORDER BY t::text)) AS rows "  # noqa: S608 (our own table names)
        f"FROM {table} t"
        for table in TABLES
    )
)


def state(connection: Connection) -> dict[str, str | None]:
    """Return a fingerprint of all rows of each table."""
    return {row.name: row.rows for row in connection.execute(_STATE)}


@contextmanager
def nothing_moves(connection: Connection) -> Iterator[None]:
    """Fail unless every row is after the block what it was before."""
    before = state(connection)
    yield
    assert state(connection) == before


def problem(response: Any) -> tuple[int, str]:
    """Return status and code of a refusal, after checking that it is a complete problem."""
    assert response.mimetype == "application/problem+json", response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    said = response.json
    assert said["status"] == response.status_code
    assert said["title"]
    assert said["detail"]
    assert said["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"
    prefix, _, code = said["type"].rpartition("/")
    assert prefix == "/problems"
    return response.status_code, code
