"""Customers: found by whatever they say, shown with their orders, joined, and parted again."""

from typing import Any, Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

import customers.queries
import customers.services
import orders.queries
from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.words import CHANNELS, STATES
from app.answers import Shown
from app.i18n import gettext as _
from customers.errors import UnknownCustomer
from customers.queries import CustomerFacts
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare

REASON_MAX: Final = 200


@blueprint.get("/customers", endpoint="customers")
@declare(permission="customers.read")
def find_customers() -> str:
    """Find customers by name, telephone number, e-mail address or order number."""
    said = asked("q")
    with transaction() as session:
        found = orders.queries.find_people(session, said, actor=current_actor()) if said else []
    return show("customers.html", tab="customers", said=said, found=found)


@blueprint.get("/customers/<uuid:customer_id>")
@declare(permission="customers.read")
def customer(customer_id: UUID) -> str:
    """Show one customer: how they are reached, what they ordered, with whom they were joined."""
    with transaction() as session:
        person, rows = _read(session, customer_id)
    return show(
        "customer.html",
        tab="customers",
        person=person,
        rows=rows,
        was=customer_id if customer_id != person.id else None,
        done=asked("done"),
        can_merge=current_actor().may("customers.merge"),
    )


@blueprint.get("/customers/<uuid:customer_id>/merge")
@declare(permission="customers.merge")
def propose_merge(customer_id: UUID) -> Shown:
    """Look for somebody who is the same person, and show both side by side."""
    return _proposal(customer_id, Answers({}))


@blueprint.post("/customers/<uuid:customer_id>/merge")
@declare(permission="customers.merge")
def merge_customers(customer_id: UUID) -> Shown:
    """Say that another customer is the same person as this one, and why."""
    answers = read_form()
    reason = answers.text("reason", _("Say how you know."), longest=REASON_MAX)
    other = read_id(answers.text("other"))
    if other is None or answers.errors:
        return _proposal(customer_id, answers), 422
    with transaction() as session:
        return forms.once(session, lambda: _merge(session, customer_id, other, reason))


@blueprint.post("/customers/<uuid:customer_id>/merges/<uuid:merge_id>/undo")
@declare(permission="customers.merge")
def undo_merge(customer_id: UUID, merge_id: UUID) -> Shown:
    """Have both customers there on their own again."""
    actor = current_actor()

    def act() -> str:
        known = orders.queries.get_seen_merge(session, merge_id, actor=actor)
        customers.services.undo_merge(session, known.id, actor=actor)
        return go_to("customer", customer_id=customer_id, done="parted")

    with transaction() as session:
        return forms.once(session, act)


def _merge(session: Session, kept_id: UUID, merged_id: UUID, reason: str) -> str:
    actor = current_actor()
    for each in (kept_id, merged_id):
        orders.queries.get_person(session, each, actor=actor)
    customers.services.merge_customers(
        session, kept_id=kept_id, merged_id=merged_id, reason=reason, actor=actor
    )
    return go_to("customer", customer_id=kept_id, done="merged")


def _proposal(customer_id: UUID, answers: Answers) -> str:
    said, actor = asked("q"), current_actor()
    chosen = read_id(answers.typed.get("other", "") or asked("with"))
    with transaction() as session:
        person, rows = _read(session, customer_id)
        other: CustomerFacts | None = None
        other_rows: list[dict[str, Any]] = []
        if chosen is not None:
            other, other_rows = _read(session, chosen)
            if other.id == person.id:
                raise UnknownCustomer
        looked_for = said or person.name
        found = orders.queries.find_people(session, looked_for, actor=actor) if not other else []
    return show(
        "customer_merge.html",
        tab="customers",
        person=person,
        said=said or person.name,
        found=[each for each in found if each.id != person.id],
        sides=[(person, rows), (other, other_rows)] if other else [],
        other=other,
        typed=answers.typed,
        errors=answers.errors,
        back=url_for("office.customer", customer_id=person.id),
    )


def _read(session: Session, customer_id: UUID) -> tuple[CustomerFacts, list[dict[str, Any]]]:
    actor = current_actor()
    person = orders.queries.get_person(session, customer_id, actor=actor)
    contacts = customers.queries.list_contacts_of(session, person.id)
    found = orders.queries.list_orders_of(session, contacts, actor=actor)
    rows = [
        {
            "number": show_order_number(each.number),
            "code": each.number,
            "state": STATES[each.status],
            "channel": CHANNELS[each.channel],
            "placed_at": each.placed_at,
            "total_minor": each.owed.total_minor,
            "currency": each.currency,
        }
        for each in found
    ]
    return person, rows
