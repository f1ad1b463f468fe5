"""What was paid of a parcel. Money belongs to the order, goods to its parcels."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import payments.queries
from kernel.actors import SYSTEM
from orders.models import Fulfillment
from orders.pricing import totals
from orders.queries.parcels import get_order
from orders.queries.shapes import FulfillmentFacts, OrderFacts
from payments.commands import ObligationStatus

PROMISED: Final = frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED})

ASKED: Final = frozenset({ObligationStatus.OPENED, ObligationStatus.FAILED})


def owed_minor(session: Session, order_id: UUID) -> int:
    """Return what an order's customer pays for altogether: everything not given up; minor units."""
    return get_order(session, order_id, actor=SYSTEM).owed.total_minor


def paid_for(session: Session, parcel: FulfillmentFacts) -> int:
    """Return what was paid under a parcel's order and not used up by its other parcels.

    In minor units. What another parcel handed over is used up; what it only owes is not: whoever
    collects first pays, or has paid, first.
    """
    return max(unspent_minor(session, parcel), 0)


def difference_minor(session: Session, order_id: UUID) -> int | None:
    """Return what a card is still to pay of an order that was paid already; None when it was not.

    In minor units. What a till was paid for is due there again, unless a card is asked for it.
    """
    known = payments.queries.list_obligations(session, order_id)
    opened = sum(each.amount_minor for each in known if each.status is ObligationStatus.OPENED)
    if any(each.status in PROMISED for each in known):
        return opened
    return opened if opened and payments.queries.list_tickets(session, order_id) else None


def at_counter_minor(session: Session, order: OrderFacts) -> int:
    """Return what is due at the counter of an order that cards pay: too little for one of them."""
    known = payments.queries.list_obligations(session, order.id)
    held = sum(each.amount_minor for each in known if each.status is ObligationStatus.AUTHORISED)
    by_card = any(each.status in PROMISED for each in known)
    if not by_card or any(each.status in ASKED for each in known):
        return 0
    paid = payments.queries.paid_minor(session, order.id)
    return max(order.owed.total_minor - held - paid, 0)


def unspent_minor(session: Session, parcel: FulfillmentFacts) -> int:
    """Return what `paid_for` does; below nothing while having goods brought is still to be paid."""
    paid = payments.queries.paid_minor(session, parcel.order_id)
    if parcel.delivery_method_id is None and not (paid and _has_others(session, parcel)):
        return paid
    order = get_order(session, parcel.order_id, actor=SYSTEM)
    brought = sum(charge.amount_minor for charge in order.due_charges)
    return paid - _handed_elsewhere_minor(order, parcel) - brought


def _has_others(session: Session, parcel: FulfillmentFacts) -> bool:
    found = select(func.count()).where(Fulfillment.order_id == parcel.order_id)
    return session.execute(found).scalar_one() > 1


def _handed_elsewhere_minor(order: OrderFacts, parcel: FulfillmentFacts) -> int:
    others = [each for each in order.fulfillments if each.id != parcel.id]
    return totals(
        line.priced(line.handed_over) for each in others for line in each.lines if line.handed_over
    ).total_minor
