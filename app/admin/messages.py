"""The log of messages: what was owed to whom, what became of it, and sending one again."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import conversations.queries
import customers.queries
import customers.services
import notifications.queries
import notifications.services
import orders.queries
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to, go_to_order, show
from app.admin.one_order import say_message
from app.admin.reading import asked, asked_page, one_of, read_form
from app.admin.scope import list_places
from app.admin.words import MESSAGE_CHANNELS, MESSAGE_STATES, TEMPLATES
from app.i18n import current
from app.i18n import gettext as _
from customers.commands import Direction, RecordInteraction, TouchChannel
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import current_actor, declare
from notifications.commands import Channel, MessageStatus, Template
from notifications.queries import PAGE_ROWS, LogFilter, LogScope, MessageFacts
from stores.queries import StoreFacts

NO_REASON: Final = "–"


@blueprint.get("/messages", endpoint="messages")
@declare(permission="messages.read")
def list_messages() -> str:
    """Show messages of the actor's stores, newest first."""
    actor, page = current_actor(), asked_page()
    wanted = LogFilter(
        one_of(MessageStatus, asked("state")),
        one_of(Channel, asked("by")),
        one_of(Template, asked("what")),
    )
    with transaction() as session:
        places = list_places(session, actor)
        store = next((each for each in places if each.code == asked("store")), None)
        skip = (page - 1) * PAGE_ROWS
        seen = _scope(actor, store, places)
        found, count = notifications.queries.list_log(session, wanted, seen=seen, skip=skip)
        numbers = _numbers(session, found)
    kept: dict[str, Any] = {
        name: asked(name) for name in ("state", "by", "what", "store") if asked(name)
    }
    return show(
        "messages.html",
        tab="messages",
        messages=[say_message(each) for each in found],
        numbers=numbers,
        count=count,
        first=skip + 1,
        zone=(store or places[0]).time_zone if places else "UTC",
        choices=_choices(),
        places=[(each.code, each.name) for each in places],
        asked=kept,
        previous=url_for("office.messages", page=page - 1, **kept) if page > 1 else None,
        following=url_for("office.messages", page=page + 1, **kept)
        if page * PAGE_ROWS < count
        else None,
    )


@blueprint.post("/messages/<int(max=9223372036854775807):message_id>/resend")
@declare(permission="messages.read")
def resend(message_id: int) -> Any:  # noqa: ANN401 (a redirect)
    """Have a message go out again."""
    reason = read_form().text("reason") or NO_REASON
    with transaction() as session:
        return forms.once(session, lambda: _resend(session, message_id, reason[:200]))


def _resend(session: Session, message_id: int, reason: str) -> str:
    key = request.form.get(forms.FORM_FIELD, "")[:64]
    actor = current_actor()
    notifications.services.resend(
        session, message_id, request_key=key, reason=NO_REASON, actor=actor
    )
    _keep_why(session, message_id, reason, actor)
    back = request.form.get("back", "")
    if back.startswith(f"/{current()}/office/"):
        return back
    return go_to_order(request.form["order"]) if request.form.get("thread") else go_to("messages")


def _keep_why(session: Session, message_id: int, said: str, actor: Actor) -> None:
    """Keep what somebody wrote in the customer's history: events are for ever, words are not."""
    message = notifications.queries.get_message(session, message_id)
    owner = customers.queries.find_giver(session, message.contact_id or message.reference)
    if owner is None or said == NO_REASON:
        return
    note = RecordInteraction(
        owner,
        "note",
        TouchChannel.SYSTEM,
        Direction.WITHIN,
        contact_id=message.contact_id,
        order_id=message.order_id,
        text=said,
    )
    customers.services.record_interaction(session, note, actor=actor)


def _scope(actor: Actor, store: StoreFacts | None, places: Sequence[StoreFacts]) -> LogScope:
    location_id = store.id if store else None
    return LogScope(
        orders.queries.select_visible(actor, location_id),
        orders.queries.select_visible_wishes(actor, location_id),
        orders.queries.select_visible_cases(actor, location_id),
        orders.queries.select_visible_carts(actor, location_id),
        conversations.queries.select_visible_entries(actor, location_id),
        _stocks(actor, places) if store is None else [store.id],
    )


def _stocks(actor: Actor, places: Sequence[StoreFacts]) -> Collection[UUID] | None:
    """Return of which stores' low stock the actor may read; None is all."""
    if actor.brand_id is None:
        return actor.location_ids
    return [each.id for each in places if actor.sees_brand(each.brand_id)]


def _numbers(session: Session, found: list[MessageFacts]) -> dict[int, dict[str, str | None]]:
    """Return what each message is about, with the page of it, and who is told."""
    parcels = [each.fulfillment_id for each in found if each.fulfillment_id]
    known = orders.queries.list_numbers(session, parcels, actor=current_actor())
    people = customers.queries.get_contacts(session, [each.contact_id for each in found])
    staff = stores.queries.get_names(session, [each.staff_id for each in found if each.staff_id])
    names = {**{key: person.name for key, person in people.items() if key}, **staff}
    return {
        each.id: {
            **_subject(each, known),
            "name": names.get(each.contact_id or each.staff_id or each.reference, "–"),
        }
        for each in found
    }


def _subject(facts: MessageFacts, numbers: dict[UUID, str]) -> dict[str, str | None]:
    if facts.fulfillment_id is not None:
        number = numbers[facts.fulfillment_id]
        href = url_for("office.order", number=number)
        return {"shown": show_order_number(number), "href": href}
    if facts.case_id is not None:
        return {"shown": _("Case"), "href": url_for("office.case", case_id=facts.case_id)}
    if facts.wish_id is not None:
        return {"shown": _("Back in stock"), "href": None}
    if facts.cart_id is not None:
        return {"shown": _("Basket"), "href": None}
    if facts.entry_id is not None:
        return {"shown": _("Conversation"), "href": None}
    return {"shown": _("Low stock"), "href": url_for("office.to_do")}


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "state": [(each.value, _(said.label)) for each, said in MESSAGE_STATES.items()],
        "by": [(each.value, _(label)) for each, label in MESSAGE_CHANNELS.items()],
        "what": [(each.value, _(label)) for each, label in TEMPLATES.items()],
    }
