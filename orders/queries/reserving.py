"""Reads of reservations: how many wait for somebody, which were not confirmed in time."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from orders.commands import Formation, Status
from orders.models import FINAL, Fulfillment, Order

LAPSE_MAX: Final = 200


def count_reservations(session: Session, contact_ids: Select[UUID]) -> int:
    """Return how many reservations are open for these contacts."""
    found = (
        select(func.count(func.distinct(Order.id)))
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .where(
            Order.formation == Formation.RESERVATION,
            Order.contact_id.in_(contact_ids),
            Fulfillment.status.not_in(FINAL),
        )
    )
    return session.execute(found).scalar_one()


def list_unconfirmed(session: Session, *, limit: int = LAPSE_MAX) -> list[UUID]:
    """Return the parcels of reservations that their stores did not confirm in time."""
    rows = session.execute(
        select(Fulfillment.id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(
            Order.formation == Formation.RESERVATION,
            Fulfillment.status == Status.NEW,
            Fulfillment.accept_by < DB_NOW,
        )
        .order_by(Fulfillment.accept_by)
        .limit(limit)
    )
    return list(rows.scalars())


def released() -> ColumnElement[bool]:
    """Return the test of parcels that their stores may see: nobody can call them off alone."""
    return or_(
        Fulfillment.status != Status.NEW,
        Fulfillment.release_at.is_(None),
        Fulfillment.release_at <= DB_NOW,
    )
