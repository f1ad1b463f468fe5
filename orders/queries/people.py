"""Orders by whom they are for: the account's own, and those of a customer that staff look at."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from orders.models import Fulfillment, Order
from orders.queries.parcels import _at, _holds, get_order
from orders.queries.shapes import OrderFacts

OWN_MAX: Final = 20


def list_order_ids(
    session: Session, contact_ids: Collection[UUID], *, skip: int = 0, limit: int = OWN_MAX
) -> list[UUID]:
    """Return the orders that are for these contacts, the newest first.

    The caller has made sure that they are the asker's to see.
    """
    rows = session.execute(
        select(Order.id)
        .where(Order.contact_id.in_(contact_ids))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return list(rows.scalars())


def list_orders_of(
    session: Session, contact_ids: Collection[UUID], *, actor: Actor, limit: int = OWN_MAX
) -> list[OrderFacts]:
    """Return the orders for these contacts that an actor may see, the newest first."""
    rows = session.execute(
        select(Order.id)
        .where(Order.contact_id.in_(contact_ids), _holds(actor), _has_parcel(actor))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return [get_order(session, each, actor=actor) for each in rows.scalars()]


def seen_contacts(session: Session, contact_ids: Collection[UUID], *, actor: Actor) -> set[UUID]:
    """Return those of these contacts for whom there is an order that the actor may see."""
    rows = session.execute(
        select(Order.contact_id)
        .where(Order.contact_id.in_(contact_ids), _holds(actor), _has_parcel(actor))
        .distinct()
    )
    return {each for each in rows.scalars() if each is not None}


def _has_parcel(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Fulfillment.order_id == Order.id, _at(actor))
