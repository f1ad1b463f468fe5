"""What whoever serves a customer has to know: what matters first, and all that happened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import customers.queries
from customers.queries import CustomerFacts, RepeatedContact, Timeline
from kernel.actors import Actor
from orders.commands import CaseKind
from orders.models import CaseFile, Order
from orders.queries.people import list_order_ids, seen_contacts

FILE_ORDERS_MAX: Final = 200
HISTORY_PAGE: Final = 50


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
    only: set[UUID] | None = None
    if actor.brand_id is not None:
        said = customers.queries.list_contacts_of(session, person.id)
        only = seen_contacts(session, said, actor=actor)
    return customers.queries.list_timeline(
        session, person.id, contact_ids=only, before=before, after_id=after_id, limit=limit
    )


def read_flags(session: Session, person: CustomerFacts) -> Flags:
    """Return what is to be known first of a customer."""
    contacts = customers.queries.list_contacts_of(session, person.id)
    order_ids = list_order_ids(session, contacts, limit=FILE_ORDERS_MAX)
    rows = session.execute(
        select(CaseFile.id, CaseFile.kind, CaseFile.order_id)
        .where(CaseFile.order_id.in_(order_ids), CaseFile.closed_at.is_(None))
        .order_by(CaseFile.due_at)
    )
    return Flags(
        tuple(customers.queries.find_repeated_contacts(session, person.id)),
        tuple(OpenMatter(row.id, row.kind, row.order_id) for row in rows),
        customers.queries.count_uncollected(session, person.id),
    )


def name_orders(session: Session, order_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the numbers of these orders."""
    rows = session.execute(select(Order.id, Order.number).where(Order.id.in_(order_ids)))
    return {row.id: row.number for row in rows}
