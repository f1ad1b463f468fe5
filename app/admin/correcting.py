"""What is corrected with a customer on the line: where they are told, who comes, until when."""

from flask import Response, request
from sqlalchemy.orm import Session

import notifications.queries
import notifications.services
import orders.services
from app import forms
from app.admin.blueprint import blueprint, go_to_order
from app.admin.orders import find_order, show_order
from app.admin.queue import show_refused
from app.admin.reading import Answers, read_form, read_id
from app.answers import Shown
from app.i18n import gettext as _
from customers.errors import UnreachableContact, UnreadableEmail, UnreadablePhone
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import current_actor, declare
from notifications.commands import MessageStatus
from orders.commands import Status
from orders.queries import OrderFacts

REFUSED = 422
WRONG_ADDRESS = "it had reached a stranger"


@blueprint.post("/orders/<string:number>/contact")
@declare(permission="orders.collect")
def correct_contact(number: str) -> Shown:
    """Have what is owed to a customer from now on go elsewhere."""
    answers, actor = read_form(), current_actor()
    email, phone = answers.text("email"), answers.text("phone")
    stranger = bool(answers.text("stranger"))
    try:
        with transaction() as session:
            known = find_order(session, number)

            def act() -> str:
                orders.services.correct_contact(
                    session,
                    known.id,
                    email=email or None,
                    phone=phone or None,
                    stranger=stranger,
                    actor=actor,
                )
                if stranger:
                    _tell_again(session, known, actor)
                return go_to_order(number)

            return forms.once(session, act)
    except UnreachableContact:
        answers.errors["email"] = _("Give an e-mail address or a mobile number.")
    except UnreadableEmail:
        answers.errors["email"] = _("Write the whole address, as in name@example.org.")
    except UnreadablePhone:
        answers.errors["phone"] = _("Write ten digits, as in 06 12 34 56 78, or begin with +.")
    return _refused(number, answers)


@blueprint.post("/orders/<string:number>/keep")
@declare(permission="orders.cancel")
def keep_longer(number: str) -> Response:
    """Keep every ready parcel of an order longer, as often as its store allows."""
    with transaction() as session:
        known = find_order(session, number)

        def act() -> str:
            for parcel in known.fulfillments:
                if parcel.status is Status.READY:
                    orders.services.extend_pickup(session, parcel.id, actor=current_actor())
            return go_to_order(number)

        return forms.once(session, act)


@blueprint.post("/orders/<string:number>/collector")
@declare(permission="orders.collect")
def change_collector(number: str) -> Shown:
    """Have somebody else collect an order; the codes sent before die."""
    answers = read_form()
    first, last = answers.text("first_name"), answers.text("last_name", _("Say who collects it."))
    if answers.errors:
        return _refused(number, answers)
    with transaction() as session:
        known = find_order(session, number)

        def act() -> str:
            orders.services.change_collector(
                session, known.id, first_name=first, last_name=last, actor=current_actor()
            )
            return go_to_order(number)

        return forms.once(session, act)


def _tell_again(session: Session, known: OrderFacts, actor: Actor) -> None:
    """Have the last message go to the right address, where no new code tells of itself."""
    if any(parcel.status is Status.READY for parcel in known.fulfillments):
        return
    sent = notifications.queries.list_messages(session, known.id)
    gone = [each for each in sent if each.status is not MessageStatus.DUE and each.fulfillment_id]
    if not gone:
        return
    last = max(gone, key=lambda each: each.created_at)
    key = request.form.get(forms.FORM_FIELD, "")[:64]
    notifications.services.resend(
        session, last.id, request_key=key, reason=WRONG_ADDRESS, actor=actor
    )


def _refused(number: str, answers: Answers) -> Shown:
    """Return the page the form was on, which says what is wrong."""
    thread_id = read_id(request.form.get("thread", ""))
    if thread_id is not None:
        return show_refused(thread_id, answers)
    return show_order(number, answers), REFUSED
