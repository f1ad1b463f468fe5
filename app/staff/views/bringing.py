"""« Faire livrer »: what this shelf lacks is ordered to the customer's door, paid at the till."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import orders.delivery
import orders.errors
import orders.queries
import payments.queries
import stores.queries
from app.answers import Shown
from app.doors import SaidOption, find_town, say_options, say_window
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled
from app.staff.acts import Unfit
from app.staff.articles import describe
from app.staff.said import printable
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from customers.commands import GiveAddress, GiveContact
from customers.errors import UnreadablePostcode
from kernel import qr
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.links import order_token
from kernel.web import declare
from orders import services
from orders.commands import AskDelivery, Bring, Channel, Method, PayBy, PlaceOrder
from orders.queries import OrderFacts
from orders.services import TillTicket

QUANTITY_MAX: Final = 99
TEXT_MAX: Final = 120
TICKET_MAX: Final = 64
FIELDS: Final = (
    "postcode", "first_name", "last_name", "reach", "line1", "line2", "city", "way", "pay_by"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page is about: an article, how many of it, and what was typed."""

    sku: str
    quantity: int
    typed: Mapping[str, str]
    options: list[SaidOption] = field(default_factory=list)
    nobody: bool = False


@blueprint.get("/door")
@declare(permission="orders.place")
def ask_door() -> str:
    """Ask where an article is to be brought to; with a postcode show the ways and their prices."""
    with transaction() as session:
        return _page(session, here(session), request.args)


@blueprint.post("/door")
@declare(permission="orders.place")
def order_to_door() -> Shown:
    """Place the order; it waits for its money."""
    return try_to(_place, lambda session, place, error: _page(session, place, request.form, error))


@blueprint.get("/door/<uuid:order_id>")
@declare(permission="orders.place")
def show_door(order_id: UUID) -> str:
    """Show what is to be paid for a delivery, at the till or by the customer's own card."""
    with transaction() as session:
        return show_due(session, here(session), order_id)


@blueprint.post("/door/<uuid:order_id>")
@declare(permission="fulfillments.prepare")
def pay_door(order_id: UUID) -> Shown:
    """The till took what is due: the order is prepared now."""
    return try_to(
        lambda session, place: _pay(session, place, order_id),
        lambda session, place, error: show_due(session, place, order_id, error=error),
    )


def _place(session: Session, place: Here) -> str:
    asked = _read(request.form)
    typed = asked.typed
    missing = [name for name in ("last_name", "reach", "line1", "city", "way") if not typed[name]]
    if missing:
        raise Unfit(_("Something is missing: name, e-mail or phone, street, town and way."))
    email, phone = (typed["reach"], None) if "@" in typed["reach"] else (None, typed["reach"])
    seen = request.form.get(f"seen:{typed['way']}", "")
    door = GiveAddress(typed["line1"], typed["postcode"], typed["city"], typed["line2"] or None)
    command = PlaceOrder(
        Channel.STORE,
        [Bring(door, {asked.sku: asked.quantity}, typed["way"])],
        GiveContact(typed["first_name"], typed["last_name"], email, phone, current()),
        PayBy.CARD if typed["pay_by"] == PayBy.CARD.value else PayBy.TILL,
        begun_at=place.store.code,
        seen_total_minor=int(seen) if seen.isascii() and seen.isdigit() else -1,
    )
    placed = services.place_order(session, command, actor=place.actor)
    return url_for("tablet.show_door", order_id=placed.id)


def _pay(session: Session, place: Here, order_id: UUID) -> str:
    number = " ".join(request.form.get("ticket", "").split())[:TICKET_MAX]
    if not number:
        raise Unfit(_("Type the number of the till's ticket."))
    get_begun(session, place, order_id)
    ticket = TillTicket(place.store.id, number)
    services.take_till_payment(session, order_id, ticket=ticket, actor=place.actor)
    return url_for("tablet.show_door", order_id=order_id)


def _read(said: Mapping[str, str]) -> _Asked:
    quantity = said.get("quantity", "1")
    number = int(quantity) if quantity.isascii() and quantity.isdigit() else 1
    typed = {name: printable(said.get(name, ""))[:TEXT_MAX] for name in FIELDS}
    return _Asked(
        printable(said.get("sku", ""))[:TEXT_MAX], min(max(number, 1), QUANTITY_MAX), typed
    )


def _page(session: Session, place: Here, said: Mapping[str, str], error: str | None = None) -> str:
    asked = _read(said)
    shown = describe(session, {asked.sku: asked.sku}, language=current())
    options: list[SaidOption] = []
    nobody, town = False, ""
    if asked.typed["postcode"] and asked.sku:
        ask = AskDelivery(
            Channel.STORE,
            current(),
            {asked.sku: asked.quantity},
            asked.typed["postcode"],
            store_code=place.store.code,
        )
        try:
            found = orders.delivery.find_options(session, ask)
        except UnreadablePostcode:
            error = error or _("Write the five digits of a French postcode.")
        else:
            options = say_options(found.options, place.store.currency)
            nobody = bool(found.decision.missing)
            town = find_town(asked.typed["postcode"])
    return render_template(
        "tablet/door.html",
        one=shown[asked.sku],
        quantity=asked.quantity,
        typed={**asked.typed, "city": asked.typed["city"] or town},
        options=options,
        nobody=nobody,
        error=error,
    )


def get_begun(session: Session, place: Here, order_id: UUID) -> OrderFacts:
    """Return an order to a door that was begun in this store; any other is not found.

    What is shown of it opens the customer's own page.
    """
    try:
        whoever = replace(SYSTEM, brand_id=place.actor.brand_id)
        order = orders.queries.get_order(session, order_id, actor=whoever)
    except orders.errors.UnknownOrder:
        abort(404)
    brought = any(each.method is Method.DELIVERY for each in order.fulfillments)
    if not brought or (order.channel, order.placed_at_id) != (Channel.STORE, place.store.id):
        abort(404)
    return order


def show_due(session: Session, place: Here, order_id: UUID, *, error: str | None = None) -> str:
    """Show what is due, and nothing of whose it is: the goods may be another store's to send."""
    order = get_begun(session, place, order_id)
    due_minor = order.owed.total_minor - payments.queries.paid_minor(session, order.id)
    page = url_for(
        "shop.order", language=order.language, token=order_token(order.id), _external=True
    )
    picture = b64encode(qr.png(page)).decode()
    parcels: list[dict[str, Any]] = [
        {
            "store": stores.queries.get_store_by_id(session, each.location_id).name,
            "window": say_window(each.arrives_from, each.arrives_by),
        }
        for each in order.fulfillments
        if each.arrives_from and each.arrives_by
    ]
    return render_template(
        "tablet/door_due.html",
        number=show_order_number(order.number),
        order=order,
        waits=order.awaits_till,
        due_minor=max(due_minor, 0),
        parcels=parcels,
        picture=f"data:image/png;base64,{picture}",
        error=error,
        sent=request.args.get("did") == "sent",
        can_send_link=card_enabled() and place.actor.may("orders.take"),
    )
