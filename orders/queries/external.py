"""Orders another shop brought: what it stated, and what became of the money it took."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import payments.queries
from kernel.actors import Actor
from kernel.clock import DB_NOW
from orders.errors import UnknownOrder
from orders.models import ExternalOrder
from orders.queries.parcels import get_order
from orders.queries.shapes import OrderFacts

A_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BroughtOrder:
    """An order of another shop as it is now, with its number there; minor units.

    `stated_minor` is what the shop said that it comes to, `paid_minor` what it took, `back_minor`
    what of that it is to give back.
    """

    order: OrderFacts
    source: str
    external_number: str
    stated_minor: int
    paid_minor: int
    back_minor: int
    payment_reference: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """What an order was when it was brought, word for word, and what it is here."""

    order_id: UUID
    stated: Mapping[str, Any]


def find_stated(session: Session, *, source: str, number: str) -> Stated | None:
    """Return what a shop stated under a number of its own, if it brought one."""
    row = session.execute(
        select(ExternalOrder.order_id, ExternalOrder.stated).where(
            ExternalOrder.source == source, ExternalOrder.number == number
        )
    ).one_or_none()
    return None if row is None else Stated(row.order_id, row.stated)


def brought_minor(session: Session, key_id: UUID) -> int:
    """Return what a key brought within 24 hours, as it was stated; minor units."""
    total = func.coalesce(func.sum(ExternalOrder.total_minor), 0)
    within = select(total).where(
        ExternalOrder.key_id == key_id, ExternalOrder.brought_at > DB_NOW - A_DAY
    )
    return int(session.execute(within).scalar_one())


def get_brought(session: Session, number: str, *, actor: Actor) -> BroughtOrder:
    """Return the order a shop brought under a number of its own.

    Raises UnknownOrder, also for those of other shops, and for whoever brings none.
    """
    named = (ExternalOrder.source == actor.source) & (ExternalOrder.number == number)
    row = session.execute(select(ExternalOrder).where(named)).scalar_one_or_none()
    if row is None:
        raise UnknownOrder
    return _brought(session, row, get_order(session, row.order_id, actor=actor))


def find_brought(session: Session, order: OrderFacts) -> BroughtOrder | None:
    """Return an order as the shop knows it that brought it; None when none did."""
    row = session.get(ExternalOrder, order.id)
    return None if row is None else _brought(session, row, order)


def _brought(session: Session, row: ExternalOrder, order: OrderFacts) -> BroughtOrder:
    paid = payments.queries.list_outside(session, row.order_id)
    return BroughtOrder(
        order,
        row.source,
        row.number,
        row.total_minor,
        sum(each.amount_minor for each in paid),
        sum(each.back_minor for each in paid),
        next((each.payment_reference for each in paid), None),
    )
