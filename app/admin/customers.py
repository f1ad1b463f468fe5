"""Customers: found by whatever they say, shown with their orders, joined, and parted again."""

from typing import Any, Final
from uuid import UUID

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import customers.queries
import customers.services
import orders.queries
from app import customer_files, forms
from app.admin.blueprint import DOOR, blueprint, go_to, show
from app.admin.consents import show_standing
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.words import CHANNELS, STATES
from app.answers import Shown
from app.customer_files import File, Leads
from app.i18n import current
from app.i18n import gettext as _
from app.liking import say_liking
from customers.errors import UnknownCustomer
from customers.queries import CustomerFacts
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.queries import OrderFacts

REASON_MAX: Final = 200
NOTE_MAX: Final = 2_000
LEADS: Final = Leads(
    talk=lambda thread_id: url_for("office.conversation", thread_id=thread_id),
    order=lambda _file, _id, number: url_for("office.order", number=number.replace("-", "")),
)


@blueprint.get("/customers", endpoint="customers")
@declare(permission="customers.read")
def find_customers() -> str:
    """Find whatever a customer says: themselves, an order, an article and who waits for it."""
    said, actor = asked("q"), current_actor()
    with transaction() as session:
        found = orders.queries.find_anything(session, said, language=current(), actor=actor)
        doubles = customers.queries.count_likely(session) if actor.may("customers.merge") else 0
    return show(
        "customers.html",
        tab="customers",
        said=said,
        found=found.people,
        article=found.article,
        rows=[_order_row(each, name) for each, name in found.orders],
        doubles=doubles,
    )


@blueprint.get("/customers/<uuid:customer_id>")
@declare(permission="customers.read")
def customer(customer_id: UUID) -> str:
    """Show one customer: how they are reached, what they ordered, with whom they were joined."""
    return _file_page(customer_id, Answers({}))


@blueprint.get("/customers/<uuid:customer_id>/news")
@declare(permission="customers.read")
def customer_news(customer_id: UUID) -> AnyResponse | str:
    """Show a customer's history anew where something was added since it was shown; else nothing."""
    actor = current_actor()
    with transaction() as session:
        person = orders.queries.get_person(session, customer_id, actor=actor)
        file = customer_files.read_file(session, person, actor=actor)
    if file.mark == request.args.get("seen", ""):
        return Response(status=204)
    return render_template("file/live.html", file=file, news=_news(file), leads=LEADS)


@blueprint.post("/customers/<uuid:customer_id>/notes")
@declare(permission="customers.note")
def add_note(customer_id: UUID) -> Shown:
    """Add a call, a visit or a note to a customer's history."""
    answers = read_form()
    said = answers.text("text", _("Say what it was about."), longest=NOTE_MAX)
    kind = answers.typed.get("kind", "")
    if kind not in customer_files.NOTED:
        answers.errors["kind"] = _("Choose one.")
    if answers.errors:
        return _file_page(customer_id, answers), 422

    def act() -> str:
        customer_files.add_note(
            session,
            customer_id,
            kind=kind,
            text=said,
            order=answers.text("order"),
            actor=current_actor(),
        )
        return go_to("customer", customer_id=customer_id, done="noted")

    with transaction() as session:
        return forms.once(session, act)


@blueprint.get("/customers/<uuid:customer_id>/looks")
@declare(permission="customers.audit")
def customer_looks(customer_id: UUID) -> str:
    """Show who looked into a customer's file, and who was refused it."""
    with transaction() as session:
        person = orders.queries.get_person(session, customer_id, actor=current_actor())
        looks = customers.queries.list_looks(session, person.id)
    return show(
        "customer_looks.html",
        tab="customers",
        person=person,
        looks=[(each, customer_files.say_looker(each)) for each in looks],
        doors=customer_files.DOORS,
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


def _file_page(customer_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    with transaction() as session:
        file = customer_files.open_file(session, customer_id, door=DOOR, actor=actor)
        rows = _read(session, customer_id)[1] if file else []
        liked = say_liking(session, file.person.preference) if file else {}
        said = customers.queries.list_consents(session, customer_id) if file else []
        erasure = customers.queries.find_erasure(session, customer_id) if file else None
    if file is None:
        raise UnknownCustomer
    return show(
        "customer.html",
        tab="customers",
        person=file.person,
        file=file,
        news=_news(file),
        leads=LEADS,
        rows=rows,
        liked=liked,
        was=customer_id if customer_id != file.person.id else None,
        done=asked("done"),
        kinds=_kinds(),
        about=[("", _("none")), *((each["number"], each["number"]) for each in rows)],
        typed=answers.typed,
        errors=answers.errors,
        **show_standing(said),
        erasure=erasure,
        can_export=actor.may("customers.export"),
        can_erase=actor.may("customers.erase"),
        can_merge=actor.may("customers.merge"),
        can_note=actor.may("customers.note"),
        can_audit=actor.may("customers.audit"),
    )


def _news(file: File) -> str:
    return url_for("office.customer_news", customer_id=file.person.id, seen=file.mark)


def _kinds() -> list[tuple[str, str]]:
    return [(kind, _(customer_files.MEETINGS[kind])) for kind in customer_files.NOTED]


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
    return person, [_order_row(each) for each in found]


def _order_row(order: OrderFacts, name: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "number": show_order_number(order.number),
        "code": order.number,
        "state": STATES[order.status],
        "channel": CHANNELS[order.channel],
        "placed_at": order.placed_at,
        "total_minor": order.owed.total_minor,
        "currency": order.currency,
    }
