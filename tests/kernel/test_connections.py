"""Connections that are kept: what they have prepared, whether they still answer, what is said."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, Select, TextClause, bindparam, func, select, text
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.orm import Session

from app.embedded import Cluster
from kernel import db
from kernel.fixed import run_fixed
from kernel.idempotency import StoredAnswer
from tests.support.counting import counted

OFTEN = 2
"""The driver itself would prepare a statement when it is run the fifth time."""
HALF = text("SELECT 10 / :by AS half").bindparams(bindparam("by"))
COUNT = select(func.count().label("kept"), func.max(StoredAnswer.created_at).label("last")).where(
    StoredAnswer.scope == bindparam("scope"), StoredAnswer.status.in_([200, 201])
)
COUNT_ALL = text("SELECT count(*) AS kept FROM stored_answer WHERE scope = :scope")
TAKE = text(
    "INSERT INTO stored_answer (scope, key, request_hash) VALUES (:scope, :key, :request_hash)"
    " RETURNING key"
)
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%half%'"


@pytest.fixture
def one(cluster: Cluster) -> Iterator[Engine]:
    engine = db.make_engine(cluster.url("app"), pool_size=1)
    yield engine
    engine.dispose()


def prepare(engine: Engine) -> None:
    with Session(engine) as session:
        for _ in range(OFTEN):
            assert run_fixed(session, HALF, {"by": 2})[0].half == 5
        session.commit()


def refuse(engine: Engine, *, by: int) -> None:
    with Session(engine) as session, session.begin():
        session.execute(text("INSERT INTO stored_answer VALUES ('a', 'kept-not', '')"))
        run_fixed(session, HALF, {"by": by})
        raise KeyError


def lose(engine: Engine, other: Engine) -> None:
    with Session(engine) as session, session.begin():
        backend = run_fixed(session, text("SELECT pg_backend_pid() AS id"), {})[0].id
        assert ask(other, f"SELECT pg_terminate_backend({backend}, 5000)") is True
        run_fixed(session, HALF, {"by": 2})


def ask(engine: Engine, sql: str) -> object:
    with Session(engine) as session:
        return session.execute(text(sql)).scalar_one()


@pytest.mark.parametrize("by", [5, 0], ids=["refused by us", "refused by the database"])
def test_a_refused_request_leaves_what_its_connection_had_prepared(one: Engine, by: int) -> None:
    prepare(one)
    with pytest.raises((KeyError, DataError)):
        refuse(one, by=by)
    assert ask(one, PREPARED) == 1
    assert ask(one, "SELECT count(*) FROM stored_answer") == 0


def test_a_connection_that_rested_is_asked_first_and_keeps_what_it_had_prepared(
    one: Engine, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "REST_S", 0.0)
    prepare(one)
    backend = ask(one, "SELECT pg_backend_pid()")
    assert ask(one, PREPARED) == 1
    other = db.make_engine(cluster.url("app"))
    assert ask(other, f"SELECT pg_terminate_backend({backend}, 5000)") is True
    other.dispose()
    assert ask(one, PREPARED) == 0  # of a fresh connection: nobody was refused


def test_a_fixed_statement_sees_what_its_session_did_and_is_seen_by_who_listens(
    session: Session, engine: Engine
) -> None:
    session.add(StoredAnswer(scope="a", key="k", request_hash=b"", status=201))
    with counted(engine) as sent:
        (row,) = run_fixed(session, COUNT, {"scope": "a"})
    assert (row.kept, row.last.utcoffset().total_seconds()) == (1, 0)
    assert [" ".join(each.split())[:12] for each in sent] == ["INSERT INTO ", "SELECT count"]


@pytest.mark.parametrize("statement", [HALF, COUNT], ids=["text", "select"])
def test_what_the_database_refuses_of_a_fixed_statement_is_an_error_like_any_other(
    session: Session, statement: TextClause | Select[int]
) -> None:
    with pytest.raises(DBAPIError), session.begin_nested():
        run_fixed(session, statement, {"by": 0, "scope": "\x00"})
    assert run_fixed(session, HALF, {"by": 2})[0].half == 5


def test_fixed_statements_of_a_savepoint_are_undone_with_it_and_wait_for_what_failed(
    one: Engine,
) -> None:
    values = {"scope": "s", "key": "kept", "request_hash": b""}
    with Session(one) as session:
        assert run_fixed(session, TAKE, values)
        with session.begin_nested() as savepoint:
            assert run_fixed(session, TAKE, values | {"key": "undone"})
            savepoint.rollback()
        assert run_fixed(session, COUNT_ALL, {"scope": "s"})[0].kept == 1
        session.add(StoredAnswer(scope="s", key="kept", request_hash=b""))
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(PendingRollbackError):
            run_fixed(session, COUNT_ALL, {"scope": "s"})
        session.rollback()
        assert run_fixed(session, COUNT_ALL, {"scope": "s"})[0].kept == 0
    assert ask(one, "SELECT count(*) FROM stored_answer") == 0


def test_who_loses_the_database_halfway_is_told_so_and_the_next_one_is_served(
    one: Engine, cluster: Cluster
) -> None:
    other = db.make_engine(cluster.url("app"))
    with pytest.raises(OperationalError) as lost:
        lose(one, other)
    other.dispose()
    assert lost.value.connection_invalidated
    prepare(one)
