"""The desk of a call: one screen on which an agent finds, fills, promises and orders, by keyboard.

Everything stands in one form; whichever of its buttons is pressed, nothing that was typed is lost.
Its first button looks once more, and Enter presses that: no order is placed by accident.
"""

from typing import Any, Final, cast
from uuid import UUID

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
from app import forms
from app.admin.blueprint import SEE_OTHER, blueprint, show
from app.admin.desk_ordering import SENTENCES, read_order, read_reach_of
from app.admin.desk_reading import Desk, read_desk, read_typed, take_known
from app.admin.reading import read_id
from app.answers import Shown
from app.cart_codes import TYPED_MAX, limits_of, open_typed
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled
from app.sessions import FormSentBefore
from app.shop.contact import Typed
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Refusal, TooManyAttempts
from kernel.ids import show_cart_code, show_order_number
from kernel.links import cart_token, order_token, read_cart_token
from kernel.web import current_actor, declare
from orders.commands import ChangeCart, Channel, OpenCart, OrderCart
from orders.errors import PriceChanged, UnknownCart
from orders.queries import CartFacts
from stores.errors import SlotUnavailable

MANY: Final = 99
ONCE: Final = frozenset({"add", "send"})
"""What is done once, however often its button is pressed."""
OK, CONFLICT, INVALID = 200, 409, 422
PHONE: Final = Channel.PHONE


@blueprint.get("/desk")
@declare(permission="orders.take")
def desk() -> str:
    """Begin a call, or go on with a basket by its code."""
    return _door()


@blueprint.post("/desk")
@declare(permission="orders.take", rate="60/minute")
def begin_call() -> Response | tuple[str, int]:
    """Begin a call with an empty basket, or with the one whose code the customer says."""
    typed = request.form.get("code", "").strip()[:TYPED_MAX]
    if not typed:
        with transaction() as session:
            return forms.once(session, lambda: _begin(session))
    try:
        found = open_typed(typed, limits_of(current_actor().id, request.remote_addr))
    except UnknownCart:
        wrong = _("No basket has this code. Check the six signs, or ask for the link.")
        return _door(typed, wrong), 422
    except TooManyAttempts:
        return _door(typed, _("Too many wrong codes. Try again in a quarter of an hour.")), 429
    return cast("Response", redirect(_address(found.id or UUID(int=0)), SEE_OTHER))


@blueprint.get("/desk/<string:token>")
@declare(permission="orders.take")
def call(token: str) -> Shown:
    """Show the desk of one call."""
    cart_id = _cart_of(token)
    with transaction() as session:
        cart = orders.queries.get_cart_by_id(session, cart_id)
        if cart.order_id is not None:
            return _show_placed(session, cart)
        typed = Typed({"note": cart.note or "", "language": current()})
        shown = read_desk(session, cart, typed)
    return _show(token, shown, focus="q")


@blueprint.post("/desk/<string:token>")
@declare(permission="orders.take", rate="240/minute")
def work(token: str) -> Shown:
    """Do what the pressed button says, and show the desk again with everything that was typed."""
    cart_id, typed = _cart_of(token), read_typed()
    act, _colon, what = request.form.get("do", "look").partition(":")
    try:
        if act == "place":
            return _place(token, cart_id, typed)
        with transaction() as session:
            if act in ONCE:
                forms.told_once(session, lambda: _change(session, cart_id, typed, act, what))
            else:  # the version guards it, and looking changes nothing
                _change(session, cart_id, typed, act, what)
            if act == "who":
                take_known(session, read_id(what) or UUID(int=0), typed)
    except FormSentBefore as before:
        return _again(token, cart_id, typed, refused=before.detail)
    except Refusal as refusal:
        return _again(token, cart_id, typed, refused=_say(refusal))
    if act in {"add", "send"}:
        typed.values["q"] = "" if act == "add" else typed.values.get("q", "")
    said = (
        _("The link of the basket is on its way.") if act == "send" and not typed.errors else None
    )
    return _again(token, cart_id, typed, said=said, focus=_next(act, typed), status=200)


def _begin(session: Session) -> str:
    cart_id = orders.services.open_cart(session, OpenCart(PHONE), actor=current_actor())
    return _address(cart_id)


