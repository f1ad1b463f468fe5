"""Why a figure is what it is: one level taken apart, now or at a past instant."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from inventory.commands import Cause, MovementKind, TaskCause
from inventory.models import CountTask, Incoming, Reservation, ShortageCase, StockMovement
from inventory.queries.levels import LevelFacts, get_level
from inventory.queries.past import level_at
from inventory.queries.safety import Verdict, which_rule
from kernel.clock import DB_NOW, db_now

PROMISES_MAX: Final = 100
DOUBTS_MAX: Final = 20
BASES: Final = (Cause.COUNT, Cause.FEED)


@dataclass(frozen=True, slots=True)
class Basis:
    """The last time somebody said what is there: a count or a feed, and on hand after it."""

    cause: str
    reason: str | None
    recorded_at: datetime
    on_hand: int


@dataclass(frozen=True, slots=True)
class Summed:
    """All movements of one kind since the basis: how many lines, and what they changed."""

    kind: str
    lines: int
    on_hand: int
    reserved: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What is promised to one fulfillment, how much of it lies in a bin, and until when."""

    fulfillment_id: UUID
    quantity: int
    in_bins: int | None
    held_until: datetime | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Doubted:
    """That so many left the offer, when and why."""

    recorded_at: datetime
    quantity: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class TaskOpen:
    """That somebody has to count, why, and until when."""

    cause: TaskCause
    opened_at: datetime
    due_at: datetime
    owner: str | None


@dataclass(frozen=True, slots=True)
class ShortageOpen:
    """That more is promised than is there, by how much, and until when a way must be found."""

    missing: int
    opened_at: datetime
    due_at: datetime
    owner: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What is still to come in, and on which day."""

    expected_on: date
    quantity: int
    reference: str | None
    transfer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One level taken apart; available = on hand - reserved + expired - quarantined - safety stock.

    Of a past instant (`past`) the ledger knows the figures and whom they were promised to; rules,
    tasks and what was expected are only known for now.
    """

    level: LevelFacts
    at: datetime
    past: bool
    basis: Basis | None
    since: tuple[Summed, ...]
    owed: tuple[Owed, ...]
    expired: int
    doubts: tuple[Doubted, ...]
    task: TaskOpen | None
    shortage: ShortageOpen | None
    verdict: Verdict | None
    expected: tuple[Expected, ...]
    available: int


def explain_level(
    session: Session, *, location_id: UUID, sku: str, at: datetime | None = None
) -> Explanation:
    """Return why a location has what it has of a SKU, now or at a past instant.

    An instant to come is answered with now: nobody knows more.

    Raises NoStockRecord when it never had any.
    """
    level = get_level(session, location_id=location_id, sku=sku)
    here = (location_id, sku)
    now = db_now(session)
    at = at if at is not None and at < now else None
    if at is not None:
        level = level_at(session, location_id=location_id, sku=sku, at=at)
    moment = at or now
    until = StockMovement.recorded_at <= moment
    basis, since = _history(session, here, until)
    owed = _promised(session, here) if at is None else _promised_at(session, here, until)
    expired = sum(each.quantity for each in owed if each.expired)
    free = level.on_hand - level.reserved - level.quarantined - level.safety_stock
    return Explanation(
        level=level,
        at=moment,
        past=at is not None,
        basis=basis,
        since=since,
        owed=owed,
        expired=expired,
        doubts=_doubts(session, here, until) if level.quarantined else (),
        task=_task(session, here) if at is None else None,
        shortage=_shortage(session, here) if at is None else None,
        verdict=which_rule(session, location_id=location_id, sku=sku) if at is None else None,
        expected=_expected(session, here) if at is None else (),
        available=max(free + expired, 0),
    )


Here = tuple[UUID, str]


def _of(here: Here) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    location_id, sku = here
    return StockMovement.location_id == location_id, StockMovement.sku == sku


