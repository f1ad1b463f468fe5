"""Giving out all that is kept of a customer, and forgetting them: shown first, then done."""

from typing import Any, cast
from uuid import UUID

from flask import Response, redirect, url_for
from sqlalchemy.orm import Session

import customers.services
import orders.queries
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, go_to, show
from app.admin.queue import show_refused
from app.admin.reading import read_form
from app.answers import Shown
from app.i18n import gettext as _
from app.rights import forgetting
from app.rights.exporting import as_download, export_person
from customers.queries import CustomerFacts
from kernel.db import transaction
from kernel.web import current_actor, declare


@blueprint.post("/customers/<uuid:customer_id>/export")
@declare(permission="customers.export")
def export_customer(customer_id: UUID) -> Response:
    """Give out all that is kept of a customer; that it was is kept too."""
    actor = current_actor()
    with transaction() as session:
        person = orders.queries.get_person(session, customer_id, actor=actor)
        archive = export_person(session, person.id, actor=actor)
    return as_download(archive, person.id)


@blueprint.get("/customers/<uuid:customer_id>/forget")
@declare(permission="customers.erase")
def foresee_forgetting(customer_id: UUID) -> str:
    """Show what forgetting a customer would do, and which orders it waits for."""
    return _page(customer_id)


@blueprint.post("/customers/<uuid:customer_id>/forget")
@declare(permission="customers.erase")
def forget_customer(customer_id: UUID) -> Shown:
    """Have a customer forgotten: now, or as soon as nothing of their orders is open."""
    if read_form().typed.get("sure") != "yes":
        return _page(customer_id, error=_("Say that you know it cannot be undone.")), 422
    actor = current_actor()

    def act() -> str:
        person = orders.queries.get_person(session, customer_id, actor=actor)
        forgetting.ask_to_forget(session, person.id, actor=actor)
        return go_to("foresee_forgetting", customer_id=person.id)

    with transaction() as session:
        return forms.once(session, act)


@blueprint.post("/customers/<uuid:customer_id>/keep")
@declare(permission="customers.erase")
def keep_customer(customer_id: UUID) -> Shown:
    """Have a customer not forgotten after all."""
    actor = current_actor()

    def act() -> str:
        person = orders.queries.get_person(session, customer_id, actor=actor)
        customers.services.withdraw_erasure(session, person.id, actor=actor)
        return go_to("customer", customer_id=person.id)

    with transaction() as session:
        return forms.once(session, act)


@blueprint.post("/conversations/<uuid:thread_id>/forget")
@declare(permission="customers.erase")
def forget_unknown(thread_id: UUID) -> Shown:
    """Forget who is known only by a conversation, once none of theirs waits for our answer."""
    answers, actor = read_form(), current_actor()
    if answers.typed.get("sure") != "yes":
        answers.errors["sure"] = _("Say that you know it cannot be undone.")
        return show_refused(thread_id, answers)

    def act() -> dict[str, Any]:
        return {"done": forgetting.forget_unknown(session, thread_id, actor=actor)}

    with transaction() as session:
        told = forms.told_once(session, act)
    if not told["done"]:
        answers.errors["sure"] = _("Another conversation from there waits for our answer.")
        return show_refused(thread_id, answers)
    return cast("Response", redirect(go_to("conversation", thread_id=thread_id), SEE_OTHER))


def _page(customer_id: UUID, error: str | None = None) -> str:
    with transaction() as session:
        person, outlook = _read(session, customer_id)
    return show(
        "customer_forget.html",
        tab="customers",
        person=person,
        outlook=outlook,
        error=error,
        back=url_for("office.customer", customer_id=person.id),
    )


def _read(session: Session, customer_id: UUID) -> tuple[CustomerFacts, forgetting.Outlook]:
    person = orders.queries.get_person(session, customer_id, actor=current_actor())
    return person, forgetting.foresee(session, person.id)
