"""What a customer and we said to each other outside of orders: calls, visits, notes, chats."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import customers.services
import stores.queries
from customers.commands import RecordInteraction
from customers.errors import UnknownCustomer
from customers.queries import CustomerFacts
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import read_order_number
from orders.errors import InTheFuture, OrderOfAnother
from orders.queries import find_contact_id, find_person, get_order_by_number, get_person
from stores.errors import UnknownLocation


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was kept of a meeting: None where it had been kept before."""

    customer_id: UUID
    interaction_id: int | None


def look_into(
    session: Session, customer_id: UUID, *, door: str, actor: Actor
) -> CustomerFacts | None:
    """Return a customer's file as an actor may see it, None where they may not; both are kept.

    The caller commits before it refuses: a look that was refused is a look.
    """
    person = find_person(session, customer_id, actor=actor)
    if person is not None or customers.queries.find_roots(session, [customer_id]):
        customers.services.record_look(
            session, customer_id, door=door, seen=person is not None, actor=actor
        )
    return person


def record_meeting(
    session: Session, command: RecordInteraction, *, order_number: str | None, actor: Actor
) -> Recorded:
    """Keep that a customer and we met; about one of their orders where it is named.

    Raises UnknownCustomer, UnknownOrder, OrderOfAnother, or InTheFuture.
    """
    person = get_person(session, command.customer_id, actor=actor)
    if command.happened_at is not None and command.happened_at > db_now(session):
        raise InTheFuture
    if order_number is not None:
        command = _about(session, command, person, order_number)
    kept = customers.services.record_interaction(session, command, actor=actor)
    return Recorded(person.id, kept)


def record_brought(
    session: Session,
    said: str,
    command: RecordInteraction,
    *,
    order_number: str | None,
    actor: Actor,
) -> Recorded:
    """Keep a meeting that another system tells of; it names the customer as people do.

    Raises as record_meeting does.
    """
    customer_id = customers.services.find_exactly(session, said)
    if customer_id is None:
        raise UnknownCustomer
    command = replace(command, customer_id=customer_id)
    return record_meeting(session, command, order_number=order_number, actor=actor)


def receive_visitor(session: Session, said: str, *, store_code: str, actor: Actor) -> UUID:
    """Return who says who they are at a store's counter; from then on they are known there.

    Raises UnknownLocation or UnknownCustomer.
    """
    store = stores.queries.get_store(session, store_code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=store_code)
    return customers.services.identify(session, said, location_id=store.id, actor=actor)


def _about(
    session: Session, command: RecordInteraction, person: CustomerFacts, number: str
) -> RecordInteraction:
    """Return the command about an order of theirs, of whatever store: they told us its number."""
    order = get_order_by_number(session, read_order_number(number) or number, actor=SYSTEM)
    contact_id = find_contact_id(session, order.id)
    if contact_id is None or contact_id not in customers.queries.list_contacts_of(
        session, person.id
    ):
        raise OrderOfAnother
    giver = customers.queries.find_giver(session, contact_id) or command.customer_id
    return replace(command, customer_id=giver, order_id=order.id, contact_id=contact_id)
