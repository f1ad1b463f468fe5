"""Where an agent begins: one box for whatever a caller says, a call noted, a call-back promised."""

from typing import Any, Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

import conversations.services
import customers.queries
import orders.queries
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.orders import find_parcels
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import list_places
from app.admin.words import STATES
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.articles import find_skus
from app.talk_forms import read_words
from app.talk_words import list_intents
from conversations import desk
from conversations.commands import Intent, OpenThread, Said
from customers.commands import TouchChannel
from customers.errors import UnknownCustomer
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from orders.errors import OrderOfAnother, UnknownOrder
from orders.queries.finding import list_waiting

REFUSED: Final = 422
SHOWN: Final = 8
ZONE: Final = "Europe/Paris"
DONE, CALL_BACK, GOES_ON = "done", "call_back", "goes_on"


@blueprint.get("/start", endpoint="start")
@declare(permission="conversations.answer")
def start() -> str:
    """Look for whatever a caller says; note the call; promise to call back."""
    return _page(Answers({}))


@blueprint.post("/calls")
@declare(permission="conversations.answer")
def note_call() -> Shown:
    """Note a call: done with, to be called back, or going on."""
    answers, actor = read_form(), current_actor()
    try:
        with transaction() as session:
            call = _read_call(session, answers, actor)
            if call is not None:
                return forms.once(session, lambda: _keep(session, call, answers, actor))
    except (UnknownOrder, OrderOfAnother):
        answers.errors["order"] = _("No order that you may see has this number.")
    except UnknownCustomer:
        answers.errors["order"] = _("Choose the customer once more.")
    return _page(answers), REFUSED


def _read_call(session: Session, answers: Answers, actor: Actor) -> OpenThread | None:
    said = read_words(answers, "body", _("Say what it was about."))
    intent = answers.choice("intent", Intent, _("Choose one."))
    reply_by = None
    if answers.typed.get("then") == CALL_BACK:
        reply_by = answers.moment("reply_by", _("Say when they are to be called."), zone=ZONE)
    if answers.errors or intent is None:
        return None
    named = desk.find_named(
        session,
        customer_id=_customer(answers),
        order_number=answers.text("order") or None,
        actor=actor,
    )
    return OpenThread(
        Said(said, TouchChannel.PHONE),
        intent,
        current(),
        writer=answers.text("writer"),
        customer_id=named.customer_id,
        contact_id=named.contact_id,
        order_id=named.order_id,
        brand_id=actor.brand_id,
        location_id=desk.own_place(actor),
        reply_by=reply_by,
    )


def _keep(session: Session, call: OpenThread, answers: Answers, actor: Actor) -> str:
    done = answers.typed.get("then", DONE) == DONE
    thread_id = conversations.services.take_call(
        session, call, resolution=_("Settled in the call") if done else None, actor=actor
    )
    if answers.typed.get("then") == GOES_ON:
        return go_to("conversation", thread_id=thread_id)
    return go_to("start", done="noted" if done else "promised")


def _customer(answers: Answers) -> UUID | None:
    try:
        return UUID(answers.typed.get("customer", ""))
    except ValueError:
        return None


def _page(answers: Answers) -> str:
    actor, said = current_actor(), asked("q") or answers.text("q")
    with transaction() as session:
        found = _find(session, said, actor) if said else {}
        chosen = answers.typed.get("customer", "") or asked("customer")
        waits = len(orders.queries.list_queue(session, actor=actor))
    return show(
        "start.html",
        tab="start",
        said=said,
        people=found.get("people", []),
        callers=[(str(each.id), each.name or "–") for each in found.get("people", [])],
        parcels=found.get("parcels", []),
        articles=found.get("articles", []),
        waiting=found.get("waiting", []),
        chosen=chosen,
        waits=waits,
        intents=list_intents(),
        then=[
            (DONE, _("Settled in the call"), None),
            (CALL_BACK, _("We call back"), None),
            (GOES_ON, _("We go on with it"), None),
        ],
        done=asked("done"),
        typed=answers.typed,
        errors=answers.errors,
    )


def _waiting(session: Session, skus: list[str], actor: Actor) -> list[dict[str, Any]]:
    """Return the newest orders that wait for these articles, and who for."""
    if not skus:
        return []
    return [
        {
            "href": url_for("office.order", number=each.number),
            "number": show_order_number(each.number),
            "state": STATES[each.status],
            "who": name,
        }
        for each, name in list_waiting(session, skus, actor=actor)[:SHOWN]
    ]


def _find(session: Session, said: str, actor: Actor) -> dict[str, list[Any]]:
    people = orders.queries.find_people(session, said, actor=actor)[:SHOWN]
    parcels = find_parcels(session, said, actor)[:SHOWN]
    places = {each.id: each.name for each in list_places(session, actor)}
    known = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    brands = stores.queries.list_brands(session)
    articles = [
        each
        for brand in brands
        if actor.sees_brand(brand.id)
        for each in find_skus(session, said=said, brand_id=brand.id, language=current())
    ]
    return {
        "people": people,
        "parcels": [
            {
                "href": url_for("office.order", number=each.order_number),
                "number": show_order_number(each.order_number),
                "state": STATES[each.status],
                "store": places.get(each.location_id, ""),
                "who": known[each.contact_id].name if each.contact_id in known else "",
            }
            for each in parcels
        ],
        "articles": articles[:SHOWN],
        "waiting": _waiting(session, [each.sku for each in articles[:SHOWN]], actor),
    }
