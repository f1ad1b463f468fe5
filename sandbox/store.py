"""What the sandbox remembers, in one SQLite file: documents by kind and id, in order of arrival.

SQLite is enough because the sandbox is a stand-in for vendors and no part of production. Every
statement stands alone, so the connection runs in autocommit and a killed sandbox loses nothing.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_PAGE_ROWS = 200
_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS document_order ON document (kind, seq);
"""


class Store:
    """Documents in `path`; safe to use from every thread; keeps the newest `keep` of each kind."""

    def __init__(self, path: Path, *, keep: int = 20_000) -> None:
        self._keep = keep
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def put(self, kind: str, document_id: str, body: Document) -> int:
        """Write `body`, keeping its place in the order when it was there; return that place."""
        with self._lock:
            row = self._connection.execute(
                "INSERT INTO document (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body RETURNING seq",
                (kind, document_id, json.dumps(body)),
            ).fetchone()
            self._connection.execute(
                "DELETE FROM document WHERE kind = ? AND seq <= (SELECT seq FROM document "
                "WHERE kind = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)",
                (kind, kind, self._keep),
            )
            return int(row[0])

    def find(self, kind: str, document_id: str) -> Document | None:
        """Return the document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM document WHERE kind = ? AND id = ?", (kind, document_id)
            ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def oldest_first(self, kind: str, *, after: int = 0) -> Iterator[tuple[int, Document]]:
        """Yield (place, document) in order of arrival, read a page at a time."""
        while rows := self._page("seq > ? ORDER BY seq", kind, after):
            for after, body in rows:  # noqa: PLR1704 - the cursor is where the page ended
                yield after, dict(json.loads(body))

    def newest_first(self, kind: str) -> Iterator[Document]:
        """Yield documents, the last that came first, read a page at a time."""
        before = 2**62
        while rows := self._page("seq < ? ORDER BY seq DESC", kind, before):
            for before, body in rows:  # noqa: B007 - the cursor is where the page ended
                yield dict(json.loads(body))

    def clear(self, kind: str) -> None:
        """Forget every document of the kind."""
        with self._lock:
            self._connection.execute("DELETE FROM document WHERE kind = ?", (kind,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _page(self, condition: str, kind: str, cursor: int) -> list[tuple[int, str]]:
        """Return at most a page of (seq, body) rows; `condition` is one of this file's own."""
        statement = f"SELECT seq, body FROM document WHERE kind = ? AND {condition} LIMIT ?"  # noqa: S608 - no input in the text
        with self._lock:
            return self._connection.execute(statement, (kind, cursor, _PAGE_ROWS)).fetchall()
