"""Statements that every order sends, word for word the same: compiled once, run by the driver.

What `session.execute` does beside asking (an execution context, a result, rows that are objects)
takes twice as long as the driver's whole work. A statement run here is the session's own in all
that matters: its connection, its transaction, its errors, and whoever listens to what is sent.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, cast

import psycopg
from sqlalchemy import Connection, Dialect, Select, TextClause
from sqlalchemy.orm import Session, SessionTransaction

Fixed = Select[Any] | TextClause
KEPT: Final = 256
"""Statements that are kept compiled; there are a few dozen, one each for a line of ours."""
ASKED: Final = "fixed-connection"
CURSORS: Final = "fixed-cursors"


def run_fixed(session: Session, statement: Fixed, values: Mapping[str, object]) -> list[Any]:
    """Return the rows a statement answers, with its columns by name; of entities, their columns.

    The statement is one that is built once, a constant of its module.

    Raises what `session.execute` raises.
    """
    session.flush()
    connection = _connection(session)
    compiled = _compile(statement, connection.dialect)
    given, cursor = compiled.bind(values), _cursor(connection, compiled)
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, compiled.sql, given, None, False)  # noqa: FBT003 (SQLAlchemy's signature)
    try:
        cursor.execute(compiled.asked, given, prepare=True)
    except psycopg.Error as error:
        connection._handle_dbapi_exception(error, compiled.sql, given, cast("Any", cursor), None)  # noqa: SLF001 (no other way to its own error, and out of the pool)
    return compiled.read(cursor)


def _connection(session: Session) -> Connection:
    """Return the connection of the session's transaction, asked for once in each.

    A session takes a dozen calls to find it again.
    """
    within = session.get_nested_transaction() or session.get_transaction()
    asked: tuple[SessionTransaction, Connection] | None = session.info.get(ASKED)
    if asked and asked[0] is within and within.is_active:
        return asked[1]
    connection = session.connection()
    within = session.get_nested_transaction() or session.get_transaction()
    session.info[ASKED] = (within, connection)
    return connection


def _cursor(connection: Connection, compiled: "_Compiled") -> psycopg.Cursor[Any]:
    """Return the cursor that sends this statement on this connection: the same until it fails.

    It remembers how values of each type are written and columns of each type are read.
    """
    cursors: dict[_Compiled, psycopg.Cursor[Any]] = connection.info.setdefault(CURSORS, {})
    found = cursors.get(compiled)
    if found is None or found.closed:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        found = cursors[compiled] = driver.cursor()
    return found


class _Compiled:
    """What is sent of a statement, and how its values are written and its columns read."""

    def __init__(self, statement: Fixed, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        asked = [name for bind, name in compiled.bind_names.items() if bind.required]
        expanded = compiled.construct_expanded_state(dict.fromkeys(asked))
        writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()
        }
        writers.update(expanded.processors)
        self.sql = expanded.statement
        self.asked = self.sql.encode()
        self._statement, self._dialect = statement, dialect
        self._writers = [(name, write) for name in asked if (write := writers[name])]
        self._own = {
            name: write(value) if (write := writers.get(name)) else value
            for name, value in expanded.parameters.items()
            if name not in asked
        }
        self._shape: _Shape | None = None

    def bind(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the values as the driver takes them."""
        given = {**self._own, **values}
        for name, write in self._writers:
            given[name] = write(given[name])
        return given

    def read(self, cursor: psycopg.Cursor[Any]) -> list[Any]:
        """Return the rows that were answered; none of a statement that answers nothing."""
        if self._shape is None:  # two threads may look at once: what they see is the same
            self._shape = self._look(cursor)
        row, readers = self._shape
        if not row._fields:
            return []
        if not readers:
            return [row._make(each) for each in cursor.fetchall()]
        rows = []
        for each in cursor.fetchall():
            columns = list(each)
            for at, read in readers:
                columns[at] = read(columns[at])
            rows.append(row._make(columns))
        return rows

    def _look(self, cursor: psycopg.Cursor[Any]) -> "_Shape":
        """Return the shape of a row, as an answer shows it."""
        described = cursor.description or ()
        row: Any = namedtuple("Row", [each.name for each in described], rename=True)  # type: ignore[misc]  # noqa: PYI024 (made at run time)
        if not isinstance(self._statement, Select):
            return row, []
        read = [
            column.type.dialect_impl(self._dialect).result_processor(self._dialect, said.type_code)
            for column, said in zip(self._statement.selected_columns, described, strict=True)
        ]
        return row, [(at, each) for at, each in enumerate(read) if each]


_Shape = tuple[Any, list[tuple[int, Callable[[Any], Any]]]]
"""A tuple with the names of the columns, and how those are read that the driver does not read."""


@lru_cache(maxsize=KEPT)
def _compile(statement: Fixed, dialect: Dialect) -> _Compiled:
    return _Compiled(statement, dialect)
