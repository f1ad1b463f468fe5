"""Going on elsewhere: a basket's code, link and picture, and taking one up on another device.

A link or a code opens a basket, never a person's data. Reading changes nothing: messages are read
by scanners too.
"""

from typing import Final
from uuid import UUID

from flask import abort, request, url_for

import orders.queries
import orders.services
from app import sessions
from app.answers import Shown
from app.cart_codes import limits_of, open_typed
from app.forms import once
from app.i18n import current
from app.i18n import gettext as _
from app.shop.baskets import read_basket
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.carts import share_address, share_picture
from app.shop.contact import Typed, read_reach
from app.shop.visitor import as_shopper, read_frame, remember_visitor, show, with_cart
from customers.commands import GiveContact
from kernel.attempts import Limit, take_attempt
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.ids import show_cart_code
from kernel.links import cart_token, read_cart_token
from kernel.web import declare
from orders.errors import CartOrdered, UnknownCart

SENT_MAX: Final = 5
SENT_WINDOW_S: Final = 3_600
CODE_MAX: Final = 40


@blueprint.post(f"{PAGES}/basket/elsewhere")
@declare(permission="orders.place", rate="60/minute")
def carry_basket() -> Shown:
    """Have a code for this browser's basket, and show where it goes on."""

    def give() -> str:
        cart = read_frame(session).visitor.cart
        if cart.id is None or not cart.quantities:
            return url_for("shop.basket")
        orders.services.give_cart_code(session, cart.id)
        return url_for("shop.elsewhere")

    with transaction() as session:
        return once(session, give)


@blueprint.get(f"{PAGES}/basket/elsewhere")
@declare(permission="orders.place")
def elsewhere() -> Shown:
    """Show the code, the picture and the link of this browser's basket."""
    return _show_elsewhere(Typed(), sent=request.args.get("sent") == "yes")


@blueprint.post(f"{PAGES}/basket/send")
@declare(permission="orders.place", rate="10/minute")
def send_basket() -> Shown:
    """Have the link of this browser's basket sent somewhere, a few times an hour."""
    typed = Typed()
    email, phone = read_reach(request.form, typed)
    if typed.errors:
        return _show_elsewhere(typed, status=422)

    def send() -> str:
        cart = read_frame(session).visitor.cart
        if cart.id is None or cart.order_id is not None:
            return url_for("shop.basket")
        contact = GiveContact("", "", email, phone, current())
        orders.services.send_cart(session, cart.id, contact, actor=as_shopper())
        return url_for("shop.elsewhere", sent="yes")

    try:
        with transaction() as session:
            take_attempt(session, _sending())
        with transaction() as session:
            return once(session, send)
    except TooManyAttempts:
        typed.errors["reach"] = _("Enough was sent from here for now. Use the code, or try later.")
        return _show_elsewhere(typed, status=429)


@blueprint.get(f"{PAGES}/baskets")
@declare(permission="orders.place")
def resume() -> str:
    """Ask for the code of a basket."""
    return _ask_code("", None)


@blueprint.post(f"{PAGES}/baskets")
@declare(permission="orders.place", rate="30/minute")
def open_basket() -> Shown:
    """Show the basket with a code; wrong codes are counted, and soon not looked at any more."""
    typed = request.form.get("code", "")[:CODE_MAX]
    with transaction() as session:
        visitor_id = remember_visitor(session)
    try:
        found = open_typed(typed, limits_of(visitor_id, request.remote_addr))
    except UnknownCart:
        wrong = _("No basket has this code. Check the six signs, or ask for the link.")
        return _ask_code(typed, wrong), 422
    except TooManyAttempts:
        return _ask_code(typed, _("Too many wrong codes. Try again in a quarter of an hour.")), 429
    return go_to(url_for("shop.shared_basket", token=cart_token(found.id or UUID(int=0))))


@blueprint.get(f"{PAGES}/baskets/<string:token>")
@declare(permission="orders.place")
def shared_basket(token: str) -> str:
    """Show what is in a basket, and offer to go on with it here."""
    cart_id = _cart_of(token)
    with transaction() as session:
        frame = read_frame(session)
        cart = orders.queries.get_cart_by_id(session, cart_id)
        shared = read_basket(session, with_cart(frame, cart))
    return show(
        "shared",
        frame,
        token=token,
        basket=shared,
        note=cart.note,
        was_ordered=cart.order_id is not None,
        is_mine=frame.visitor.cart.id == cart_id,
    )


@blueprint.post(f"{PAGES}/baskets/<string:token>")
@declare(permission="orders.place", rate="60/minute")
def take_up_basket(token: str) -> Shown:
    """Go on with a basket in this browser; one that had something in it is put aside, not lost."""
    cart_id = _cart_of(token)

    def take_up() -> str:
        visitor_id = remember_visitor(session)
        aside = orders.services.take_up_cart(session, visitor_id, cart_id=cart_id)
        code = orders.services.give_cart_code(session, aside) if aside else None
        return url_for("shop.basket", aside=show_cart_code(code) if code else None)

    try:
        with transaction() as session:
            return once(session, take_up)
    except CartOrdered:
        return shared_basket(token), 409


def _show_elsewhere(typed: Typed, *, sent: bool = False, status: int = 200) -> Shown:
    with transaction() as session:
        frame = read_frame(session)
    cart = frame.visitor.cart
    if cart.id is None or cart.code is None or not cart.quantities:
        return go_to(url_for("shop.basket"))
    page = show(
        "elsewhere",
        frame,
        code=show_cart_code(cart.code),
        address=share_address(cart.id),
        picture=share_picture(cart.id),
        typed=typed,
        sent=sent,
    )
    return page, status


def _ask_code(typed: str, wrong: str | None) -> str:
    with transaction() as session:
        frame = read_frame(session)
    return show("resume", frame, typed=typed, wrong=wrong)


def _sending() -> list[Limit]:
    """Return how often links are sent from this browser, and from its network."""
    browser = sessions.csrf_token()
    return [
        Limit(f"cart-send:by:{browser}", SENT_MAX, SENT_WINDOW_S),
        Limit(f"cart-send:network:{request.remote_addr}", SENT_MAX * 6, SENT_WINDOW_S),
    ]


def _cart_of(token: str) -> UUID:
    cart_id = read_cart_token(token)
    if cart_id is None:
        abort(404)
    return cart_id
