"""Orders by whom they are for: the account's own, and those of a customer that staff look at."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, or_, select, true, tuple_
from sqlalchemy.orm import Session

import customers.queries
from customers.errors import UnknownCustomer, UnknownMerge
from customers.queries import CustomerFacts, FoundCustomer, MergeFacts, PairFacts
from kernel.actors import Actor
from kernel.ids import read_code, read_order_number
from orders.models import Fulfillment, Order
from orders.queries.parcels import at, get_orders, holds
from orders.queries.searching import find_parcel_by_code
from orders.queries.shapes import OrderFacts

OWN_MAX: Final = 20
SAID_MAX: Final = 500


def list_order_ids(
    session: Session,
    contact_ids: Collection[UUID],
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = OWN_MAX,
) -> list[UUID]:
    """Return the orders that are for these contacts, the newest first, `after` one of them.

    The caller has made sure that they are the asker's to see.
    """
    rows = (
        select(Order.id)
        .where(Order.contact_id.in_(contact_ids))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    if after is not None:
        rows = rows.where(tuple_(Order.placed_at, Order.id) < tuple_(*after))
    return list(session.execute(rows).scalars())


def find_contact_id(session: Session, order_id: UUID) -> UUID | None:
    """Return who an order is for, as they said it; None for a sale to nobody in particular."""
    return session.execute(
        select(Order.contact_id).where(Order.id == order_id)
    ).scalar_one_or_none()


def find_last_brand(session: Session, customer_id: UUID) -> UUID | None:
    """Return the brand somebody ordered of last, if they ever did."""
    said = customers.queries.list_contacts_of(session, customer_id)
    newest = select(Order.brand_id).where(Order.contact_id.in_(said))
    newest = newest.order_by(Order.placed_at.desc(), Order.id.desc()).limit(1)
    return session.execute(newest).scalar_one_or_none()


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
    return get_orders(session, list(rows.scalars()), actor=actor)


def seen_contacts(session: Session, contact_ids: Collection[UUID], *, actor: Actor) -> set[UUID]:
    """Return those of these contacts for whom there is an order that the actor may see."""
    rows = session.execute(
        select(Order.contact_id)
        .where(Order.contact_id.in_(contact_ids), holds(actor), _has_parcel(actor))
        .distinct()
    )
    return {each for each in rows.scalars() if each is not None}


def find_person(session: Session, customer_id: UUID, *, actor: Actor) -> CustomerFacts | None:
    """Return a customer as an actor may see them; None for one who is none of theirs.

    Head office sees everybody whole. Others see what was said to their stores or brand, of whoever
    ordered there or is at the counter now. Numbers and addresses are for who may write to them.
    """
    root = customers.queries.find_roots(session, [customer_id]).get(customer_id)
    if root is None:
        return None
    seen: set[UUID] | None = None
    if _is_limited(actor):
        said = customers.queries.list_contacts_of(session, root)
        seen = seen_contacts(session, said, actor=actor)
        if not seen and not customers.queries.is_at_counter(session, root, actor.location_ids):
            return None
        seen = seen or set(said[:1])
    found = customers.queries.get_customer(session, root, said_in=seen)
    return found if actor.may("customers.contacts") else customers.queries.mask(found)


def list_pairs(
    session: Session, *, actor: Actor
) -> list[tuple[PairFacts, FoundCustomer, FoundCustomer]]:
    """Return who may be one person, each as they were called last: of whom the actor sees both.

    The statements are bounded, however many pairs there are.
    """
    pairs = customers.queries.list_likely(session)
    roots = {each for pair in pairs for each in (pair.one_id, pair.other_id)}
    said = customers.queries.list_contacts_of_all(session, roots)
    if _is_limited(actor):
        seen = seen_contacts(session, said, actor=actor)
        said, roots = [each for each in said if each in seen], set()
    found = customers.queries.list_found(session, said, known=roots, limit=len(said) + len(roots))
    people = {each.id: each for each in found}
    return [
        (each, people[each.one_id], people[each.other_id])
        for each in pairs
        if {each.one_id, each.other_id} <= set(people)
    ]


def get_person(session: Session, customer_id: UUID, *, actor: Actor) -> CustomerFacts:
    """Return a customer as an actor may see them.

    Raises UnknownCustomer, also for those who are none of theirs.
    """
    found = find_person(session, customer_id, actor=actor)
    if found is None:
        raise UnknownCustomer
    return found


def find_known(
    session: Session, *, email: str | None = None, phone: str | None = None, actor: Actor
) -> CustomerFacts | None:
    """Return whom an address or a number (E.164) reaches, as they said it to the actor's stores.

    Also in orders that were begun there and are another store's to do. None where nobody of that
    point ordered anything of the actor's stores.
    """
    reached = customers.queries.list_contact_ids(session, email=email, phone=phone)
    theirs = true() if actor.location_ids is None else Order.placed_at_id.in_(actor.location_ids)
    rows = session.execute(
        select(Order.contact_id)
        .where(Order.contact_id.in_(reached), holds(actor), or_(theirs, _has_parcel(actor)))
        .order_by(Order.placed_at.desc())
    ).scalars()
    said = [each for each in rows if each is not None]
    if not said:
        return None
    owner = customers.queries.list_contact_owners(session, said)[said[0]]
    return customers.queries.get_customer(session, owner, said_in=said)


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
    """Return the customers whom anything that was said names, the newest first.

    A name in any order of its words, a part of a number or address, an order's number, the code of
    a parcel that waits, a card, a company. They are those whom the actor may see, fifty at most, in
    a bounded number of statements; numbers and addresses are for who may write to them.
    """
    contacts = _contacts_of_order(session, said, actor=actor)
    known: list[UUID] = []
    if not contacts:
        contacts = find_contacts_said(session, said, actor=actor)
        known = _known_as(session, said)
    if known and _is_limited(actor):
        theirs = customers.queries.list_contacts_of_all(session, known)
        contacts += sorted(seen_contacts(session, theirs, actor=actor), reverse=True)
        known = []
    found = customers.queries.list_found(session, contacts, known=known)
    if actor.may("customers.contacts"):
        return found
    return [customers.queries.mask_found(each) for each in found]


def find_contacts_said(
    session: Session, said: str, *, actor: Actor, limit: int = SAID_MAX
) -> list[UUID]:
    """Return the newest contacts in which all of what was said stands, of whom the actor sees."""
    if not _is_limited(actor):
        return customers.queries.find_contact_ids(session, said, limit=limit)
    wanted = customers.queries.select_said(said)
    if wanted is None:
        return []
    rows = session.execute(
        select(Order.contact_id)
        .where(Order.contact_id.in_(wanted), holds(actor), _has_parcel(actor))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    ).scalars()
    return list(dict.fromkeys(each for each in rows if each is not None))


def _known_as(session: Session, said: str) -> list[UUID]:
    """Return whom an account, a card, a company or a whole number names, after all merges."""
    known = customers.queries.find_known_as(session, said)
    return sorted(set(customers.queries.find_roots(session, known).values()))


def list_order_ids_said(session: Session, said: str, *, actor: Actor) -> list[UUID]:
    """Return the order whose number, or whose parcel's code, was said, if the actor may see it."""
    return [row.id for row in _orders_said(session, said, actor=actor)]


def _contacts_of_order(session: Session, said: str, *, actor: Actor) -> list[UUID]:
    rows = _orders_said(session, said, actor=actor)
    return [row.contact_id for row in rows if row.contact_id is not None]


def _orders_said(session: Session, said: str, *, actor: Actor) -> Sequence[Row[UUID, UUID | None]]:
    number, code = read_order_number(said), read_code(said)
    parcel = find_parcel_by_code(session, code, actor=actor) if code else None
    if number is None and parcel is None:
        return []
    behind = select(Fulfillment.order_id).where(Fulfillment.id == parcel)
    named = Order.number == number if number else Order.id.in_(behind)
    return session.execute(
        select(Order.id, Order.contact_id).where(named, holds(actor), _has_parcel(actor))
    ).all()


def _is_limited(actor: Actor) -> bool:
    """Tell whether somebody sees the customers of some stores, of a brand or of a source alone."""
    return any(each is not None for each in (actor.location_ids, actor.brand_id, actor.source))


def _has_parcel(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Fulfillment.order_id == Order.id, at(actor))
