"""A customer's basket on the tablet: filled by scanning, each line its way, ordered or sent."""

from typing import Any, Final, cast
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

import customers.queries
import orders.queries
import orders.services
from app import forms
from app.answers import Shown
from app.cart_codes import TYPED_MAX, limits_of, open_typed
from app.forms import SEE_OTHER
from app.i18n import gettext as _
from app.paying import card_enabled
from app.problems import Unauthenticated, status_of
from app.quantities import MANY, forget_quantity, read_quantities
from app.shop.contact import Typed
from app.staff.aisle import Aisle, line_ways, read_aisle
from app.staff.articles import find_sku
from app.staff.buying import (
    pay_way,
    pay_ways,
    read_contact,
    read_order,
    read_typed,
    recall,
    seen_version,
)
from app.staff.buying_refusals import new_total, say
from app.staff.views.base import Here, blueprint, here
from catalog.errors import UnknownSku
from customers.errors import UnreadablePostcode
from customers.queries import CustomerFacts
from kernel.db import transaction
from kernel.errors import Refusal, TooManyAttempts
from kernel.ids import show_cart_code
from kernel.links import cart_token, read_cart_token
from kernel.web import declare
from orders.commands import ChangeCart, Channel, OpenCart, OrderCart
from orders.errors import CartChanged, CartOrdered, UnknownCart
from orders.queries import CartFacts

STEPS: Final = {"more": 1, "less": -1, "out": -MANY}
OK, CONFLICT, INVALID = 200, 409, 422


@blueprint.get("/baskets")
@declare(permission="orders.take")
def ask_basket() -> str:
    """Ask for an article, a basket's code or its picture, or begin a basket for somebody."""
    with transaction() as session:
        here(session)
    return render_template("tablet/basket_code.html", typed="", wrong=None)


@blueprint.post("/baskets")
@declare(permission="orders.take", rate="60/minute")
def open_basket() -> Shown:
    """Open the basket whose code was scanned or typed; a fresh one with a scanned article."""
    typed = request.form.get("said", "").strip()[:TYPED_MAX]
    with transaction() as session:
        place = here(session)
        sku = find_sku(session, said=typed, brand_id=place.store.brand_id) if typed else None
        if sku or not typed:
            return forms.once(session, lambda: _begin(session, place, sku))
    try:
        found = open_typed(typed, limits_of(place.tablet.id, request.remote_addr))
    except UnknownCart:
        wrong = _("No article and no basket has this code. Scan it again, or ask for the link.")
        return render_template("tablet/basket_code.html", typed=typed, wrong=wrong), INVALID
    except TooManyAttempts:
        wrong = _("Too many wrong codes. Try again in a quarter of an hour.")
        return render_template("tablet/basket_code.html", typed=typed, wrong=wrong), 429
    return cast("Response", redirect(_address(found.id or UUID(int=0)), SEE_OTHER))


@blueprint.get("/baskets/<string:token>")
@declare(permission="orders.take")
def show_basket(token: str) -> Shown:
    """Show a basket with how each line can go; one that was ordered shows its order."""
    return _page(_cart_of(token), Typed(), said=request.args.get("did"))


@blueprint.post("/baskets/<string:token>")
@declare(permission="orders.take", rate="240/minute")
def change_basket(token: str) -> Shown:
    """Do what the pressed button says, in the version the page showed; nothing typed is lost."""
    cart_id, typed = _cart_of(token), read_typed()
    act, _colon, what = request.form.get("do", "look").partition(":")
    scanned = bool(typed.values.get("sku", "").strip())
    try:
        if act == "place" and not scanned:
            return _place(cart_id, typed)
        with transaction() as session:
            place = here(session)
            told = forms.told_once(
                session, lambda: _work(session, place, cart_id, typed, (act, what))
            )
    except Unauthenticated:
        raise
    except UnknownSku as unknown:
        if not scanned:
            return _refused(cart_id, typed, unknown)
        typed.errors["sku"] = _("Nothing is called that here.")
        return _page(cart_id, typed, status=INVALID)
    except Refusal as refusal:
        return _refused(cart_id, typed, refusal)
    if act == "place":
        return _page(cart_id, typed, refused=new_total(), status=CONFLICT)
    return _page(cart_id, typed, said=told.get("did"), status=INVALID if typed.errors else OK)


def _place(cart_id: UUID, typed: Typed) -> Shown:
    """Have the basket become an order as the page showed it, or say what has changed."""
    with transaction() as session:
        place = here(session)
        command = read_order(cart_id, place.store, typed)
        if command is not None:
            return forms.once(session, lambda: _order(session, place, command))
    return _page(cart_id, typed, status=INVALID)


def _order(session: Session, place: Here, command: OrderCart) -> str:
    placed = orders.services.order_cart(session, command, actor=place.actor)
    return url_for("tablet.show_placed", order_id=placed.id)


