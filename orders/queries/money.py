"""What was paid of a parcel. Money belongs to the order, goods to its parcels."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import payments.queries
from kernel.actors import SYSTEM
from orders.models import Fulfillment
from orders.pricing import totals
from orders.queries.parcels import get_order, list_order_parcels
from orders.queries.shapes import FulfillmentFacts


def owed_minor(session: Session, order_id: UUID) -> int:
    """Return what an order's customer pays for altogether: everything not given up; minor units."""
    return get_order(session, order_id, actor=SYSTEM).owed.total_minor


def paid_for(session: Session, parcel: FulfillmentFacts) -> int:
    """Return what was paid under a parcel's order and not used up by its other parcels.

    In minor units. What another parcel handed over is used up; what it only owes is not: whoever
    collects first pays, or has paid, first.
    """
    paid = payments.queries.paid_minor(session, parcel.order_id)
    if not paid or not _has_others(session, parcel):
        return paid
    return max(paid - _handed_elsewhere_minor(session, parcel), 0)


def _has_others(session: Session, parcel: FulfillmentFacts) -> bool:
    found = select(func.count()).where(Fulfillment.order_id == parcel.order_id)
    return session.execute(found).scalar_one() > 1


def _handed_elsewhere_minor(session: Session, parcel: FulfillmentFacts) -> int:
    others = [each for each in list_order_parcels(session, parcel.order_id) if each.id != parcel.id]
    return totals(
        line.priced(line.handed_over) for each in others for line in each.lines if line.handed_over
    ).total_minor
