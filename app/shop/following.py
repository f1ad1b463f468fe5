"""An order as its page shows it: where it stands, what is in it, and the code to collect it."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import orders.queries
import orders.services
import payments.queries
import stores.queries
from app import formats
from app.changes import list_changes
from app.i18n import current, pgettext
from app.i18n import gettext as _
from app.shop.pictures import pictured
from app.shop.shown import (
    ShownCode,
    ShownLine,
    ShownOrder,
    ShownParcel,
    ShownPart,
    ShownProxy,
    ShownQuestion,
)
from app.shop.visitor import as_shopper
from kernel import qr
from kernel.actors import Actor
from kernel.ids import show_code, show_order_number
from orders import passes
from orders.commands import Method, Status
from orders.queries import (
    FulfillmentFacts,
    LineFacts,
    PackageFacts,
)
from payments.commands import ObligationStatus
from stores.queries import StoreFacts

KINDS: Final[Mapping[Status, str]] = {
    Status.READY: "ok",
    Status.HANDED_OVER: "ok",
    Status.DELIVERED: "ok",
    Status.EXPIRED: "late",
    Status.REJECTED: "late",
    Status.CANCELLED: "plain",
    Status.REROUTED: "plain",
}
"""How a state looks; the others are waited for."""
STEPS_DONE: Final[Mapping[Status, int]] = {
    Status.PENDING: 0,
    Status.NEW: 1,
    Status.ACCEPTED: 1,
    Status.PICKING: 1,
    Status.IN_TRANSFER: 1,
    Status.READY: 2,
    Status.HANDED_OVER: 4,
    Status.PACKED: 1,
    Status.SHIPPED: 2,
    Status.DELIVERED: 4,
}
"""How many of the four steps are behind: received, prepared, ready, collected.

Of a delivery: received, prepared, sent, delivered.
"""


def read_order(session: Session, order_id: UUID) -> ShownOrder:
    """Return an order as the holder of its link sees it.

    Raises UnknownOrder.
    """
    facts = orders.queries.get_order(session, order_id, actor=as_shopper(order_id))
    contact = customers.queries.get_contacts(session, [facts.contact_id]).get(facts.contact_id)
    return ShownOrder(
        facts,
        show_order_number(facts.number),
        stores.queries.get_brand(session, facts.brand_id),
        contact.short_name if contact else "",
        [
            _parcel(session, each)
            for each in facts.fulfillments
            if each.status is not Status.REROUTED  # the one that took over is shown
        ],
        any(
            each.status is ObligationStatus.FAILED
            for each in payments.queries.list_obligations(session, order_id)
        ),
        contact is not None and contact.email is not None,
        orders.queries.difference_minor(session, order_id) or 0,
        list_changes(session, facts),
        orders.queries.at_counter_minor(session, facts),
    )


def read_proxies(session: Session, order_id: UUID, *, actor: Actor) -> list[ShownProxy]:
    """Return whom the customer of an order sends, and sent."""
    found = orders.queries.list_proxies(session, order_id, actor=actor)
    people = customers.queries.get_contacts(session, [each.contact_id for each in found])
    return [
        ShownProxy(
            each.id,
            people[each.contact_id].short_name,
            each.withdrawn_at is not None,
            each.collected,
        )
        for each in found
    ]


def state_words(status: Status, *, reserved: bool = False) -> str:
    """Return what a state is called; a reservation's first states have words of their own."""
    if reserved and status is Status.NEW:
        return _("The store checks and confirms")
    if reserved and status is Status.ACCEPTED:
        return _("Confirmed by the store")
    return {
        Status.PENDING: _("Waiting for the payment"),
        Status.NEW: _("Received by the store"),
        Status.ACCEPTED: _("Accepted by the store"),
        Status.PICKING: _("Being prepared"),
        Status.IN_TRANSFER: _("On its way to the store"),
        Status.READY: _("Ready: you can come"),
        Status.HANDED_OVER: _("Collected"),
        Status.PACKED: _("Packed"),
        Status.SHIPPED: _("Sent"),
        Status.DELIVERED: _("Delivered"),
        Status.REJECTED: _("The store cannot prepare it"),
        Status.REROUTED: _("Moved to another store"),
        Status.EXPIRED: _("Not collected in time"),
        Status.CANCELLED: _("Cancelled"),
    }[status]


def _parcel(session: Session, parcel: FulfillmentFacts) -> ShownParcel:
    refused = _refused(session, parcel)
    lines = [
        ShownLine(
            line.quantity,
            line.name,
            line.owed.amount_minor,
            _note(
                say_saved(line, parcel.currency),
                _missing(line.cancelled, refused.get(line.sku, 0), parcel.status),
            ),
        )
        for line in parcel.lines
    ]
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    return ShownParcel(
        parcel,
        store,
        KINDS.get(parcel.status, "wait"),
        _state(parcel, store),
        lines,
        _live_code(session, parcel),
        STEPS_DONE.get(parcel.status),
        _is_by_card(session, parcel),
        _questions(session, parcel, store),
        orders.queries.list_choices(session, [parcel.id]).get(parcel.id),
        _part(session, parcel),
        *_to_door(session, parcel),
        parcel.status is Status.READY
        and (
            parcel.method is Method.DRIVE
            or orders.services.serves_outside(session, parcel.location_id)
        ),
        orders.queries.find_arrival(session, parcel.id),
        sum(refused.values()),
        was_paid=_was_paid(session, parcel),
        elsewhere_minor=payments.queries.outside_minor(session, parcel.order_id),
    )


