"""Home delivery on one page, as a guest: postcode, way, address, and the order, paid by card."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import orders.services
from app.answers import Shown
from app.forms import once
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled, open_payment_page
from app.shop.account import fill_in, list_kept, offer_address
from app.shop.baskets import Basket, read_basket
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed
from app.shop.delivering import CODE_MAX, Delivering, guess_postcode, read_delivering, read_delivery
from app.shop.refusals import say
from app.shop.visitor import Frame, as_shopper, read_frame, remember_visitor, show
from customers.errors import UnreadablePostcode
from inventory.errors import OutOfStock
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.links import order_token
from kernel.web import declare
from orders.commands import PlaceOrder, SeenCart
from orders.errors import EmptyCart, HoldEnded
from payments.errors import CheckoutUnavailable, NotPayable

POSTCODE_MAX: Final = 12
SHOWN, UNPAID = "shown", "unpaid"


@blueprint.get(f"{PAGES}/checkout/delivery")
@declare(permission="orders.place")
def checkout_delivery() -> Shown:
    """Ask for a postcode, then how, where to and for whom."""
    typed = Typed({"way": request.args.get("way", "")[:CODE_MAX]})
    asked = request.args.get("postcode")
    with transaction() as session:
        frame = read_frame(session)
        basket = read_basket(session, frame, brought=True)
        if not basket.lines:
            return go_to(url_for("shop.basket"))
        fill_in(session, frame.visitor.account, typed)
        said = offer_address(session, frame.visitor.account, typed, asked) or guess_postcode(frame)
        postcode = said[:POSTCODE_MAX]
        found = _find(session, frame, basket, typed, postcode)
    typed.values["postcode"] = postcode
    if found.town:
        typed.values.setdefault("city", found.town)
    return _page(frame, basket, typed, found)


@blueprint.post(f"{PAGES}/checkout/delivery")
@declare(permission="orders.place", rate="60/minute")
def order_delivery() -> Shown:
    """Place the order and go to pay; or say what is wrong, keeping what was typed."""
    typed = Typed()
    try:
        with transaction() as session:
            frame = read_frame(session)
            basket = read_basket(session, frame, brought=True)
            command, typed = read_delivery(request.form, frame, basket)
            answer = command and once(session, lambda: _place(session, frame, command))
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return _again(typed, status=422)
    except Refusal as refusal:
        return _again(typed, status=409, refused=say(refusal))
    return _show_order(answer) if answer else _again(typed, status=422)


def _place(session: Session, frame: Frame, command: PlaceOrder) -> str:
    """Place the order of this browser's basket; return which it is, by its id.

    One begun from the same basket and not paid ends first; was it paid meanwhile, it is shown.
    """
    remember_visitor(session)
    cart = frame.visitor.cart
    if cart.id is None:
        raise EmptyCart
    orders.services.claim_cart(session, SeenCart(cart.id, cart.version))
    pending_id = frame.visitor.cart.pending_id
    if pending_id is not None:
        paid = orders.services.withdraw_pending(session, pending_id, actor=as_shopper())
        if paid is not None:
            return f"{SHOWN}:{paid}"
    placed = orders.services.place_order(session, command, actor=as_shopper())
    if placed.obligation_id is None:
        orders.services.close_cart(session, cart.id, order_id=placed.id, actor=as_shopper())
        return f"{SHOWN}:{placed.id}"
    orders.services.await_payment(session, cart.id, fulfillment_id=placed.fulfillment_id)
    return f"{SHOWN if placed.follows else UNPAID}:{placed.id}"  # first see the later time


def _show_order(answer: Response) -> Response:
    """Return the way to pay, or to the order: only its id was stored."""
    kind, _colon, order_id = answer.headers["Location"].partition(":")
    if kind == UNPAID:
        with suppress(CheckoutUnavailable, NotPayable, HoldEnded, OutOfStock):
            return go_to(open_payment_page(UUID(order_id), current()))
    return go_to(url_for("shop.order", token=order_token(UUID(order_id)), placed="yes"))


def _again(typed: Typed, *, status: int, refused: str | None = None) -> Shown:
    """Return the page with everything that was typed, and prices as they are now."""
    with transaction() as session:
        frame = read_frame(session)
        basket = read_basket(session, frame, brought=True)
        if not basket.lines:
            return go_to(url_for("shop.basket"))
        postcode = request.form.get("postcode", "")[:POSTCODE_MAX]
        found = _find(session, frame, basket, typed, postcode)
    return _page(frame, basket, typed, found, refused=refused), status


def _find(
    session: Session, frame: Frame, basket: Basket, typed: Typed, postcode: str
) -> Delivering:
    chosen = typed.values.get("way", "")
    try:
        return read_delivering(session, frame, basket, postcode=postcode, chosen=chosen)
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return read_delivering(session, frame, basket, postcode="", chosen=chosen)


def _page(
    frame: Frame, basket: Basket, typed: Typed, found: Delivering, *, refused: str | None = None
) -> str:
    return show(
        "delivery",
        frame,
        basket=basket,
        typed=typed,
        delivering=found,
        refused=refused,
        cards=card_enabled(),
        kept=list_kept(frame.visitor.account),
    )
