"""Reads for people who look for an order: lists of parcels, codes, numbers, counts by store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.clock import DB_NOW
from orders import passes
from orders.commands import Channel, Status
from orders.models import FINAL, ExternalOrder, Fulfillment, Order, PickupPass
from orders.queries.owners import find_parcels_behind
from orders.queries.parcels import _fulfillments, at, holds, of_people
from orders.queries.shapes import FulfillmentFacts

PAGE_ROWS: Final = 50
TO_PREPARE: Final = (Status.NEW, Status.ACCEPTED, Status.PICKING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parcels are looked for; what is None or empty does not matter."""

    statuses: Sequence[Status] = ()
    location_id: UUID | None = None
    contact_ids: Sequence[UUID] | None = None
    number: str | None = None
    external_number: str | None = None
    parcel_id: UUID | None = None
    only_late: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """How much one store has to do: open parcels, those past their promise, those that wait."""

    open: int
    late: int
    ready: int


def list_parcels(
    session: Session, wanted: Wanted, *, actor: Actor, skip: int = 0
) -> tuple[list[FulfillmentFacts], int]:
    """Return a page of parcels and how many there are: late ones first, then by what is due next.

    Ended ones follow, the newest first.
    """
    where = _where(wanted, actor)
    found = select(Fulfillment.id).join(Order, Order.id == Fulfillment.order_id).where(where)
    is_open = Fulfillment.ended_at.is_(None)
    order = (
        _late().desc(),
        is_open.desc(),
        case((is_open, Fulfillment.promised_at)).asc(),
        Fulfillment.ended_at.desc(),
        Fulfillment.id,
    )
    ids = list(session.execute(found.order_by(*order).offset(skip).limit(PAGE_ROWS)).scalars())
    facts = {each.id: each for each in _fulfillments(session, Fulfillment.id.in_(ids), actor=actor)}
    count = session.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    return [facts[each] for each in ids if each in facts], count


def find_parcel_by_code(session: Session, code: str, *, actor: Actor) -> UUID | None:
    """Return the waiting parcel which this typed code opens, among those the actor may see.

    Codes are derived from passes and kept nowhere, so each waiting pass is tried.
    """
    rows = session.execute(
        select(PickupPass.id, PickupPass.fulfillment_id)
        .join(Fulfillment, Fulfillment.id == PickupPass.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(Fulfillment.status == Status.READY, PickupPass.revoked_at.is_(None))
        .where(holds(actor), at(actor))
    )
    for row in rows:
        if passes.typed_code(row.id) == code:
            found: UUID = row.fulfillment_id
            return found
    return None


def is_external_number(session: Session, said: str) -> bool:
    """Tell whether a shop brought an order under this number of its own."""
    return session.execute(_brought_as(said).limit(1)).first() is not None


def find_newest_order(session: Session, *, since: datetime, channel: Channel) -> UUID | None:
    """Return the newest order that was placed on a channel since then, if there is one."""
    return session.execute(
        select(Order.id)
        .where(Order.channel == channel, Order.placed_at >= since)
        .order_by(Order.placed_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def list_numbers(session: Session, parcel_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """Return the order number of each parcel, of whatever store; other brands' are left out.

    Also of what keeps goods for a parcel under an id of its own, as stock names it.
    """
    behind = find_parcels_behind(session, parcel_ids)
    rows = session.execute(
        select(Fulfillment.id, Order.number)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(Fulfillment.id.in_(set(behind.values())), holds(actor))
    )
    numbers = {row.id: row.number for row in rows}
    return {
        owner: numbers[parcel_id] for owner, parcel_id in behind.items() if parcel_id in numbers
    }


def count_loads(session: Session, *, actor: Actor) -> dict[UUID, Load]:
    """Return how much each of the actor's stores has to do; stores without work are left out."""
    rows = session.execute(
        select(
            Fulfillment.location_id,
            func.count().label("open"),
            func.count().filter(_late()).label("late"),
            func.count().filter(Fulfillment.status == Status.READY).label("ready"),
        )
        .join(Order, Order.id == Fulfillment.order_id)
        .where(Fulfillment.status.not_in(FINAL), holds(actor), at(actor))
        .group_by(Fulfillment.location_id)
    )
    return {row.location_id: Load(row.open, row.late, row.ready) for row in rows}


def select_visible(actor: Actor, location_id: UUID | None = None) -> Select[*tuple[Any, ...]]:
    """Return the statement of the ids of parcels an actor may see, for others to join."""
    rows = select(Fulfillment.id).join(Order, Order.id == Fulfillment.order_id)
    if location_id is not None:
        rows = rows.where(Fulfillment.location_id == location_id)
    return rows.where(holds(actor), at(actor))


def _where(wanted: Wanted, actor: Actor) -> ColumnElement[bool]:
    tests: list[ColumnElement[bool]] = [holds(actor), at(actor)]
    if wanted.statuses:
        tests.append(Fulfillment.status.in_(wanted.statuses))
    if wanted.location_id is not None:
        tests.append(Fulfillment.location_id == wanted.location_id)
    if wanted.contact_ids is not None:
        tests.append(of_people(wanted.contact_ids))
    if wanted.number is not None:
        tests.append(Order.number == wanted.number)
    if wanted.external_number is not None:
        tests.append(Order.id.in_(_brought_as(wanted.external_number)))
    if wanted.parcel_id is not None:
        tests.append(Fulfillment.id == wanted.parcel_id)
    if wanted.only_late:
        tests.append(_late())
    return and_(*tests)


def _brought_as(number: str) -> Select[UUID]:
    return select(ExternalOrder.order_id).where(ExternalOrder.number == number)


def _late() -> ColumnElement[bool]:
    return and_(Fulfillment.promised_at < DB_NOW, Fulfillment.status.in_(TO_PREPARE))