def _state(parcel: FulfillmentFacts, store: StoreFacts) -> str:
    """Return where a parcel stands: nobody comes to a store for what is brought."""
    if parcel.method is Method.DELIVERY and parcel.status is Status.IN_TRANSFER:
        return _("Being brought together")
    if parcel.method is Method.DELIVERY and parcel.status is Status.REJECTED:
        return _("We look for a way")
    if parcel.status is Status.NEW and parcel.release_at and parcel.release_at > store.asked_at:
        return pgettext("order", "Received")  # the store does not see it yet
    if not store.welcomes and parcel.status in {Status.NEW, Status.ACCEPTED}:
        received = parcel.status is Status.NEW
        return _("Received by the warehouse") if received else _("Accepted by the warehouse")
    return state_words(parcel.status, reserved=parcel.is_reservation)


def _part(session: Session, parcel: FulfillmentFacts) -> ShownPart | None:
    found = orders.queries.find_part(session, parcel)
    if found is None:
        return None
    names = {line.sku: line.name for line in parcel.lines}
    return ShownPart(
        [(quantity, names[sku]) for sku, quantity in found.here.items()],
        [(quantity, names[sku]) for sku, quantity in found.coming.items()],
    )


def _to_door(
    session: Session, parcel: FulfillmentFacts
) -> tuple[tuple[str, ...], tuple[PackageFacts, ...]]:
    """Return where a parcel is brought to, and its packages; nothing for what is collected."""
    if parcel.method is not Method.DELIVERY:
        return (), ()
    address = customers.queries.find_address(session, parcel.address_id)
    found = orders.queries.list_packages(session, [parcel.id], language=current())
    return (address.lines if address else ()), tuple(found[parcel.id])


def _questions(
    session: Session, parcel: FulfillmentFacts, store: StoreFacts
) -> list[ShownQuestion]:
    asked = orders.queries.list_proposed(session, [parcel.id])
    if not asked:
        return []
    lines = {line.sku: line for line in parcel.lines}
    names = {each.sku: lines[each.sku].name for each in asked}
    words = catalog.queries.describe_skus(
        session,
        [*names, *(each.substitute_sku for each in asked)],
        language=current(),
    )
    for sku, said in words.items():
        names[sku] = ", ".join(filter(None, (said.name, said.option)))
    return [
        ShownQuestion(
            each,
            pictured(each.sku, names[each.sku], category=None, shelves=[]),
            pictured(each.substitute_sku, names[each.substitute_sku], category=None, shelves=[]),
            lines[each.sku].worth_minor(each.quantity),
            formats.when(each.answer_by, store.time_zone, language=current()),
        )
        for each in asked
    ]


def _refused(session: Session, parcel: FulfillmentFacts) -> dict[str, int]:
    """Return how many of each article were refused at the counter."""
    if not any(line.cancelled for line in parcel.lines):
        return {}
    found: dict[str, int] = {}
    for given in orders.queries.list_given(session, [parcel.id])[parcel.id]:
        for sku, said in given.refused.items():
            found[sku] = found.get(sku, 0) + said["quantity"]
    return found


def _is_by_card(session: Session, parcel: FulfillmentFacts) -> bool:
    """Tell whether a card holds, or paid, what this parcel costs."""
    paying = {ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED}
    owed = payments.queries.list_obligations(session, parcel.order_id)
    return any(each.status in paying for each in owed)


def _was_paid(session: Session, parcel: FulfillmentFacts) -> bool:
    """Tell whether money was taken for the order of this parcel, here or elsewhere."""
    owed = payments.queries.list_obligations(session, parcel.order_id)
    tickets = payments.queries.list_tickets(session, parcel.order_id)
    elsewhere = payments.queries.list_outside(session, parcel.order_id)
    return bool(tickets or elsewhere) or any(
        each.status is ObligationStatus.CAPTURED for each in owed
    )


def _note(*said: str | None) -> str | None:
    return " · ".join(each for each in said if each) or None


def say_saved(line: LineFacts, currency: str) -> str | None:
    """Return what is taken off a line, and why: « Les tasses à -10 %: 3,87 € less »."""
    minor = line.owed.discount_minor
    if not minor:
        return None
    saved = formats.money(minor, currency, language=current())
    if not line.promotion:
        return _("%(amount)s less") % {"amount": saved}
    return _("%(promotion)s: %(amount)s less") % {"promotion": line.promotion, "amount": saved}


def _missing(cancelled: int, refused: int, status: Status) -> str | None:
    """Return what is not paid of an article: what was not there, and what was not wanted."""
    if not cancelled or status in {Status.CANCELLED, Status.EXPIRED}:
        return None
    said = []
    if cancelled - refused > 0:
        said.append(_("%(count)d missing: you do not pay for it") % {"count": cancelled - refused})
    if refused:
        said.append(_("%(count)d not taken: you do not pay for it") % {"count": refused})
    return ", ".join(said)


def _live_code(session: Session, parcel: FulfillmentFacts) -> ShownCode | None:
    if parcel.status is not Status.READY:
        return None
    for state in orders.queries.list_passes(session, parcel.id):
        if state.alive and state.contact_id is None:
            picture = b64encode(qr.png(passes.qr_text(state.facts))).decode()
            code = show_code(passes.typed_code(state.facts.id))
            return ShownCode(code, f"data:image/png;base64,{picture}")
    return None
