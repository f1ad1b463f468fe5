"""The chain over all events: whatever a database administrator changes in it is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.embedded import Cluster
from kernel import events
from kernel.actors import SYSTEM
from kernel.checks import run_check
from kernel.events import Event
from kernel.sealing import CHECKS, seal

OF_ITSELF = frozenset({"facts", "recorded_at", "reason", "request_id", "actor_id", "device_id"})


@dataclass(frozen=True, kw_only=True)
class Seen(Event):
    """Something was seen."""

    name = "thing.seen.v1"
    aggregate = "thing"
    thing_id: UUID
    words: str


@pytest.fixture
def administrator(cluster: Cluster) -> Iterator[Session]:
    """A session that may change everything, and whose changes are undone."""
    engine = create_engine(cluster.url("postgres"))
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def chain(administrator: Session) -> list[int]:
    """Five sealed events, the newest of the chain."""
    thing = uuid4()
    recorded = [
        events.record(administrator, Seen(thing_id=thing, words=f"n° {at} é|"), actor=SYSTEM)
        for at in range(5)
    ]
    while seal(administrator):
        pass
    assert broken(administrator) == []
    return recorded


def broken(session: Session) -> list[str]:
    """Return which checks of the chain find something."""
    return [each.id for each in CHECKS if run_check(session, each) is not None]


def test_each_event_is_sealed_once_in_the_order_it_was_found(
    administrator: Session, chain: list[int]
) -> None:
    sealed = administrator.execute(
        text("SELECT event_id FROM event_seal WHERE event_id = ANY(:ids) ORDER BY position"),
        {"ids": chain},
    ).scalars()
    assert list(sealed) == chain
    assert seal(administrator) == 0


def test_an_event_that_committed_late_is_sealed_at_the_next_turn(
    administrator: Session, chain: list[int]
) -> None:
    administrator.execute(
        text("DELETE FROM event_seal WHERE event_id >= :first"), {"first": chain[2]}
    )
    administrator.execute(text("DELETE FROM delivery WHERE event_id = :late"), {"late": chain[2]})
    late = (
        administrator.execute(
            text("DELETE FROM event WHERE id = :late RETURNING *"), {"late": chain[2]}
        )
        .mappings()
        .one()
    )
    assert seal(administrator) == 2
    administrator.execute(
        text(
            "INSERT INTO event (id, aggregate, aggregate_id, version, name, actor_kind, facts)"
            " OVERRIDING SYSTEM VALUE"
            " VALUES (:id, :aggregate, :aggregate_id, :version, :name, :actor_kind, '{}')"
        ),
        {
            key: late[key]
            for key in ("id", "aggregate", "aggregate_id", "version", "name", "actor_kind")
        },
    )
    assert seal(administrator) == 1
    assert broken(administrator) == []


@pytest.mark.parametrize(
    "tampering",
    [
        'UPDATE event SET facts = facts || \'{"words": "other"}\' WHERE id = :id',
        "UPDATE event SET recorded_at = recorded_at - interval '1 second' WHERE id = :id",
        "UPDATE event SET actor_kind = 'admin' WHERE id = :id",
        "DELETE FROM event_seal WHERE event_id = :id",
        "UPDATE event_seal SET hash = sha256(hash) WHERE event_id = :id",
    ],
)
def test_what_is_changed_afterwards_breaks_the_chain(
    administrator: Session, chain: list[int], tampering: str
) -> None:
    administrator.execute(text(tampering), {"id": chain[2]})
    assert "INV-24" in broken(administrator)


def test_events_that_change_places_break_the_chain(
    administrator: Session, chain: list[int]
) -> None:
    first, second = chain[1], chain[2]
    swap = text("UPDATE event SET version = -version WHERE id IN (:first, :second);")
    administrator.execute(swap, {"first": first, "second": second})
    administrator.execute(
        text(
            "UPDATE event SET version = CASE id WHEN :first THEN 3 ELSE 2 END"
            " WHERE id IN (:first, :second)"
        ),
        {"first": first, "second": second},
    )
    assert "INV-24" in broken(administrator)


def test_the_application_may_neither_change_nor_remove_a_seal(session: Session) -> None:
    allowed = session.execute(
        text(
            "SELECT has_table_privilege('event_seal', 'INSERT'),"
            " has_table_privilege('event_seal', 'UPDATE'),"
            " has_table_privilege('event_seal', 'DELETE')"
        )
    ).one()
    assert tuple(allowed) == (True, False, False)
