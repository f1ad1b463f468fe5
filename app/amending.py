"""Changing an open order from a page: what its form asks for, and what that would come to.

The shop, the back office and the tablet have the same form: first it is tried and said what it
comes to, then it is done at exactly that price.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from flask import redirect, request
from sqlalchemy.orm import Session

import orders.jobs
import orders.services
from app import formats
from app.amending_form import (
    Asked,
    Shown,
    describe,
    find_errors,
    is_readable,
    list_amendable,
    read_amendment,
)
from app.answers import Shown as Answer
from app.forms import SEE_OTHER, once
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled
from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.fields import SKU_MAX
from orders.commands import Channel
from orders.errors import TooLateToAmend
from orders.queries import FulfillmentFacts, OrderFacts
from orders.services import Amended

REFUSED: Final = 409
UNREADABLE: Final = 422
SENTENCES: Final[Mapping[str, Callable[[], str]]] = {
    "stale-order": lambda: _("The order was changed meanwhile. Look at it as it is now."),
    "too-late-to-amend": lambda: _("It is too late to change it: somebody is at the articles."),
    "nothing-to-amend": lambda: _("Nothing would change. Say what is to be different."),
    "empty-order": lambda: _("Nothing of the order would be left: cancel it instead."),
    "too-little-for-card": lambda: _(
        "What is left to pay is too little for a card. Add something, or leave it as it is."
    ),
    "payment-unsettled": lambda: _("Somebody is paying it by card at this moment. Try again."),
    "not-ordered": lambda: _(
        "There are not as many of these in this part of the order. Type fewer."
    ),
    "price-changed": lambda: _("It comes to something else now. Read the sum once more."),
    "slot-unavailable": lambda: _("Somebody else took this slot. Choose another one."),
    "slot-required": lambda: _("The drive is by appointment: choose a slot."),
    "day-full": lambda: _("The store takes no more orders for that day."),
    "store-paused": lambda: _("This store takes no orders at the moment. Choose another one."),
    "pickup-not-offered": lambda: _("Nothing can be collected from this store."),
    "method-not-offered": lambda: _("This store does not offer that."),
    "unknown-sku": lambda: _("There is no article with this reference."),
    "not-brought-there": lambda: _("It is not brought there in this way."),
    "incomplete-address": lambda: _("Give street, postcode and town."),
    "unreadable-postcode": lambda: _("This is not a postcode."),
    "hold-ended": lambda: _("The time to pay is over. Order again."),
    "unknown-location": lambda: _("There is no such store."),
    "unknown-fulfillment": lambda: _("The order was changed meanwhile. Look at it as it is now."),
    "wrong-method": lambda: _("What is brought has no store or slot; choose one way."),
    "address-needed": lambda: _("Give street, postcode and town."),
    "not-deliverable": lambda: _("Nobody can send all of it. Collect it, or take fewer."),
    "unknown-delivery-method": lambda: _("It is not brought there in this way."),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A page that changes an order: who asks on which channel, which parcel, and how it looks.

    `find` reads the order, `more` what a basket would add, `page` makes the page of what is shown
    (None where it is too late) and why it was not done. `way_back` is where it leads once done.
    """

    actor: Actor
    channel: Channel
    find: Callable[[Session], OrderFacts]
    page: Callable[[OrderFacts, Shown | None, str | None], str]
    way_back: str
    parcel_id: UUID | None = None
    more: Callable[[Session], Mapping[str, int]] = lambda _session: {}
    sku_of: Callable[[Session, str], str | None] = lambda _session, said: said
    """Which SKU is meant by a code or barcode that somebody types or scans."""


def show_form(door: Door, *, refused: str | None = None, preview: Amended | None = None) -> str:
    """Return the page that asks what is to be different."""
    with transaction() as session:
        order = door.find(session)
        parcels = _parcels(door, order)
        asked = Asked(request.form, door.channel, door.more(session))
        shown = describe(session, order, parcels, asked) if parcels else None
        if shown is not None:
            wrong = find_errors(request.form)
            shown = replace(shown, preview=preview, link=sends_links(door), errors=wrong)
    return door.page(order, shown, refused)


