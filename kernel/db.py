"""The database: base of every table, engine, and the one way to open a transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from time import monotonic
from typing import Any, ClassVar, cast
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    Text,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

APPEND_ONLY = {"append_only": True}
"""`Table.info` of a table whose rows the application may add but never change or remove."""


def append_only_but(*emptied: str) -> dict[str, object]:
    """Return the `Table.info` of a table that is append-only but for these columns.

    They hold words of or about a person: erasing somebody empties them, and nothing else.
    """
    return {**APPEND_ONLY, "emptied": emptied}


LIMITS_MS = {
    "lock_timeout": 3_000,
    "statement_timeout": 10_000,
    "idle_in_transaction_session_timeout": 10_000,
}
"""Milliseconds after which the server gives up: a frozen client must not keep locks for ever."""

CONNECT_TIMEOUT_S = 3
POOL_TIMEOUT_S = 5
PLAN_ANEW = {"plan_anew": True}
"""Execution options of a statement whose best plan depends on its values: it is never prepared."""
RENEWED_AFTER_S = 900
"""Age at which a connection is opened anew: PostgreSQL judges a prepared statement for ever by the
tables as they were when it was first run, and a new shop's are empty."""
REST_S = 1.0
RESTS_SINCE = "rests_since"
_IN_TRANSACTION = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive times on the way in, gives aware UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102 (SQLAlchemy's signature)
        if value is not None and value.tzinfo is None:
            message = "a time without its zone is not an instant"
            raise ValueError(message)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102 (SQLAlchemy's signature)
        return value if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table in the project."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime(),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
        list[int]: JSONB(),
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=32,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


BigId = BigInteger
"""Column type of identity keys that never leave the house."""

SessionFactory: sessionmaker[Session] = sessionmaker(expire_on_commit=False)


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """Return an engine with every timeout set, for at most `pool_size` connections a process."""
    options = " ".join(f"-c {name}={value}" for name, value in LIMITS_MS.items())
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        pool_timeout=POOL_TIMEOUT_S,
        pool_recycle=RENEWED_AFTER_S,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": f"{options} -c timezone=UTC",
        },
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _try_rested)
    event.listen(engine, "do_execute", _plan_anew)
    event.listen(engine, "rollback", _keep_prepared)
    return engine


def connect(url: str, *, pool_size: int = 8) -> Engine:
    """Bind every later `transaction()` of this process to the database at `url`."""
    engine = make_engine(url, pool_size=pool_size)
    SessionFactory.configure(bind=engine)
    return engine


def _note_rest(_: object, record: ConnectionPoolEntry) -> None:
    record.info[RESTS_SINCE] = monotonic()


def _try_rested(
    connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _: object
) -> None:
    """Have a connection that rested long answer first: the server may have gone meanwhile.

    A busy one is not asked each time, which would be a round trip more for every transaction.
    It ends by COMMIT: upon ROLLBACK psycopg forgets every statement it has prepared.

    Raises InvalidatePoolError, upon which the pool gives a fresh connection.
    """
    since = record.info.get(RESTS_SINCE)
    if since is None or monotonic() - since < REST_S:
        return
    try:
        connection.execute("")
        connection.commit()
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _plan_anew(
    cursor: psycopg.Cursor[Any],
    statement: str,
    parameters: Mapping[str, object],
    context: ExecutionContext,
) -> bool:
    """Run a statement that wants it without preparing it; tell whether that was done here."""
    if not context.execution_options.get("plan_anew"):
        return False
    cursor.execute(statement.encode(), parameters, prepare=False)
    return True


def _keep_prepared(connection: Connection) -> None:
    """End a transaction that is rolled back without the driver's own ROLLBACK.

    Upon that it forgets every statement it has prepared, for fear that one was of a table made in
    that transaction; ours make none. Whoever is refused a sold-out article would otherwise have
    the server plan every statement anew for the next. Where it fails, the driver tries itself.
    """
    if connection.closed or connection.invalidated:
        return
    server = cast("psycopg.Connection[Any]", connection.connection.driver_connection).pgconn
    if server.transaction_status in _IN_TRANSACTION:
        with suppress(psycopg.Error):
            server.exec_(b"ROLLBACK")


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session for a single look: without BEGIN and COMMIT, two round trips less.

    Inside a transaction that was begun around the factory, it joins that.
    """
    bind = SessionFactory.kw["bind"]
    with SessionFactory(bind=_looking(bind) if isinstance(bind, Engine) else bind) as session:
        yield session


@lru_cache(maxsize=1)
def _looking(engine: Engine) -> Engine:
    """Return the same engine, sharing its connections, without transactions."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit when the block ends, roll back when it raises. Nothing else commits."""
    with SessionFactory.begin() as session:
        yield session


def sorted_items(quantities: Mapping[str, int]) -> tuple[list[str], list[int]]:
    """Return SKUs and quantities in SKU order: the order in which every writer takes its locks."""
    skus = sorted(quantities)
    return skus, [quantities[sku] for sku in skus]


def plain_rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return rows by the names of their columns, with values that JSON knows: for giving data out.

    Ids and instants are written out, instants in UTC.
    """
    return [
        {name: _plain(value) for name, value in row.items()}
        for row in session.execute(statement).mappings()
    ]


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value
