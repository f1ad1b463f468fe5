"""A customer's basket on the tablet: opened by its code or picture, changed, noted on, sent."""

from typing import Final, cast
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import orders.queries
import orders.services
import stores.queries
from app import forms
from app.answers import Shown
from app.cart_codes import TYPED_MAX, limits_of, open_typed
from app.forms import SEE_OTHER
from app.i18n import current
from app.i18n import gettext as _
from app.sessions import FormSentBefore
from app.shop.contact import Typed, read_reach
from app.staff.articles import describe, find_sku
from app.staff.views.base import Here, blueprint, here
from catalog.errors import UnknownSku
from customers.commands import GiveContact
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.ids import show_cart_code
from kernel.links import cart_token, read_cart_token
from kernel.web import declare
from orders.commands import ChangeCart, Channel, OpenCart
from orders.errors import CartChanged, CartOrdered, UnknownCart

MANY: Final = 99
NOTE_MAX: Final = 250


@blueprint.get("/baskets")
@declare(permission="orders.take")
def ask_basket() -> str:
    """Ask for a basket's code or picture, or begin one for somebody."""
    with transaction() as session:
        here(session)
    return render_template("tablet/basket_code.html", typed="", wrong=None)


@blueprint.post("/baskets")
@declare(permission="orders.take", rate="60/minute")
def open_basket() -> Shown:
    """Open the basket whose code was scanned or typed; a fresh one when none was."""
    typed = request.form.get("said", "").strip()[:TYPED_MAX]
    with transaction() as session:
        place = here(session)
        if not typed:
            return forms.once(session, lambda: _begin(session, place))
    try:
        found = open_typed(typed, limits_of(place.tablet.id, request.remote_addr))
    except UnknownCart:
        wrong = _("No basket has this code. Check the six signs, or ask for the link.")
        return render_template("tablet/basket_code.html", typed=typed, wrong=wrong), 422
    except TooManyAttempts:
        wrong = _("Too many wrong codes. Try again in a quarter of an hour.")
        return render_template("tablet/basket_code.html", typed=typed, wrong=wrong), 429
    return cast("Response", redirect(_address(found.id or UUID(int=0)), SEE_OTHER))


@blueprint.get("/baskets/<string:token>")
@declare(permission="orders.take")
def show_basket(token: str) -> str:
    """Show a basket as it is now, with what this store has of it."""
    return _page(_cart_of(token), Typed(), said=request.args.get("did"))


@blueprint.post("/baskets/<string:token>")
@declare(permission="orders.take", rate="240/minute")
def change_basket(token: str) -> Shown:
    """Do what the pressed button says, in the version the page showed."""
    cart_id, typed = _cart_of(token), Typed()
    act = request.form.get("do", "change")
    contact = _read_contact(typed) if act == "send" else None
    if typed.errors:
        return _page(cart_id, typed), 422

    def work() -> str:
        if act == "send" and contact is not None:
            _send(session, place, cart_id, contact)
            return url_for("tablet.show_basket", token=token, did="sent")
        _change(session, place, cart_id, act)
        return url_for("tablet.show_basket", token=token)

    try:
        with transaction() as session:
            place = here(session)
            return forms.once(session, work)
    except UnknownSku:
        typed.errors["sku"] = _("Nothing is called that here.")
        return _page(cart_id, typed), 422
    except CartChanged:
        changed = _("The basket was changed on another device. This is how it is now.")
        return _page(cart_id, typed, refused=changed), 409
    except CartOrdered:
        return _page(cart_id, typed), 409
    except FormSentBefore as before:
        return _page(cart_id, typed, refused=before.detail), 409


def _begin(session: Session, place: Here) -> str:
    command = OpenCart(Channel.STORE, store_code=place.store.code)
    return _address(orders.services.open_cart(session, command, actor=place.actor))


def _change(session: Session, place: Here, cart_id: UUID, act: str) -> None:
    cart = orders.queries.get_cart_by_id(session, cart_id)
    quantities = {}
    for name, value in request.form.items():
        column, _colon, sku = name.partition(":")
        if column == "quantity" and value.isascii() and value.isdigit():
            quantities[sku] = min(int(value[:6]), MANY)
    note = request.form.get("note", "").strip()[:NOTE_MAX]
    version = request.form.get("version", "")
    change = ChangeCart(
        {sku: units for sku, units in quantities.items() if cart.quantities.get(sku) != units},
        place.store.code if act == "here" else None,
        note if note != (cart.note or "") else None,
        seen_version=int(version) if version.isascii() and version.isdigit() else 0,
    )
    orders.services.change_cart(session, cart_id, change)
    wanted = request.form.get("sku", "").strip()
    if wanted:
        known = find_sku(session, said=wanted, brand_id=place.store.brand_id)
        orders.services.add_to_cart(session, cart_id, known or wanted, most=MANY)


def _read_contact(typed: Typed) -> GiveContact | None:
    email, phone = read_reach(request.form, typed)
    return None if typed.errors else GiveContact("", "", email, phone, current())


def _send(session: Session, place: Here, cart_id: UUID, contact: GiveContact) -> None:
    sent_to = orders.services.send_cart(session, cart_id, contact, actor=place.actor)
    orders.services.change_cart(session, cart_id, ChangeCart(contact_id=sent_to))


def _page(
    cart_id: UUID, typed: Typed, *, refused: str | None = None, said: str | None = None
) -> str:
    with transaction() as session:
        place = here(session)
        cart = orders.queries.get_cart_by_id(session, cart_id)
        looks = describe(session, {sku: sku for sku in cart.quantities}, language=current())
        at = stores.queries.get_store_by_id(session, cart.location_id) if cart.location_id else None
        sold = catalog.queries.describe_skus(session, list(cart.quantities), language=current())
        quote = orders.queries.read_quote(
            session,
            {sku: units for sku, units in cart.quantities.items() if sku in sold},
            brand_id=place.store.brand_id,
            language=current(),
            store=at,
        )
    return render_template(
        "tablet/basket.html",
        token=cart_token(cart_id),
        cart=cart,
        code=show_cart_code(cart.code) if cart.code else None,
        at=at,
        lines=[(looks[line.sku], line) for line in quote.lines],
        total_minor=quote.totals.total_minor,
        typed=typed,
        refused=refused,
        said=said,
    )


def _address(cart_id: UUID) -> str:
    return url_for("tablet.show_basket", token=cart_token(cart_id))


def _cart_of(token: str) -> UUID:
    cart_id = read_cart_token(token)
    if cart_id is None:
        abort(404)
    return cart_id
