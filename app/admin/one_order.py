"""What the page of one order says: ticket, money with its why, story, messages with their truth."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import notifications.queries
import orders.queries
import payments.queries
import stores.queries
from app import formats
from app.admin import choosing
from app.admin.history import Scene, tell
from app.admin.promise import say_promise
from app.admin.words import (
    CHANNELS,
    LATE,
    MESSAGE_CHANNELS,
    MESSAGE_STATES,
    REASONS,
    REFUSALS,
    STATES,
    TEMPLATES,
    VERIFIED,
)
from app.case_words import KINDS
from app.changes import name_articles
from app.doors import say_arrival
from app.i18n import N_, current
from app.i18n import gettext as _
from app.paying import takes_card
from kernel import events
from kernel.actors import SYSTEM
from kernel.events import Recorded
from kernel.ids import show_order_number
from kernel.web import current_actor
from notifications.commands import MessageStatus
from notifications.queries import MessageFacts
from orders.commands import Status
from orders.queries import ArrivalFacts, FulfillmentFacts, GivenFacts, OrderFacts
from payments.commands import ObligationStatus
from stores.queries import StoreFacts

CANCELLABLE: Final = frozenset(
    {
        Status.PENDING,
        Status.NEW,
        Status.ACCEPTED,
        Status.PICKING,
        Status.IN_TRANSFER,
        Status.READY,
        Status.REJECTED,
    }
)
TOO_LATE: Final = "too late: the parcel is "
NOTES: Final = {
    "no address": N_("There was no address to write to"),
    "not agreed to": N_("Held back: the customer does not want to be told this"),
    "no live pass": N_("There was no code to announce any more"),
    "the channel is switched off": N_("This way of telling is switched off here"),
    "not a country we text to": N_("We send no text messages to this country"),
    "nothing runs low any more": N_("Nothing ran low any more when it was to go"),
    "too late: the case is closed": N_("The case was closed before it was to go"),
    "sent twice without an answer": N_("Sent twice, and never answered"),
    "changed again: the next message tells of both": N_(
        "Changed again before it was to go: the next message tells of both"
    ),
    "chosen already": N_("The customer had chosen before it was to go"),
    "the link to pay is over": N_("The link to pay had ended before it was to go"),
    "the words are gone": N_("What it was to say is no longer kept"),
    "read on the page": N_("The customer had read it on the page already"),
    "told with a newer answer": N_("A newer answer told of it too"),
    "too late: it was answered": N_("The customer had answered before it was to go"),
    "too late: it was ordered": N_("The basket was ordered before it was to go"),
    "too late: nothing is in it any more": N_("Nothing was left in the basket"),
    "too late: the code is over": N_("The code had ended before it was to go"),
}
COUNTED: Final[Mapping[re.Pattern[str], str]] = {
    re.compile(r"given up after (\d+) tries"): N_("Given up after %(count)s tries"),
    re.compile(r"the hour's (\d+) text messages are spent"): N_(
        "The %(count)s text messages of this hour were used up"
    ),
}
"""Notes that name a number."""
CARD_STATES: Final = {
    ObligationStatus.OPENED: N_("not paid yet"),
    ObligationStatus.AUTHORISED: N_("held, not taken yet"),
    ObligationStatus.CAPTURED: N_("taken"),
    ObligationStatus.FAILED: N_("refused"),
    ObligationStatus.CANCELLED: N_("let go"),
}


def describe(session: Session, order: OrderFacts) -> dict[str, Any]:
    """Return everything the page of an order shows."""
    places = {
        each.location_id: stores.queries.get_store_by_id(session, each.location_id)
        for each in order.fulfillments
    }
    zone = places[order.fulfillments[0].location_id].time_zone
    sent = notifications.queries.list_messages(session, order.id)
    parcels = [_parcel(session, each, places[each.location_id]) for each in order.fulfillments]
    history = _history(session, order, sent)
    paid_minor = payments.queries.paid_minor(session, order.id)
    difference_minor = orders.queries.difference_minor(session, order.id) or 0
    return {
        "order": order,
        "number": show_order_number(order.number),
        "contact": customers.queries.get_contacts(session, [order.contact_id]).get(
            order.contact_id
        ),
        "customer_id": _owner(session, order),
        "brand": stores.queries.get_brand(session, order.brand_id).name,
        "channel": CHANNELS[order.channel],
        "zone": zone,
        "parcels": parcels,
        "theirs": orders.queries.find_brought(session, order),
        "paid_minor": paid_minor,
        "may_be_asked": not paid_minor or bool(difference_minor),
        "difference_minor": difference_minor,
        "story": tell(history, _scene(session, order, history, zone)),
        "messages": [say_message(each) for each in sent],
        "cases": [
            (each, KINDS[each.kind])
            for each in orders.queries.list_cases_of(session, order.id, actor=current_actor())
        ],
        "is_open": order.status in CANCELLABLE,
        "token": order.token,
        "pay_links": orders.queries.list_pay_links(session, order.id),
        "cards_taken": takes_card(order.owed.total_minor - paid_minor, order.currency),
        "proxies": _proxies(session, order.id),
        "percent": lambda rate_bp: formats.number(Decimal(rate_bp) / 100, language=current()),
    }


def _owner(session: Session, order: OrderFacts) -> UUID | None:
    """Return whose order it is, for those who may look at customers."""
    if order.contact_id is None or not current_actor().may("customers.read"):
        return None
    return customers.queries.list_contact_owners(session, [order.contact_id])[order.contact_id]


def _proxies(session: Session, order_id: UUID) -> list[dict[str, Any]]:
    """Return whom the customer sends, and sent."""
    found = orders.queries.list_proxies(session, order_id, actor=SYSTEM)
    people = customers.queries.get_contacts(session, [each.contact_id for each in found])
    return [{"facts": each, "name": people[each.contact_id].name} for each in found]


def say_message(facts: MessageFacts) -> dict[str, Any]:
    """Return one message in words, with the truth about its way."""
    return {
        "facts": facts,
        "what": TEMPLATES[facts.template],
        "by": MESSAGE_CHANNELS[facts.channel],
        "state": MESSAGE_STATES[facts.status],
        "note": say_note(facts.note),
        "can_resend": facts.status is not MessageStatus.DUE and facts.order_id is not None,
    }


def say_note(note: str | None) -> str:
    """Return why a message was not simply sent, in words; what a vendor said stays as it was."""
    if not note:
        return ""
    first, _semicolon, left = note.partition("; ")
    told = _(NOTES[first]) if first in NOTES else _say_counted(first)
    if first.startswith(TOO_LATE):
        state = next((each for each in Status if each == first.removeprefix(TOO_LATE)), None)
        stands = _(STATES[state].label) if state else first
        told = _("Too late, the order had moved on: %(state)s") % {"state": stands}
    return f"{told}; {_('the other channel tells it')}" if left else told


def _say_counted(note: str) -> str:
    for shape, words in COUNTED.items():
        if found := shape.fullmatch(note):
            return _(words) % {"count": found[1]}
    return note


def _parcel(session: Session, parcel: FulfillmentFacts, store: StoreFacts) -> dict[str, Any]:
    given = orders.queries.list_given(session, [parcel.id])[parcel.id]
    arrival = orders.queries.find_arrival(session, parcel.id)
    address = customers.queries.find_address(session, parcel.address_id)
    return {
        "facts": parcel,
        "store": store,
        **choosing.describe(session, parcel, store),
        "given": [_say_given(each, parcel) for each in given],
        "arrival": arrival,
        "waited": say_waited(arrival),
        "why": say_promise(parcel.promise_inputs, store),
        "state": LATE if parcel.overdue else STATES[parcel.status],
        "paid_minor": orders.queries.paid_for(session, parcel),
        "window": say_arrival(parcel),
        "address": address.lines if address else (),
        "tickets": payments.queries.list_tickets(session, parcel.order_id),
        "cards": [
            (owed, CARD_STATES[owed.status])
            for owed in payments.queries.list_obligations(session, parcel.order_id)
        ],
    }


def _say_given(given: GivenFacts, parcel: FulfillmentFacts) -> dict[str, Any]:
    """Return one hand-over in words: what, by what it was known, what was set aside."""
    names = {line.sku: line.name for line in parcel.lines}
    why = {sku: said["reason"] for sku, said in given.refused.items()}
    refused = ", ".join(
        f"{said['quantity']} × {names.get(sku, sku)} ({_(REFUSALS.get(why[sku], why[sku]))})"
        for sku, said in given.refused.items()
    )
    return {
        "facts": given,
        "articles": ", ".join(
            f"{quantity} × {names.get(sku, sku)}" for sku, quantity in given.quantities.items()
        ),
        "refused": refused,
        "known": _(VERIFIED[given.verified]),
        "forced": _(REASONS.get(given.forced, given.forced)) if given.forced else "",
    }


def say_waited(arrival: ArrivalFacts | None) -> str:
    """Return how long a customer waited outside, in minutes and seconds; empty if they did not."""
    if arrival is None or arrival.arrived_at is None or arrival.served_at is None:
        return ""
    seconds = int((arrival.served_at - arrival.arrived_at).total_seconds())
    return _("%(minutes)d min %(seconds)02d s") % {
        "minutes": seconds // 60,
        "seconds": seconds % 60,
    }


def _history(session: Session, order: OrderFacts, sent: Sequence[MessageFacts]) -> list[Recorded]:
    ids = [order.id, *(each.reference for each in sent)]
    ids += [parcel.id for parcel in order.fulfillments]
    ids += [owed.id for owed in payments.queries.list_obligations(session, order.id)]
    ids += orders.queries.list_return_ids(session, order.id)
    return events.list_history(session, ids)


def _scene(session: Session, order: OrderFacts, history: list[Recorded], zone: str) -> Scene:
    ids: set[UUID] = set()
    for each in history:
        ids |= {known for known in (each.actor_id, each.device_id) if known is not None}
    articles = name_articles(session, order, history)
    found = orders.queries.list_reasons(session, closed=True)
    reasons = {each.code: each.labels[current()] for each in found}
    return Scene(articles, stores.queries.get_names(session, ids), zone, order.currency, reasons)