def take_form(door: Door) -> Answer:
    """Say what a change would come to; once that was seen, make it and go back to the order."""
    with transaction() as session:
        order = door.find(session)
    if not is_readable(request.form) or find_errors(request.form):
        return show_form(door), UNREADABLE
    try:
        preview = orders.jobs.without_payment_page(order.id, lambda: _take(door, order))
    except Refusal as refusal:
        return show_form(door, refused=say(refusal, order)), REFUSED
    if preview is None:
        return redirect(door.way_back, SEE_OTHER)
    return show_form(door, preview=preview)


def _take(door: Door, order: OrderFacts) -> Amended | None:
    """Return what a change would come to; None once its sum was seen, and it is made."""
    with transaction() as session:
        parcels = _parcels(door, order)
        if not parcels:
            raise TooLateToAmend(state=order.status.value)
        asked = _read(session, door)
        if not asked.confirms:
            return _try(session, door, order, asked)
        once(session, lambda: _done(session, door, order, asked))
    return None


def find_amendable(order: OrderFacts) -> FulfillmentFacts | None:
    """Return a parcel of an order that can be changed, if there is any."""
    return next(iter(list_amendable(order)), None)


def _parcels(door: Door, order: OrderFacts) -> list[FulfillmentFacts]:
    """Return what the form is for: all that can be changed, if the one that is named can be."""
    found = list_amendable(order, door.parcel_id)
    named = door.parcel_id in {None, *(each.id for each in found)}
    return found if named else []


def _read(session: Session, door: Door) -> Asked:
    """Return what the form asks for, with the SKUs that typed or scanned codes mean."""
    form = dict(request.form)
    for name in [each for each in form if each.endswith("add_sku")]:
        said = form[name].strip()[:SKU_MAX]
        form[name] = (door.sku_of(session, said) or said) if said else ""
    return Asked(form, door.channel, door.more(session))


def _done(session: Session, door: Door, order: OrderFacts, asked: Asked) -> str:
    """Change the order; its customer is sent a link to pay where staff say so."""
    amended = _try(session, door, order, asked)
    if amended.obligation_id and asked.form.get("link") == "yes" and sends_links(door):
        orders.services.make_pay_link(session, door.find(session), actor=door.actor)
    return ""  # the way back may hold the link, which is not kept


def sends_links(door: Door) -> bool:
    """Tell whether whoever changes the order can have its customer sent a link to pay."""
    return card_enabled() and door.channel is not Channel.WEB and door.actor.may("orders.take")


def _try(session: Session, door: Door, order: OrderFacts, asked: Asked) -> Amended:
    """Do what a form asks once its sum was seen; before that, return what it would come to.

    Raises what `amend_order` raises.
    """
    command = read_amendment(order, _parcels(door, order), asked)
    act = orders.services.amend_order if asked.confirms else orders.services.preview_amendment
    return act(session, command, actor=door.actor)


def say(refusal: Refusal, order: OrderFacts) -> str:
    """Return why a change was not made, as people read it.

    Raises the refusal again when no page expects it.
    """
    names = {line.sku: line.name for each in order.fulfillments for line in each.lines}
    if refusal.code == "out-of-stock":
        left = ", ".join(
            f"{names.get(sku, sku)}: {units}" for sku, units in refusal.facts["shortages"].items()
        )
        return _("There are not enough more of these. Left: %(left)s.") % {"left": left}
    if refusal.code == "line-price-changed":
        said = (
            _("%(name)s: %(agreed)s in the order, %(today)s today")
            % {
                "name": names.get(sku, sku),
                "agreed": formats.money(each["agreed_minor"], order.currency, language=current()),
                "today": formats.money(each["today_minor"], order.currency, language=current()),
            }
            for sku, each in refusal.facts["lines"].items()
        )
        prices = "; ".join(said)
        return _("A price has changed since: %(prices)s. Order more of it separately.") % {
            "prices": prices
        }
    if refusal.code not in SENTENCES:
        raise refusal
    return SENTENCES[refusal.code]()
