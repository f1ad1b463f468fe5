"""What whoever serves a customer has to know: what matters first, and all that happened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

import customers.queries
from customers.queries import CustomerFacts, RepeatedContact, Timeline
from kernel.actors import SYSTEM, Actor
from orders.commands import CaseKind
from orders.models import FINAL, CaseFile, Fulfillment, Order
from orders.queries.parcels import at, get_orders, holds
from orders.queries.people import list_order_ids, seen_contacts
from orders.queries.shapes import OrderFacts

FILE_ORDERS_MAX: Final = 200
HISTORY_PAGE: Final = 50
UNDER_WAY_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something about an order of theirs that a person still has to resolve."""

    case_id: UUID
    kind: CaseKind
    order_id: UUID


@dataclass(frozen=True, slots=True)
class Flags:
    """What stands first on a customer's file, as it is at this moment."""

    repeated: tuple[RepeatedContact, ...]
    open_matters: tuple[OpenMatter, ...]
    uncollected: int

    @property
    def any(self) -> bool:
        """Tell whether there is anything to know first."""
        return bool(self.repeated or self.open_matters or self.uncollected)


def read_history(
    session: Session,
    person: CustomerFacts,
    *,
    actor: Actor,
    before: tuple[datetime, int] | None = None,
    after_id: int | None = None,
    limit: int = HISTORY_PAGE,
) -> Timeline:
    """Return what happened to a customer: on every channel, or with the actor's brand alone."""
    only = _told_to(session, person, actor)
    return customers.queries.list_timeline(
        session, person.id, contact_ids=only, before=before, after_id=after_id, limit=limit
    )


def read_flags(session: Session, person: CustomerFacts, *, actor: Actor) -> Flags:
    """Return what is to be known first of a customer: with the actor's brand, or with us all."""
    only = _told_to(session, person, actor)
    contacts = customers.queries.list_contacts_of(session, person.id) if only is None else only
    order_ids = list_order_ids(session, contacts, limit=FILE_ORDERS_MAX)
    rows = session.execute(
        select(CaseFile.id, CaseFile.kind, CaseFile.order_id)
        .where(CaseFile.order_id.in_(order_ids), CaseFile.closed_at.is_(None))
        .order_by(CaseFile.due_at)
    )
    return Flags(
        tuple(customers.queries.find_repeated_contacts(session, person.id, contact_ids=only)),
        tuple(OpenMatter(row.id, row.kind, row.order_id) for row in rows),
        customers.queries.count_uncollected(session, person.id, contact_ids=only),
    )


def list_under_way(session: Session, person: CustomerFacts, *, actor: Actor) -> list[OrderFacts]:
    """Return the orders of a customer that are not over, the newest first.

    They are those of which their history tells the actor, whichever store has them.
    """
    only = _told_to(session, person, actor)
    contacts = customers.queries.list_contacts_of(session, person.id) if only is None else only
    is_open = exists().where(Fulfillment.order_id == Order.id, Fulfillment.status.not_in(FINAL))
    rows = session.execute(
        select(Order.id)
        .where(Order.contact_id.in_(contacts), is_open)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(UNDER_WAY_MAX)
    )
    return get_orders(session, list(rows.scalars()), actor=SYSTEM)


def select_open_abouts(kind: CaseKind) -> Select[UUID | None]:
    """Return the statement of what the open cases of a kind are about."""
    return select(CaseFile.about_id).where(CaseFile.kind == kind, CaseFile.closed_at.is_(None))


def list_order_places(
    session: Session, order_ids: Collection[UUID], *, actor: Actor
) -> dict[UUID, UUID]:
    """Return one parcel of each of these orders that the actor may open, by order."""
    rows = session.execute(
        select(Fulfillment.order_id, Fulfillment.id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(Order.id.in_(order_ids), holds(actor), at(actor))
        .order_by(Fulfillment.id.desc())
    )
    return {row.order_id: row.id for row in rows}


def _told_to(session: Session, person: CustomerFacts, actor: Actor) -> set[UUID] | None:
    """Return under which contacts an actor knows a customer; None where that does not matter."""
    if actor.brand_id is None:
        return None
    said = customers.queries.list_contacts_of(session, person.id)
    return seen_contacts(session, said, actor=actor)


def name_orders(session: Session, order_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the numbers of these orders."""
    rows = session.execute(select(Order.id, Order.number).where(Order.id.in_(order_ids)))
    return {row.id: row.number for row in rows}
