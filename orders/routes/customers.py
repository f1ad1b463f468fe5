"""Customers over HTTP: found, read, merged and parted, by those who may see their orders."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.queries
import customers.services
from customers.errors import UnknownCustomer
from customers.queries import CustomerFacts
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import DOOR, blueprint
from orders.routes.identity import show_preference
from orders.schemas.customers import (
    CustomerQuerySchema,
    CustomerSchema,
    CustomersSchema,
    MergeCustomersSchema,
    MergeIdSchema,
)


@blueprint.get("/customers")
@declare(permission="customers.read")
@blueprint.arguments(CustomerQuerySchema, location="query")
@blueprint.response(200, CustomersSchema)
def find_customers(query: dict[str, Any]) -> dict[str, Any]:
    """Find customers by name, telephone number, e-mail address or order number."""
    with transaction() as session:
        return {"customers": queries.find_people(session, query["q"], actor=current_actor())}


@blueprint.get("/customers/<uuid:customer_id>")
@declare(permission="customers.read")
@blueprint.response(200, CustomerSchema)
def read_customer(customer_id: UUID) -> dict[str, Any]:
    """Read one customer: how they are reached, what they ordered, with whom they were merged.

    Whoever reads it is noted.
    """
    actor, shown = current_actor(), None
    with transaction() as session:
        person = services.look_into(session, customer_id, door=DOOR, actor=actor)
        if person is not None:
            shown = _show(session, person, actor)
    if shown is None:
        raise UnknownCustomer
    return shown


def _show(session: Session, person: CustomerFacts, actor: Actor) -> dict[str, Any]:
    contacts = customers.queries.list_contacts_of(session, person.id)
    found = queries.list_orders_of(session, contacts, actor=actor)
    shown = {name: getattr(person, name) for name in ("id", "name", "language", "created_at")}
    return {
        **shown,
        "has_account": person.account is not None,
        "points": person.points,
        "addresses": person.addresses,
        "merges": person.merges,
        "cards": person.cards,
        "companies": person.companies,
        "preferences": show_preference(session, person.preference, person.language),
        "former_ids": [{"source": source, "value": value} for source, value in person.former],
        "orders": [
            {
                "id": each.id,
                "number": show_order_number(each.number),
                "status": each.status,
                "placed_at": each.placed_at,
            }
            for each in found
        ],
    }


@blueprint.post("/customers/<uuid:customer_id>/merges")
@declare(permission="customers.merge", keyed=True)
@blueprint.arguments(MergeCustomersSchema)
@blueprint.response(201, MergeIdSchema)
def merge(body: dict[str, Any], customer_id: UUID) -> Response:
    """Say that another customer is the same person as this one. It can be undone."""
    with transaction() as session:
        return answer_once(session, lambda: (201, _merge(session, customer_id, body)))


@blueprint.post("/customer-merges/<uuid:merge_id>/undo")
@declare(permission="customers.merge", keyed=True)
@blueprint.response(200, MergeIdSchema)
def undo(merge_id: UUID) -> Response:
    """Have both customers there on their own again, as if they had never been merged."""
    with transaction() as session:
        return answer_once(session, lambda: (200, _undo(session, merge_id)))


def _merge(session: Session, customer_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    for each in (customer_id, body["customer_id"]):
        queries.get_person(session, each, actor=actor)
    merge_id = customers.services.merge_customers(
        session,
        kept_id=customer_id,
        merged_id=body["customer_id"],
        reason=body["reason"],
        actor=actor,
    )
    return {"id": str(merge_id)}


def _undo(session: Session, merge_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    queries.get_seen_merge(session, merge_id, actor=actor)
    customers.services.undo_merge(session, merge_id, actor=actor)
    return {"id": str(merge_id)}
