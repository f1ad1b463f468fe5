"""An order placed on the tablet: what goes along, what comes when, and what is to be paid."""

from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import orders.errors
import orders.queries
import orders.services
import payments.queries
import stores.queries
from app import formats
from app.answers import Shown
from app.doors import say_arrival
from app.i18n import current
from app.i18n import gettext as _
from app.paying import takes_card
from app.staff.acts import Unfit
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from kernel import qr
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders.commands import Channel, Method, Status
from orders.queries import FulfillmentFacts, OrderFacts
from orders.services import TillTicket

TICKET_MAX: Final = 64
ENDED: Final = frozenset({Status.CANCELLED, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """What one location does of it: how, when, and how many of what."""

    icon: str
    said: str
    when: str
    goods: tuple[tuple[int, str], ...]
    given: bool


@blueprint.get("/orders/<uuid:order_id>")
@declare(permission="orders.take")
def show_placed(order_id: UUID) -> str:
    """Show an order that was begun here: its parts, and how it is paid."""
    with transaction() as session:
        return _page(session, here(session), order_id)


@blueprint.post("/orders/<uuid:order_id>")
@declare(permission="fulfillments.prepare")
def pay_placed(order_id: UUID) -> Shown:
    """The till took what is due: what goes along is the customer's, the rest is prepared now."""
    return try_to(
        lambda session, place: _pay(session, place, order_id),
        lambda session, place, error: _page(session, place, order_id, error=error),
        paying_id=order_id,
    )


@blueprint.post("/orders/<uuid:order_id>/link")
@declare(permission="orders.take")
def send_link(order_id: UUID) -> Shown:
    """Have the customer sent a link to pay; whoever sends the goods, it was ordered here."""

    def send(session: Session, place: Here) -> str:
        order = _get_begun(session, place, order_id)
        orders.services.make_pay_link(session, order, actor=place.actor)
        return url_for("tablet.show_placed", order_id=order_id, did="sent")

    return try_to(send, lambda session, place, error: _page(session, place, order_id, error=error))


def _pay(session: Session, place: Here, order_id: UUID) -> str:
    number = " ".join(request.form.get("ticket", "").split())[:TICKET_MAX]
    if not number:
        raise Unfit(_("Type the number of the till's ticket."))
    _get_begun(session, place, order_id)
    ticket = TillTicket(place.store.id, number)
    orders.services.take_till_payment(session, order_id, ticket=ticket, actor=place.actor)
    return url_for("tablet.show_placed", order_id=order_id)


def _get_begun(session: Session, place: Here, order_id: UUID) -> OrderFacts:
    """Return an order that was begun in this store; any other is not found.

    What is shown of it opens the customer's own page.
    """
    try:
        whoever = replace(SYSTEM, brand_id=place.actor.brand_id)
        order = orders.queries.get_order(session, order_id, actor=whoever)
    except orders.errors.UnknownOrder:
        abort(404)
    if (order.channel, order.placed_at_id) != (Channel.STORE, place.store.id):
        abort(404)
    return order


def _page(session: Session, place: Here, order_id: UUID, *, error: str | None = None) -> str:
    """Show what is due, and nothing of whose it is: the goods may be another store's to send."""
    order = _get_begun(session, place, order_id)
    paid_minor = payments.queries.paid_minor(session, order.id)
    by_card = payments.queries.list_obligations(session, order.id)
    page = url_for("shop.order", language=order.language, token=order.token, _external=True)
    shown = sorted(order.fulfillments, key=lambda each: each.method is not Method.CARRY_OUT)
    return render_template(
        "tablet/placed.html",
        number=show_order_number(order.number),
        order=order,
        parts=[_part(session, place, each) for each in shown if each.status not in ENDED],
        waits=order.awaits_till,
        by_card=bool(by_card) or request.args.get("did") == "sent",
        later=not by_card and not paid_minor,
        due_minor=max(order.owed.total_minor - paid_minor, 0),
        picture=f"data:image/png;base64,{b64encode(qr.png(page)).decode()}",
        error=error,
        sent=request.args.get("did") == "sent",
        can_send_link=takes_card(order.owed.total_minor - paid_minor, order.currency),
    )


def _part(session: Session, place: Here, parcel: FulfillmentFacts) -> PlacedPart:
    goods = tuple((line.quantity - line.cancelled, line.name) for line in parcel.lines)
    if parcel.method is Method.CARRY_OUT:
        given = parcel.status is Status.HANDED_OVER
        return PlacedPart("shopping-bag", _("Taken along now"), "", goods, given)
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    when = _("Ready %(when)s") % {
        "when": formats.when(parcel.promised_at, store.time_zone, language=current())
    }
    if parcel.method is Method.DELIVERY:
        arrives = say_arrival(parcel) or _("we write to you how and when it comes")
        said = _("Sent by %(store)s") % {"store": store.name}
        return PlacedPart("truck", said, arrives[:1].upper() + arrives[1:], goods, given=False)
    if store.id == place.store.id:
        return PlacedPart("building-store", _("Collected here"), when, goods, given=False)
    said = _("Collected at %(store)s") % {"store": store.name}
    return PlacedPart("building-store", said, when, goods, given=False)
