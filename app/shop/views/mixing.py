"""Checkout of a basket whose lines go several ways: one order, one total."""

from typing import Final

from flask import request, url_for
from sqlalchemy.orm import Session

import orders.services
from app.answers import Shown
from app.forms import once
from app.i18n import current
from app.i18n import gettext as _
from app.order_words import read_words
from app.paying import card_enabled, takes_card
from app.shop.baskets import read_basket
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed, read_address, read_contact
from app.shop.delivering import guess_postcode
from app.shop.mixing import Buying, Mixed, parts_of, read_mixed, read_ways
from app.shop.refusals import say
from app.shop.views.checkout import PLACED, TOTAL_SIGNS, UNPAID, BasketChanged, show_placed
from app.shop.visitor import Frame, as_shopper, read_frame, remember_visitor, show
from customers.commands import GiveAddress, GiveContact, NameCompany
from customers.errors import UnreadablePostcode
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import declare
from orders.commands import Channel, PayBy, PlaceOrder, SeenCart

POSTCODE_MAX: Final = 12


@blueprint.get(f"{PAGES}/checkout/ways")
@declare(permission="orders.place")
def checkout_ways() -> Shown:
    """Ask how each line is wanted, then when, where to and for whom."""
    typed = Typed()
    with transaction() as session:
        frame = read_frame(session)
        asked = request.args.get("postcode")
        postcode = guess_postcode(frame) if asked is None else asked[:POSTCODE_MAX]
        mixed = _read(session, frame, postcode, typed)
    if not mixed.lines:
        return go_to(url_for("shop.basket"))
    typed.values.setdefault("postcode", postcode)
    if mixed.door is not None and mixed.door.town:
        typed.values.setdefault("city", mixed.door.town)
    return _page(frame, mixed, typed)


@blueprint.post(f"{PAGES}/checkout/ways/choose")
@declare(permission="orders.place", rate="120/minute")
def choose_ways() -> Shown:
    """Have the lines of the basket wanted as the form says."""

    def choose() -> str:
        remember_visitor(session)
        frame = read_frame(session)
        ways = read_ways(request.form, read_basket(session, frame))
        if frame.visitor.cart.id is not None:
            orders.services.choose_line_ways(session, frame.visitor.cart.id, ways)
        postcode = request.form.get("postcode", "")[:POSTCODE_MAX]
        return url_for("shop.checkout_ways", postcode=postcode or None, _anchor="parts")

    with transaction() as session:
        return once(session, choose)


@blueprint.post(f"{PAGES}/checkout/ways")
@declare(permission="orders.place", rate="60/minute")
def order_ways() -> Shown:
    """Place one order of all parts; or say what is wrong, keeping what was typed."""
    contact, typed = read_contact(request.form, language=current())
    words = read_words(request.form, typed)
    address = read_address(request.form, typed) if "line1" in request.form else None
    if typed.errors:
        return _again(typed, status=422)
    try:
        with transaction() as session:
            answer = once(session, lambda: _place(session, contact, address, words))
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return _again(typed, status=422)
    except Refusal as refusal:
        return _again(typed, status=409, refused=say(refusal))
    except BasketChanged:
        return _again(typed, status=409, refused=_("Your basket has changed. Read it once more."))
    return show_placed(answer)


def _place(
    session: Session,
    contact: GiveContact,
    address: GiveAddress | None,
    words: tuple[NameCompany | None, str | None],
) -> str:
    """Place the order of this browser's basket; return which it is, by its id.

    One begun from the same basket and not paid ends first; was it paid meanwhile, it is shown.
    Raises BasketChanged.
    """
    frame = read_frame(session)
    remember_visitor(session)
    cart, pending_id = frame.visitor.cart, frame.visitor.cart.pending_id
    if cart.id is None:
        raise BasketChanged
    orders.services.claim_cart(session, SeenCart(cart.id, cart.version))
    if pending_id is not None:
        paid = orders.services.withdraw_pending(session, pending_id, actor=as_shopper())
        if paid is not None:
            return f"{PLACED}:{paid}"
    mixed = _read(session, frame, address.postcode if address else "", Typed())
    if not mixed.lines or not mixed.can_order or request.form.get("goods") != mixed.goods:
        raise BasketChanged
    way = request.form.get("way", "")
    command = PlaceOrder(
        Channel.WEB,
        parts_of(mixed, address, way),
        contact,
        _pay_by(mixed),
        brand_code=frame.brand.code if frame.brand else None,
        seen_total_minor=_seen_minor(f"seen:{way}" if mixed.door else "total"),
        seller_id=cart.staff_id,
        company=words[0],
        note=words[1],
    )
    placed = orders.services.place_order(session, command, actor=as_shopper())
    if placed.obligation_id is None:
        orders.services.close_cart(session, cart.id, order_id=placed.id, actor=as_shopper())
        return f"{PLACED}:{placed.id}"
    orders.services.await_payment(session, cart.id, fulfillment_id=placed.fulfillment_id)
    return f"{UNPAID}:{placed.id}"


def _pay_by(mixed: Mixed) -> PayBy:
    """What is brought is paid beforehand, and with it the rest of the order."""
    by_card = mixed.door is not None or request.form.get("payment") == PayBy.CARD.value
    return PayBy.CARD if by_card and card_enabled() else PayBy.PICKUP


def _seen_minor(name: str) -> int:
    """Return what the page said that the order costs; nothing costs what no page of ours said."""
    said = request.form.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= TOTAL_SIGNS else 0


def _again(typed: Typed, *, status: int, refused: str | None = None) -> Shown:
    """Return the page with everything that was typed, and prices and slots as they are now."""
    with transaction() as session:
        frame = read_frame(session)
        postcode = request.form.get("postcode", "")[:POSTCODE_MAX]
        mixed = _read(session, frame, postcode, typed)
    if not mixed.lines:
        return go_to(url_for("shop.basket"))
    return _page(frame, mixed, typed, refused=refused), status


def _read(session: Session, frame: Frame, postcode: str, typed: Typed) -> Mixed:
    basket = read_basket(session, frame)
    try:
        return read_mixed(session, frame, basket, Buying(request.form, postcode))
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return read_mixed(session, frame, basket, Buying(request.form, ""))


def _page(frame: Frame, mixed: Mixed, typed: Typed, *, refused: str | None = None) -> str:
    return show(
        "mixed",
        frame,
        mixed=mixed,
        typed=typed,
        refused=refused,
        cards=takes_card(mixed.total_minor, mixed.currency),
        payment=request.form.get("payment", PayBy.PICKUP.value),
    )