def _refused(cart_id: UUID, typed: Typed, refusal: Refusal) -> Shown:
    """Show the basket as it is now, and what stood in the way; nothing was done."""
    own = isinstance(refusal, CartChanged) and refusal.facts["version"] == seen_version()
    if own:  # a quantity was typed and the order placed in one press
        with transaction() as session:
            place = here(session)
            cart = orders.queries.get_cart_by_id(session, cart_id)
            _change(session, place, cart, typed, ("look", ""))
        return _page(cart_id, typed, refused=new_total(), status=CONFLICT)
    if isinstance(refusal, CartOrdered):
        return _page(cart_id, typed, status=CONFLICT)
    return _page(cart_id, typed, refused=say(refusal), status=status_of(type(refusal)))


def _work(
    session: Session, place: Here, cart_id: UUID, typed: Typed, pressed: tuple[str, str]
) -> dict[str, Any]:
    """Have the basket as the form says; then send it, if that was pressed."""
    cart = orders.queries.get_cart_by_id(session, cart_id)
    _change(session, place, cart, typed, pressed)
    if pressed[0] == "send":
        return _send(session, place, cart_id, typed)
    return {}


def _change(
    session: Session, place: Here, cart: CartFacts, typed: Typed, pressed: tuple[str, str]
) -> None:
    """Have the basket be as its fields and the pressed button say."""
    act, what = pressed
    read = read_quantities(request.form, typed)
    said = {sku: units for sku, units in read.items() if sku in cart.quantities}
    if act in STEPS and what in cart.quantities:
        forget_quantity(typed, what)
        said[what] = min(max(said.get(what, cart.quantities[what]) + STEPS[act], 0), MANY)
    quantities = {sku: units for sku, units in said.items() if cart.quantities[sku] != units}
    note = typed.values.get("note", "").strip() if "note" in request.form else cart.note or ""
    other_note = note if note != (cart.note or "") else None
    scanned = typed.values.get("sku", "").strip()
    if cart.id is None:
        return
    if quantities or other_note is not None:
        change = ChangeCart(quantities, note=other_note, seen_version=seen_version())
        orders.services.change_cart(session, cart.id, change)
    if scanned:
        known = find_sku(session, said=scanned, brand_id=place.store.brand_id)
        orders.services.add_to_cart(session, cart.id, known or scanned, most=MANY)
        typed.values["sku"] = ""


def _send(session: Session, place: Here, cart_id: UUID, typed: Typed) -> dict[str, Any]:
    """Have the customer sent the basket, with how its lines are wanted, to finish and pay it."""
    cart = orders.queries.get_cart_by_id(session, cart_id)
    contact, aisle = read_contact(typed), _read(session, place, cart, typed)
    if typed.errors or aisle is None:
        return {}
    sent_to = orders.services.send_cart(session, cart_id, contact, actor=place.actor)
    orders.services.choose_line_ways(session, cart_id, line_ways(aisle, place.store))
    orders.services.change_cart(session, cart_id, ChangeCart(contact_id=sent_to))
    return {"did": "sent"}


def _begin(session: Session, place: Here, sku: str | None) -> str:
    goods = {sku: 1} if sku else {}
    command = OpenCart(Channel.STORE, goods, store_code=place.store.code)
    return _address(orders.services.open_cart(session, command, actor=place.actor))


def _read(session: Session, place: Here, cart: CartFacts, typed: Typed) -> Aisle | None:
    """Return the basket as its form wants it; None, and what is wrong said, for no postcode."""
    form = {**request.form, **typed.values}
    try:
        return read_aisle(session, place.store, cart, form, actor=place.actor)
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return None


def _page(
    cart_id: UUID,
    typed: Typed,
    *,
    refused: str | None = None,
    said: str | None = None,
    status: int = OK,
) -> Shown:
    with transaction() as session:
        place = here(session)
        cart = orders.queries.get_cart_by_id(session, cart_id)
        known = _recall(session, place, cart, typed)
        aisle = _read(session, place, cart, typed)
        if aisle is None:
            elsewhere = {**request.form, **typed.values, "postcode": ""}
            aisle = read_aisle(session, place.store, cart, elsewhere, actor=place.actor)
    page = render_template(
        "tablet/basket.html",
        token=cart_token(cart_id),
        cart=cart,
        code=show_cart_code(cart.code) if cart.code else None,
        aisle=aisle,
        typed=typed,
        known=known,
        pays=[each.value for each in pay_ways(aisle, currency=place.store.currency)],
        pay_by=pay_way(aisle, typed, currency=place.store.currency).value,
        cards=card_enabled(),
        refused=refused,
        said=said,
    )
    return page, status


def _recall(session: Session, place: Here, cart: CartFacts, typed: Typed) -> CustomerFacts | None:
    """Return who is meant: by what was typed, else whom this adviser had written to."""
    mine = cart.contact_id is not None and cart.staff_id == place.actor.id
    if mine and cart.contact_id and "reach" not in typed.values:
        noted = customers.queries.get_contacts(session, [cart.contact_id])
        if cart.contact_id in noted:
            one = noted[cart.contact_id]
            typed.values["reach"] = one.phone or one.email or ""
    return recall(session, typed, actor=place.actor)


def _address(cart_id: UUID) -> str:
    return url_for("tablet.show_basket", token=cart_token(cart_id))


def _cart_of(token: str) -> UUID:
    cart_id = read_cart_token(token)
    if cart_id is None:
        abort(404)
    return cart_id
