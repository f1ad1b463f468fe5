"""The one append-only event table: outbox, audit, order history, feed and journal.

`record` writes the event and one delivery per subscriber in a single statement of the caller's
transaction, so that news leaves if, and only if, what it tells of is true.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, get_type_hints
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, Text, UniqueConstraint, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.db import APPEND_ONLY, Base, BigId
from kernel.fixed import run_fixed


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact of the trade, in the past tense: ids and plain values, no personal data.

    A subclass names its wire `name` and its `aggregate`; the id of the aggregate is its field
    `<aggregate>_id`. `event_id` is 0 until the event has been recorded.
    """

    name: ClassVar[str]
    aggregate: ClassVar[str]
    event_id: int = field(default=0, init=False)

    @property
    def aggregate_id(self) -> UUID:
        """Return the id of what this event happened to."""
        found: UUID = getattr(self, f"{self.aggregate}_id")
        return found


Handler = Callable[[Session, Any], None]
Subscriptions = Mapping[type[Event], Mapping[str, Handler]]


class EventRow(Base):
    """One recorded fact: who, when, where, why, and what, numbered per aggregate."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("aggregate_id", "version"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    aggregate: Mapped[str]
    aggregate_id: Mapped[UUID]
    version: Mapped[int]
    name: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    request_id: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class Delivery(Base):
    """That one subscriber is owed one event: leased by the database clock, fenced, kept 30 days."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_owed",
            "due_at",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
    )

    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("event.id"), primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    fence: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as history shows it."""

    id: int
    name: str
    aggregate_id: UUID
    version: int
    actor_kind: str
    actor_id: UUID | None
    device_id: UUID | None
    location_id: UUID | None
    reason: str | None
    facts: Mapping[str, Any]
    recorded_at: datetime


_subscriptions: dict[type[Event], Mapping[str, Handler]] = {}

_RECORD = text("""
    WITH recorded AS (
        INSERT INTO event (aggregate, aggregate_id, version, name, actor_kind, actor_id, device_id,
                           location_id, reason, request_id, facts)
        VALUES (:aggregate, :aggregate_id,
                (SELECT coalesce(max(version), 0) + 1 FROM event
                 WHERE aggregate_id = :aggregate_id),
                :name, :actor_kind, :actor_id, :device_id, :location_id, :reason, :request_id,
                :facts)
        RETURNING id),
    owed AS (
        INSERT INTO delivery (event_id, subscriber)
        SELECT recorded.id, s.subscriber FROM recorded, unnest(:subscribers) AS s (subscriber))
    SELECT id FROM recorded
""").bindparams(bindparam("facts", type_=JSONB), bindparam("subscribers", type_=ARRAY(Text)))


def subscribe(table: Subscriptions) -> None:
    """Take the table of consequences; `record` owes a delivery to each name in it."""
    _subscriptions.clear()
    _subscriptions.update(table)


def handler_of(name: str, subscriber: str) -> tuple[type[Event], Handler] | None:
    """Return the event class and handler of a delivery; None if nobody listens any more."""
    for kind, handlers in _subscriptions.items():
        if kind.name == name and subscriber in handlers:
            return kind, handlers[subscriber]
    return None


def record(session: Session, event: Event, *, actor: Actor, reason: str | None = None) -> int:
    """Append the event with its deliveries in one statement; return its id.

    The caller holds the lock of the aggregate's row, which keeps its versions gapless.
    """
    facts = _facts(event)
    location = facts.get("location_id")
    (recorded,) = run_fixed(
        session,
        _RECORD,
        {
            "aggregate": event.aggregate,
            "aggregate_id": event.aggregate_id,
            "name": event.name,
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
            "device_id": actor.device_id,
            "location_id": UUID(location) if location else None,
            "reason": reason,
            "request_id": actor.request_id,
            "facts": facts,
            "subscribers": list(_subscriptions.get(type(event), {})),
        },
    )
    event_id: int = recorded.id
    return event_id


def restore(kind: type[Event], event_id: int, facts: Mapping[str, Any]) -> Event:
    """Return the event that was recorded with these facts; facts it no longer has are dropped."""
    hints = _hints(kind)
    values = {name: _plain(hints[name], value) for name, value in facts.items() if name in hints}
    event = kind(**values)
    object.__setattr__(event, "event_id", event_id)
    return event


def list_history(session: Session, aggregate_ids: Sequence[UUID]) -> list[Recorded]:
    """Return what happened to these aggregates, oldest first."""
    rows = session.query(EventRow).filter(EventRow.aggregate_id.in_(aggregate_ids))
    return [_recorded(row) for row in rows.order_by(EventRow.id)]


def get_recorded(session: Session, event_id: int) -> Recorded:
    """Return one event as history shows it; it was recorded, for events are never removed."""
    return _recorded(session.query(EventRow).filter(EventRow.id == event_id).one())


def _recorded(row: EventRow) -> Recorded:
    return Recorded(
        id=row.id,
        name=row.name,
        aggregate_id=row.aggregate_id,
        version=row.version,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        device_id=row.device_id,
        location_id=row.location_id,
        reason=row.reason,
        facts=row.facts,
        recorded_at=row.recorded_at,
    )


def _facts(event: Event) -> dict[str, Any]:
    values = {name: value for name, value in vars(event).items() if name != "event_id"}
    loaded: dict[str, Any] = json.loads(json.dumps(values, default=_json))
    return loaded


def _json(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _hints(kind: type[Event]) -> Mapping[str, Any]:
    return {name: hint for name, hint in get_type_hints(kind).items() if name != "event_id"}


def _plain(hint: object, value: Any) -> Any:  # noqa: ANN401 (JSON in, the field's own type out)
    if value is None:
        return None
    if hint in {UUID, UUID | None}:
        return UUID(value)
    if hint in {datetime, datetime | None}:
        return datetime.fromisoformat(value)
    if hint == tuple[UUID, ...]:
        return tuple(UUID(each) for each in value)
    return value
