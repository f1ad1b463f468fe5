"""Checkout on one page, as a guest: who, where, when, and the order."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import orders.services
from app.answers import Shown
from app.forms import once
from app.i18n import current
from app.i18n import gettext as _
from app.order_words import read_words
from app.paying import card_enabled, open_payment_page, takes_card
from app.shop.account import fill_in
from app.shop.baskets import Basket, read_basket
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.carts import say_seen
from app.shop.closing import say_closed_soon
from app.shop.collecting import Collecting, read_choice, read_collecting, say_lost
from app.shop.contact import Typed, read_contact
from app.shop.refusals import say
from app.shop.views.basket import change_from_form
from app.shop.visitor import Frame, as_shopper, read_frame, remember_visitor, show
from customers.commands import GiveContact
from inventory.errors import OutOfStock
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.links import order_token
from kernel.web import declare
from orders.commands import Channel, Collect, PayBy, PlaceOrder, SeenCart
from orders.errors import CartChanged, CartOrdered, HoldEnded, PriceChanged
from payments.errors import CheckoutUnavailable, NotPayable
from stores.errors import SlotUnavailable

WANTED_MAX: Final = 64
TOTAL_SIGNS: Final = 10
RESERVE: Final = "reserve"
"""What a form says that wants nothing paid: neither now nor owed later."""
PLACED, UNPAID = "placed", "unpaid"


class BasketChanged(Exception):
    """The form was made of another basket than there is by now: nothing is kept of it."""


@blueprint.get(f"{PAGES}/checkout")
@declare(permission="orders.place")
def checkout() -> Shown:
    """Ask who collects; a basket that no store can give yet is shown instead."""
    with transaction() as session:
        frame = read_frame(session)
        basket = read_basket(session, frame)
        if basket.chosen is None or not basket.chosen.has_all:
            return go_to(url_for("shop.basket"))
        collecting = read_collecting(session, basket.chosen.store, "")
        typed = Typed()
        fill_in(session, frame.visitor.account, typed)
    return _page(frame, basket, typed, collecting)


@blueprint.post(f"{PAGES}/checkout")
@declare(permission="orders.place", rate="60/minute")
def order_basket() -> Shown:
    """Place the order; or say what is missing, keeping what was typed and the basket."""
    contact, typed = read_contact(request.form, language=current())
    read_words(request.form, typed)
    if request.form.get("store") or request.form.get("take"):
        return _changed(typed)
    try:
        read_choice(_wanted())
    except ValueError:
        typed.errors["slot"] = _("Choose how and when you collect.")
    if typed.errors:
        return _again(typed, status=422)
    try:
        with transaction() as session:
            answer = once(session, lambda: _place(session, contact))
    except Refusal as refusal:
        return _refused(typed, refusal)
    except BasketChanged:
        return _again(typed, status=409, refused=_("Your basket has changed. Read it once more."))
    return show_placed(answer)


def _refused(typed: Typed, refusal: Refusal) -> Shown:
    """Show the page again, with what may be done instead."""
    if isinstance(refusal, SlotUnavailable):
        return _again(typed, status=409, lost=refusal.facts["next"])
    if isinstance(refusal, PriceChanged):
        return _again(typed, status=409, seen_minor=_seen_minor())
    return _again(typed, status=409, refused=say(refusal))


def _place(session: Session, contact: GiveContact) -> str:
    """Place the order of this browser's basket; return where it is shown, by its id.

    An order begun from the same basket and not paid ends first, and what it held is free for this
    one; was it paid meanwhile, then it is shown instead. Raises BasketChanged.
    """
    frame = read_frame(session)
    remember_visitor(session)
    basket, cart = read_basket(session, frame), frame.visitor.cart
    if basket.chosen is None or cart.id is None:
        return url_for("shop.basket")
    if request.form.get("goods", basket.goods) != basket.goods:
        raise BasketChanged
    orders.services.claim_cart(session, SeenCart(cart.id, cart.version))
    if frame.visitor.cart.pending_id is not None:
        paid = orders.services.withdraw_pending(
            session, frame.visitor.cart.pending_id, actor=as_shopper()
        )
        if paid is not None:
            return f"{PLACED}:{paid}"
    method, slot_id = read_choice(_wanted())
    company, note = read_words(request.form, Typed())
    command = PlaceOrder(
        Channel.WEB,
        [Collect(basket.chosen.store.code, basket.quantities, method, slot_id)],
        contact,
        _pay_by(),
        seen_total_minor=_seen_minor(),
        seller_id=cart.staff_id,
        reservation=request.form.get("payment") == RESERVE,
        company=company,
        note=note,
    )
    placed = orders.services.place_order(session, command, actor=as_shopper())
    if placed.obligation_id is None:
        orders.services.close_cart(session, cart.id, order_id=placed.id, actor=as_shopper())
        return f"{PLACED}:{placed.id}"
    orders.services.await_payment(session, cart.id, fulfillment_id=placed.fulfillment_id)
    return f"{PLACED if placed.follows else UNPAID}:{placed.id}"  # first see the later time


def _seen_minor() -> int:
    """Return what the page said that the basket costs; nothing costs what no page of ours said."""
    said = request.form.get("total", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= TOTAL_SIGNS else 0


def _wanted() -> str:
    return request.form.get("slot", "")[:WANTED_MAX]


def _pay_by() -> PayBy:
    by_card = request.form.get("payment") == PayBy.CARD.value and card_enabled()
    return PayBy.CARD if by_card else PayBy.PICKUP


def show_placed(answer: Response) -> Response:
    """Return the way to the order: only its id was stored, the signed link is made now."""
    kind, _colon, order_id = answer.headers["Location"].partition(":")
    if kind not in {PLACED, UNPAID}:
        return answer
    if kind == UNPAID:
        # Where the provider does not answer, or it can be paid no more, the order's page goes on.
        with suppress(CheckoutUnavailable, NotPayable, HoldEnded, OutOfStock):
            return go_to(open_payment_page(UUID(order_id), current()))
    return go_to(url_for("shop.order", token=order_token(UUID(order_id)), placed="yes"))


def _changed(typed: Typed) -> Shown:
    """Take fewer or another store, then show the page again with what was typed."""
    typed.errors.clear()
    try:
        with transaction() as session:
            change_from_form(session, remember_visitor(session))
    except (CartChanged, CartOrdered) as refusal:
        return _again(typed, status=409, refused=say(refusal))
    return _again(typed, status=200)


def _again(
    typed: Typed,
    *,
    status: int,
    refused: str | None = None,
    lost: Sequence[dict[str, Any]] | None = None,
    seen_minor: int | None = None,
) -> Shown:
    """Return the page with everything that was typed; `lost` are the slots after one that is gone.

    The way to collect is kept too: of a slot that is gone the next free one is chosen.
    """
    wanted = _wanted()
    with transaction() as session:
        frame = read_frame(session)
        basket = read_basket(session, frame)
        if not basket.lines or basket.chosen is None:
            return go_to(url_for("shop.basket"))
        store = basket.chosen.store
        if lost is not None:
            refused = say_lost(lost, store)
            typed.errors["slot"] = refused
            wanted = f"{wanted.partition(':')[0]}:{lost[0]['slot_id']}" if lost else wanted
        collecting = read_collecting(session, store, wanted)
    page = _page(frame, basket, typed, collecting, refused=refused, seen_minor=seen_minor)
    return page, status


def _page(
    frame: Frame,
    basket: Basket,
    typed: Typed,
    collecting: Collecting,
    *,
    refused: str | None = None,
    seen_minor: int | None = None,
) -> str:
    return show(
        "checkout",
        frame,
        basket=basket,
        seen=say_seen(frame.visitor.cart),
        typed=typed,
        refused=refused,
        seen_minor=seen_minor,
        collecting=collecting,
        closed_soon=say_closed_soon(basket.chosen.store) if basket.chosen else None,
        cards=card_enabled(),
        takes_card=takes_card(basket.total_minor, basket.currency),
        payment=request.values.get("payment", PayBy.PICKUP.value),
    )