def _history(
    session: Session, here: Here, until: ColumnElement[bool]
) -> tuple[Basis | None, tuple[Summed, ...]]:
    """Return the last count or feed, and what moved since; from the beginning without one."""
    last = session.execute(
        select(StockMovement)
        .where(*_of(here), until, StockMovement.cause.in_(BASES))
        .where(StockMovement.kind == MovementKind.ADJUSTED)
        .order_by(StockMovement.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    rows = select(
        StockMovement.kind,
        func.count(),
        func.sum(StockMovement.on_hand_delta),
        func.sum(StockMovement.reserved_delta),
        func.sum(StockMovement.quarantined_delta),
    ).where(*_of(here), until)
    basis = None
    if last is not None:
        rows = rows.where(StockMovement.id > last.id)
        stood = session.execute(
            select(func.sum(StockMovement.on_hand_delta)).where(
                *_of(here), StockMovement.id <= last.id
            )
        ).scalar_one()
        basis = Basis(last.cause.value, last.reason, last.recorded_at, int(stood))
    grouped = rows.group_by(StockMovement.kind).order_by(StockMovement.kind)
    return basis, tuple(
        Summed(kind.value, lines, int(on_hand), int(reserved), int(quarantined))
        for kind, lines, on_hand, reserved, quarantined in session.execute(grouped)
    )


def _promised(session: Session, here: Here) -> tuple[Owed, ...]:
    location_id, sku = here
    expired = func.coalesce(Reservation.held_until <= DB_NOW, False)
    rows = session.execute(
        select(Reservation, expired.label("expired"))
        .where(
            Reservation.location_id == location_id,
            Reservation.sku == sku,
            Reservation.quantity > 0,
        )
        .order_by(Reservation.created_at, Reservation.fulfillment_id)
        .limit(PROMISES_MAX)
    )
    return tuple(
        Owed(
            row.Reservation.fulfillment_id,
            row.Reservation.quantity,
            row.Reservation.set_aside,
            row.Reservation.held_until,
            row.expired,
        )
        for row in rows
    )


def _promised_at(session: Session, here: Here, until: ColumnElement[bool]) -> tuple[Owed, ...]:
    owed = func.sum(StockMovement.reserved_delta)
    rows = session.execute(
        select(StockMovement.cause_id, owed)
        .where(*_of(here), until, StockMovement.cause == Cause.FULFILLMENT)
        .group_by(StockMovement.cause_id)
        .having(owed > 0)
        .order_by(func.min(StockMovement.id))
        .limit(PROMISES_MAX)
    )
    return tuple(
        Owed(fulfillment_id, int(quantity), None, None, expired=False)
        for fulfillment_id, quantity in rows
        if fulfillment_id is not None
    )


def _doubts(session: Session, here: Here, until: ColumnElement[bool]) -> tuple[Doubted, ...]:
    rows = session.scalars(
        select(StockMovement)
        .where(*_of(here), until, StockMovement.quarantined_delta > 0)
        .order_by(StockMovement.id.desc())
        .limit(DOUBTS_MAX)
    )
    return tuple(Doubted(row.recorded_at, row.quarantined_delta, row.reason) for row in rows)


def _task(session: Session, here: Here) -> TaskOpen | None:
    row = _open_one(session, CountTask, here)
    return row and TaskOpen(row.cause, row.opened_at, row.due_at, row.owner_name)


def _shortage(session: Session, here: Here) -> ShortageOpen | None:
    row = _open_one(session, ShortageCase, here)
    return row and ShortageOpen(row.missing, row.opened_at, row.due_at, row.owner_name)


def _open_one(session: Session, table: type[CountTask | ShortageCase], here: Here) -> Any:  # noqa: ANN401 (a row of either table)
    location_id, sku = here
    wanted = (table.location_id == location_id, table.sku == sku, table.closed_at.is_(None))
    return session.execute(select(table).where(*wanted)).scalar_one_or_none()


def _expected(session: Session, here: Here) -> tuple[Expected, ...]:
    location_id, sku = here
    rows = session.scalars(
        select(Incoming)
        .where(
            Incoming.location_id == location_id,
            Incoming.sku == sku,
            Incoming.closed_at.is_(None),
            Incoming.quantity > Incoming.received,
        )
        .order_by(Incoming.expected_on)
        .limit(DOUBTS_MAX)
    )
    return tuple(
        Expected(row.expected_on, row.quantity - row.received, row.reference, row.transfer_id)
        for row in rows
    )
