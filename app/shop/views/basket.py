"""The basket: put in, changed, and given a store to collect it from. It reserves nothing."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import orders.services
from app.answers import Shown
from app.forms import once
from app.shop.baskets import read_basket
from app.shop.blueprint import PAGES, blueprint
from app.shop.carts import change_held, say_seen
from app.shop.refusals import say
from app.shop.visitor import read_frame, remember_visitor, show
from app.shop.ways import read_ways
from kernel.db import transaction
from kernel.ids import read_cart_code, show_cart_code
from kernel.web import declare
from orders.commands import ChangeCart
from orders.errors import CartChanged, CartOrdered

QUANTITY_MAX: Final = 99


@blueprint.get(f"{PAGES}/basket")
@declare(permission="catalog.read")
def basket() -> str:
    """Show the basket, and in which ways all of it can be had: from stores, or at the door."""
    return show_basket()


def show_basket(refused: str | None = None, unread: Collection[str] = ()) -> str:
    """Return the page of the basket as it is now, with what was not done, if anything.

    `unread` are SKUs of which no quantity was typed that can be: it is said beside their fields.
    """
    with transaction() as session:
        frame = read_frame(session)
        filled = read_basket(session, frame)
        ways = read_ways(session, frame, filled)
    cart = frame.visitor.cart
    aside = read_cart_code(request.args.get("aside", ""))
    return show(
        "basket",
        frame,
        basket=filled,
        ways=ways,
        refused=refused,
        unread=unread,
        most=QUANTITY_MAX,
        seen=say_seen(cart),
        note=cart.note if filled.lines else None,
        was_ordered=cart.order_id is not None,
        aside=show_cart_code(aside) if aside else None,
    )


@blueprint.post(f"{PAGES}/basket/add")
@declare(permission="orders.place")
def add_to_basket() -> Response:
    """Have one more of a SKU in the basket, and its store chosen when one was named."""

    def add() -> str:
        cart_id = orders.services.have_cart(session, remember_visitor(session))
        sku, store = request.form.get("sku", ""), request.form.get("store")
        orders.services.add_to_cart(session, cart_id, sku, most=QUANTITY_MAX)
        if store:
            orders.services.change_cart(session, cart_id, ChangeCart(store_code=store))
        return url_for("shop.basket")

    with transaction() as session:
        return once(session, add)


@blueprint.post(f"{PAGES}/basket/change")
@declare(permission="orders.place")
def change_basket() -> Shown:
    """Have other quantities in the basket, or another store; not in one that others changed."""

    def change() -> str:
        change_from_form(session, remember_visitor(session))
        return url_for("shop.basket")

    if unread := list_unread():
        return show_basket(unread=unread), 422
    try:
        with transaction() as session:
            return once(session, change)
    except (CartChanged, CartOrdered) as refusal:
        return show_basket(say(refusal)), 409


def change_from_form(session: Session, visitor_id: UUID) -> None:
    """Have the quantities and the store in the basket that this request's form names.

    `fit` takes of each article what the store has left.

    Raises CartChanged when the form was made of another basket than there is by now.
    """
    seen = request.form.get("seen", "")
    change = ChangeCart(_quantities(), request.form.get("store") or None)
    change_held(session, visitor_id, change, seen=seen)
    if request.form.get("fit"):
        short = read_basket(session, read_frame(session)).short_lines()
        fewer = ChangeCart({line.sku: left for line, left in short})
        change_held(session, visitor_id, fewer, seen="")


def list_unread() -> set[str]:
    """Return the SKUs of which this request's form says no quantity; what is removed needs none."""
    removed = request.form.get("take", "").partition(":")[2]
    said = {name.partition(":"): typed for name, typed in request.form.items()}
    return {
        sku
        for (field, _, sku), typed in said.items()
        if field == "quantity" and sku != removed and not _is_quantity(typed)
    }


def _is_quantity(typed: str) -> bool:
    known = typed.isascii() and typed.isdigit() and len(typed) <= len(str(QUANTITY_MAX))
    return known and int(typed) <= QUANTITY_MAX


def _quantities() -> dict[str, int]:
    """Return the quantities a form names, as `quantity:<SKU>`; what is no number is left alone.

    A button that is pressed comes last in the form and wins: it removes a line, or takes fewer.
    """
    found = {}
    for name, value in request.form.items(multi=True):
        field, _, sku = name.partition(":")
        if field == "quantity" and value.isascii() and value.isdigit():
            found[sku] = min(int(value[:6]), QUANTITY_MAX)
    take, _, sku = request.form.get("take", "").partition(":")
    if sku and take.isascii() and take.isdigit():
        found[sku] = min(int(take[:6]), QUANTITY_MAX)
    return found