def _change(session: Session, cart_id: UUID, typed: Typed, act: str, what: str) -> dict[str, Any]:
    """Have the basket as the form says, in the version it showed."""
    cart = orders.queries.get_cart_by_id(session, cart_id)
    change = ChangeCart(
        _quantities(cart) | ({what.partition(":")[2]: 0} if act == "take" else {}),
        what if act == "store" else None,
        typed.values.get("note", "") if typed.values.get("note", "") != (cart.note or "") else None,
        seen_version=_seen_version(),
    )
    if change.quantities or change.store_code or change.note is not None:
        orders.services.change_cart(session, cart_id, change)
    if act == "add":
        orders.services.add_to_cart(session, cart_id, what, most=MANY)
    if act == "send" and (contact := read_reach_of(typed)) is not None:
        contact_id = orders.services.send_cart(session, cart_id, contact, actor=current_actor())
        orders.services.change_cart(session, cart_id, ChangeCart(contact_id=contact_id))
    return {"done": act}


def _quantities(cart: CartFacts) -> dict[str, int]:
    """Return the quantities of the form that are not those of the basket."""
    found = {}
    for name, value in request.form.items():
        column, _colon, sku = name.partition(":")
        if column == "quantity" and value.isascii() and value.isdigit():
            units = min(int(value[:6]), MANY)
            if cart.quantities.get(sku) != units:
                found[sku] = units
    return found


def _seen_version() -> int | None:
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < MANY else None


def _place(token: str, cart_id: UUID, typed: Typed) -> Shown:
    """Have the basket become an order; or say what is missing beside its field."""
    command = read_order(cart_id, _seen_version() or 0, typed)
    with transaction() as session:
        stale = bool(_quantities(orders.queries.get_cart_by_id(session, cart_id)))
        if stale:
            _change(session, cart_id, typed, "look", "")
    if stale:
        return _again(
            token, cart_id, typed, refused=_("The basket has changed: say the new total.")
        )
    if command is None:
        return _again(token, cart_id, typed)
    try:
        with transaction() as session:
            forms.told_once(session, lambda: _order(session, command))
    except SlotUnavailable:
        typed.errors["slot"] = _("Somebody else took this slot. The next free one is chosen.")
        return _again(token, cart_id, typed)
    except PriceChanged as changed:
        return _again(token, cart_id, typed, seen_minor=int(changed.facts["seen_minor"]))
    return redirect(_address(cart_id), SEE_OTHER)


def _order(session: Session, command: OrderCart) -> dict[str, Any]:
    orders.services.order_cart(session, command, actor=current_actor())
    return {"done": "place"}


def _next(act: str, typed: Typed) -> str:
    """Return the field the agent's hands go to next."""
    if typed.errors:
        return next(iter(typed.errors))
    return {"add": "q", "who": "way", "store": "who"}.get(act, "found")


def _again(
    token: str,
    cart_id: UUID,
    typed: Typed,
    *,
    status: int = CONFLICT,
    **more: Any,  # noqa: ANN401 (a template's context)
) -> Shown:
    with transaction() as session:
        cart = orders.queries.get_cart_by_id(session, cart_id)
        if cart.order_id is not None:
            return _show_placed(session, cart)
        shown = read_desk(session, cart, typed)
    is_wrong = bool(typed.errors) and "refused" not in more
    code = INVALID if is_wrong and status == CONFLICT else status
    return _show(token, shown, **more), code


def _show(token: str, shown: Desk, **more: Any) -> str:  # noqa: ANN401 (a template's context)
    context = {"refused": None, "said": None, "seen_minor": None, "focus": "", **more}
    code = show_cart_code(shown.cart.code) if shown.cart.code else None
    return show(
        "desk.html",
        tab="desk",
        token=token,
        desk=shown,
        code=code,
        cards=card_enabled(),
        **context,
    )


def _show_placed(session: Session, cart: CartFacts) -> str:
    order = orders.queries.get_order(session, cart.order_id or UUID(int=0), actor=SYSTEM)
    links = orders.queries.list_pay_links(session, order.id)
    store = stores.queries.get_store_by_id(session, order.fulfillments[0].location_id)
    return show(
        "desk_placed.html",
        tab="desk",
        order=order,
        number=show_order_number(order.number),
        link=next(iter(links), None),
        zone=store.time_zone,
        token=order_token(order.id),
    )


def _door(typed: str = "", wrong: str | None = None) -> str:
    with transaction() as session:
        mine = orders.queries.list_advised_carts(session, current_actor().id)
    begun = [(cart_token(each.id or UUID(int=0)), each) for each in mine]
    return show("desk_begin.html", tab="desk", typed=typed, wrong=wrong, begun=begun)


def _say(refusal: Refusal) -> str:
    sentence = SENTENCES.get(refusal.code)
    return _(sentence) if sentence else _(refusal.way_out)


def _address(cart_id: UUID) -> str:
    return url_for("office.call", token=cart_token(cart_id))


def _cart_of(token: str) -> UUID:
    cart_id = read_cart_token(token)
    if cart_id is None:
        abort(404)
    return cart_id
