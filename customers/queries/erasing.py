"""Who is to be forgotten, and who has been."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.models import Customer, Erasure
from customers.queries.resolving import find_roots, select_family


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """That somebody is to be forgotten: who asked, since when; and when it was done."""

    id: UUID
    customer_id: UUID
    by_customer: bool
    author_name: str
    asked_at: datetime
    done_at: datetime | None


def find_erasure(session: Session, customer_id: UUID) -> ErasureFacts | None:
    """Return the erasure of a customer that waits or was done; None where nobody asked for one."""
    row = session.execute(
        select(Erasure)
        .where(Erasure.customer_id.in_(select_family(customer_id)), Erasure.withdrawn_at.is_(None))
        .order_by(Erasure.done_at.desc().nulls_first(), Erasure.asked_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None:
        return None
    return ErasureFacts(
        row.id, row.customer_id, row.by_customer, row.author_name, row.asked_at, row.done_at
    )


def list_waiting_erasures(session: Session, *, limit: int) -> Sequence[UUID]:
    """Return the customers who are to be forgotten and are not yet, whoever asked first."""
    rows = session.execute(
        select(Erasure.customer_id)
        .where(Erasure.done_at.is_(None), Erasure.withdrawn_at.is_(None))
        .order_by(Erasure.asked_at)
        .limit(limit)
    )
    return rows.scalars().all()


def is_erased(session: Session, customer_id: UUID) -> bool:
    """Tell whether somebody was forgotten; of whom there never was, nothing is known either."""
    root = find_roots(session, [customer_id]).get(customer_id)
    row = session.execute(select(Customer.closed_at).where(Customer.id == root)).one_or_none()
    return row is None or row.closed_at is not None
