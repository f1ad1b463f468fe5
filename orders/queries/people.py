"""Orders by whom they are for: the account's own, and those of a customer that staff look at."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

import customers.queries
from customers.errors import UnknownCustomer, UnknownMerge
from customers.queries import CustomerFacts, FoundCustomer, MergeFacts
from kernel.actors import Actor
from kernel.ids import read_order_number
from orders.models import Fulfillment, Order
from orders.queries.parcels import at, get_order, holds
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
        .where(Order.contact_id.in_(contact_ids), holds(actor), _has_parcel(actor))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return [get_order(session, each, actor=actor) for each in rows.scalars()]


def seen_contacts(session: Session, contact_ids: Collection[UUID], *, actor: Actor) -> set[UUID]:
    """Return those of these contacts for whom there is an order that the actor may see."""
    rows = session.execute(
        select(Order.contact_id)
        .where(Order.contact_id.in_(contact_ids), holds(actor), _has_parcel(actor))
        .distinct()
    )
    return {each for each in rows.scalars() if each is not None}


def get_person(session: Session, customer_id: UUID, *, actor: Actor) -> CustomerFacts:
    """Return a customer as an actor may see them: whole, or what was said to their stores.

    Raises UnknownCustomer, also for those who ordered nothing of the actor's stores or brand.
    """
    if actor.location_ids is None and actor.brand_id is None:
        return customers.queries.get_customer(session, customer_id)
    said = customers.queries.list_contacts_of(session, customer_id)
    seen = seen_contacts(session, said, actor=actor)
    if not seen:
        raise UnknownCustomer
    return customers.queries.get_customer(session, customer_id, said_in=seen)


def get_seen_merge(session: Session, merge_id: UUID, *, actor: Actor) -> MergeFacts:
    """Return a merge of a customer whom the actor may see.

    Raises UnknownMerge.
    """
    known = customers.queries.get_merge(session, merge_id)
    try:
        get_person(session, known.kept_id, actor=actor)
    except UnknownCustomer as error:
        raise UnknownMerge from error
    return known


def find_people(session: Session, said: str, *, actor: Actor) -> list[FoundCustomer]:
    """Return the customers a name, number, address or order number belongs to, the newest first.

    They are those whom the actor may see; a few dozen at most.
    """
    number = read_order_number(said)
    if number is not None:
        order = session.execute(
            select(Order.contact_id).where(Order.number == number, holds(actor), _has_parcel(actor))
        ).scalar_one_or_none()
        return customers.queries.list_found(session, [order] if order else [])
    contacts = customers.queries.find_contact_ids(session, said)
    if actor.location_ids is None and actor.brand_id is None:
        accounts = customers.queries.list_account_owners(session, said)
        return customers.queries.list_found(session, contacts, accounts=accounts)
    seen = seen_contacts(session, contacts, actor=actor)
    return customers.queries.list_found(session, [each for each in contacts if each in seen])


def _has_parcel(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Fulfillment.order_id == Order.id, at(actor))
