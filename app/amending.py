"""Changing an open order from a page: what its form asks for, and what that would come to.

The shop, the back office and the tablet have the same form: first it is tried and said what it
comes to, then it is done at exactly that price.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from flask import redirect, request
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
from app import formats
from app.answers import Shown as Answer
from app.forms import SEE_OTHER, once
from app.i18n import current
from app.i18n import gettext as _
from customers.commands import GiveAddress
from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.fields import SKU_MAX
from orders.commands import AmendOrder, Channel, Collector, Method, Status
from orders.errors import TooLateToAmend
from orders.queries import FulfillmentFacts, OrderFacts
from orders.services import Amended
from stores.commands import StoreMethod

QUANTITY: Final = "n:"
"""What the names of fields begin with that say how many of a SKU there are to be."""
TEXT_MAX: Final = 120
SLOT_DAYS: Final = 7
REFUSED: Final = 409
OPEN: Final = frozenset({Status.PENDING, Status.NEW, Status.ACCEPTED})
COLLECTED: Final = {Method.PICKUP: StoreMethod.PICKUP, Method.DRIVE: StoreMethod.DRIVE}
SENTENCES: Final[Mapping[str, Callable[[], str]]] = {
    "stale-order": lambda: _("The order was changed meanwhile. Look at it as it is now."),
    "too-late-to-amend": lambda: _("It is too late to change it: somebody is at the articles."),
    "nothing-to-amend": lambda: _("Nothing would change. Say what is to be different."),
    "empty-order": lambda: _("Nothing of the order would be left: cancel it instead."),
    "payment-unsettled": lambda: _("A payment page is open. Pay there, or close it and try again."),
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
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that changes an order, as it was sent; `more` are articles a basket adds."""

    form: Mapping[str, str]
    channel: Channel
    more: Mapping[str, int] = field(default_factory=dict)

    @property
    def confirms(self) -> bool:
        """Tell whether its sum was seen."""
        return self.form.get("confirm") == "yes"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a change shows: the parcel, where else, when else, and what it comes to."""

    order: OrderFacts
    parcel: FulfillmentFacts
    stores: list[tuple[str, str]]
    slots: list[tuple[str, str]]
    here: str
    typed: Mapping[str, str]
    more: Mapping[str, int] = field(default_factory=dict)
    preview: Amended | None = None
    by_card: bool = False
    """Whether a card holds, or paid, what the order cost."""

    @property
    def brought(self) -> bool:
        """Tell whether it is brought to a door."""
        return self.parcel.method is Method.DELIVERY

    @property
    def lines(self) -> list[tuple[Any, str]]:
        """Return each line with how many of it were typed."""
        return [
            (line, self.typed.get(f"{QUANTITY}{line.sku}", str(line.open)))
            for line in self.parcel.lines
            if line.open
        ]


@dataclass(frozen=True, slots=True)
class Door:
    """A page that changes an order: who asks on which channel, which parcel, and how it looks.

    `find` reads the order, `more` what a basket would add, `page` makes the page of what is shown
    (None where it is too late) and why it was not done. `way_back` is where it leads once done.
    """

    actor: Actor
    channel: Channel
    find: Callable[[Session], OrderFacts]
    page: Callable[[OrderFacts, "Shown | None", str | None], str]
    way_back: str
    parcel_id: UUID | None = None
    more: Callable[[Session], Mapping[str, int]] = lambda _session: {}
    sku_of: Callable[[Session, str], str | None] = lambda _session, said: said
    """Which SKU is meant by a code or barcode that somebody types or scans."""


def show_form(door: Door, *, refused: str | None = None, preview: Amended | None = None) -> str:
    """Return the page that asks what is to be different."""
    with transaction() as session:
        order = door.find(session)
        parcel = find_amendable(order, door.parcel_id)
        asked = Asked(request.form, door.channel, door.more(session))
        shown = describe(session, order, parcel, asked) if parcel else None
        shown = replace(shown, preview=preview) if shown else None
    return door.page(order, shown, refused)


def take_form(door: Door) -> Answer:
    """Say what a change would come to; once that was seen, make it and go back to the order."""
    with transaction() as session:
        order = door.find(session)
    try:
        with transaction() as session:
            parcel = find_amendable(order, door.parcel_id)
            if parcel is None:
                raise TooLateToAmend(state=order.status.value)
            asked = _read(session, door)
            if asked.confirms:
                once(session, lambda: _done(session, door, order, parcel, asked))
                return redirect(door.way_back, SEE_OTHER)
            preview = try_amendment(session, order, parcel, asked, actor=door.actor)
    except Refusal as refusal:
        return show_form(door, refused=say(refusal, order)), REFUSED
    return show_form(door, preview=preview)


def _read(session: Session, door: Door) -> Asked:
    """Return what the form asks for, with the SKU that a typed or scanned code means."""
    form, said = dict(request.form), request.form.get("add_sku", "").strip()[:SKU_MAX]
    if said:
        form["add_sku"] = door.sku_of(session, said) or said
    return Asked(form, door.channel, door.more(session))


def _done(
    session: Session, door: Door, order: OrderFacts, parcel: FulfillmentFacts, asked: Asked
) -> str:
    try_amendment(session, order, parcel, asked, actor=door.actor)
    return ""  # the way back may hold the link, which is not kept


def find_amendable(order: OrderFacts, parcel_id: UUID | None = None) -> FulfillmentFacts | None:
    """Return the parcel of an order that can be changed: the one that is named, or the first."""
    for parcel in order.fulfillments:
        if parcel.status in OPEN and parcel_id in {None, parcel.id}:
            return parcel
    return None


def read_amendment(order: OrderFacts, parcel: FulfillmentFacts, asked: Asked) -> AmendOrder:
    """Return the change a form asks for; what is not readable counts as not said."""
    form = asked.form
    here = form.get("here", "")
    store, slot = form.get("store", "")[:SKU_MAX], form.get("slot", "")
    seen = form.get("seen", "")
    return AmendOrder(
        order.id,
        _number(form.get("version", ""), otherwise=order.version),
        asked.channel,
        fulfillment_id=parcel.id,
        quantities=_quantities(parcel, asked),
        store_code=store if store and store != here else None,
        slot_id=_id(slot),
        address=_address(form),
        collector=_collector(form),
        seen_total_minor=_number(seen, otherwise=-1) if asked.confirms else None,
    )


def try_amendment(
    session: Session, order: OrderFacts, parcel: FulfillmentFacts, asked: Asked, *, actor: Actor
) -> Amended:
    """Do what a form asks once its sum was seen; before that, return what it would come to.

    Raises what `amend_order` raises.
    """
    command = read_amendment(order, parcel, asked)
    act = orders.services.amend_order if asked.confirms else orders.services.preview_amendment
    return act(session, command, actor=actor)


def describe(session: Session, order: OrderFacts, parcel: FulfillmentFacts, asked: Asked) -> Shown:
    """Return what the page of a change shows."""
    here = stores.queries.get_store_by_id(session, parcel.location_id)
    places: list[tuple[str, str]] = []
    slots: list[tuple[str, str]] = []
    if parcel.method in COLLECTED:
        places = [
            (each.code, each.name)
            for each in stores.queries.list_stores(session, limit=200)
            if each.brand_id == order.brand_id and each.offered
        ]
        chosen = asked.form.get("store") or here.code
        known = chosen if chosen in {code for code, _name in places} else here.code
        slots = _slots(session, known, COLLECTED[parcel.method], parcel)
    by_card = orders.queries.difference_minor(session, order.id) is not None
    return Shown(order, parcel, places, slots, here.code, asked.form, asked.more, by_card=by_card)


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


def _slots(
    session: Session, store_code: str, method: StoreMethod, parcel: FulfillmentFacts
) -> list[tuple[str, str]]:
    way = orders.queries.find_way_to_collect(
        session, store_code=store_code, method=method, days=SLOT_DAYS
    )
    zone = stores.queries.get_store(session, store_code).time_zone
    free = [each for each in way.slots if each.left > 0] if way else []
    return [
        (str(each.id), formats.when(each.starts_at, zone, language=current()))
        for each in free
        if each.id != parcel.slot_id
    ]


def _quantities(parcel: FulfillmentFacts, asked: Asked) -> dict[str, int]:
    has = {line.sku: line.open for line in parcel.lines}
    wanted = {
        sku: _number(asked.form.get(f"{QUANTITY}{sku}", ""), otherwise=units)
        for sku, units in has.items()
    }
    if asked.form.get("basket") == "yes":
        for sku, units in asked.more.items():
            wanted[sku] = wanted.get(sku, 0) + units
    added = asked.form.get("add_sku", "").strip()[:SKU_MAX]
    if added and added.isprintable():
        units = _number(asked.form.get("add_quantity", ""), otherwise=1)
        wanted[added] = wanted.get(added, 0) + units
    return wanted


def _collector(form: Mapping[str, str]) -> Collector | None:
    first, last = _line(form, "first_name"), _line(form, "last_name")
    return Collector(first, last) if last else None


def _address(form: Mapping[str, str]) -> GiveAddress | None:
    line1, line2 = _line(form, "line1"), _line(form, "line2")
    postcode, city = _line(form, "postcode"), _line(form, "city")
    if not (line1 or postcode or city):
        return None
    return GiveAddress(line1, postcode[:12], city, line2 or None)


def _line(form: Mapping[str, str], name: str) -> str:
    text = "".join(sign for sign in form.get(name, "") if sign.isprintable())
    return " ".join(text.split())[:TEXT_MAX]


def _number(text: str, *, otherwise: int) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= len("99999999")):
        return otherwise
    return int(plain)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
