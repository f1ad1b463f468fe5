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
from app import formats, forms
from app.admin.blueprint import SEE_OTHER, blueprint, show
from app.admin.desk_ordering import SENTENCES, read_order, read_reach_of
from app.admin.desk_parts import MIXED, in_parts, keep_ways, new_ways
from app.admin.desk_reading import Desk, read_desk, read_only_basket, read_typed, take_known
from app.admin.reading import read_id
from app.answers import Shown
from app.cart_codes import TYPED_MAX, limits_of, open_typed
from app.doors import say_arrival
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled, takes_card
from app.quantities import MANY, forget_quantity, read_quantities
from app.sessions import FormSentBefore
from app.shop.contact import Typed
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Refusal, TooManyAttempts
from kernel.ids import show_cart_code, show_order_number
from kernel.links import cart_token, read_cart_token
from kernel.web import current_actor, declare
from orders.commands import ChangeCart, Channel, Method, OpenCart, OrderCart
from orders.errors import NotDeliverable, PriceChanged, UnknownCart
from orders.queries import CartFacts, FulfillmentFacts, LineWay
from stores.errors import SlotUnavailable

ONCE: Final = frozenset({"add", "send"})
"""What is done once, however often its button is pressed."""
OK, CONFLICT, INVALID = 200, 409, 422
PHONE: Final = Channel.PHONE


class PartsChanged(Exception):
    """The order goes other ways than the agent was shown."""


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
        _take_caller(session, typed)
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
    status = INVALID if typed.errors else OK
    return _again(token, cart_id, typed, said=said, focus=_next(act, typed), status=status)


def _begin(session: Session) -> str:
    cart_id = orders.services.open_cart(session, OpenCart(PHONE), actor=current_actor())
    caller = read_id(request.form.get("customer", ""))
    return _address(cart_id) + (f"?customer={caller}" if caller else "")


def _take_caller(session: Session, typed: Typed) -> None:
    """Have the fields say who calls, where the desk was begun for somebody known."""
    caller = read_id(request.args.get("customer", ""))
    person = orders.queries.find_person(session, caller, actor=current_actor()) if caller else None
    if person is not None and person.contacts:
        take_known(session, person.contacts[0].id, typed)


def _change(session: Session, cart_id: UUID, typed: Typed, act: str, what: str) -> dict[str, Any]:
    """Have the basket as the form says, in the version it showed."""
    cart = orders.queries.get_cart_by_id(session, cart_id)
    taken = {what.partition(":")[2]: 0} if act == "take" else {}
    change = ChangeCart(
        _quantities(cart, typed) | taken,
        what if act == "store" else None,
        typed.values.get("note", "") if typed.values.get("note", "") != (cart.note or "") else None,
        seen_version=_seen_version(),
    )
    for sku in taken:
        forget_quantity(typed, sku)
    if change.quantities or change.store_code or change.note is not None:
        orders.services.change_cart(session, cart_id, change)
    if ways := _ways(session, cart_id, typed):
        now = orders.queries.get_cart_by_id(session, cart_id).version
        seen = _seen_version() if now == cart.version else now
        keep_ways(session, cart_id, ways, seen_version=seen)
    if act == "add":
        orders.services.add_to_cart(session, cart_id, what, most=MANY)
    if act == "send" and (contact := read_reach_of(typed)) is not None:
        contact_id = orders.services.send_cart(session, cart_id, contact, actor=current_actor())
        orders.services.change_cart(session, cart_id, ChangeCart(contact_id=contact_id))
    return {"done": act}


def _quantities(cart: CartFacts, typed: Typed) -> dict[str, int]:
    """Return the quantities of the form that are not those of the basket."""
    said = read_quantities(request.form, typed)
    return {sku: units for sku, units in said.items() if cart.quantities.get(sku) != units}


def _ways(session: Session, cart_id: UUID, typed: Typed) -> dict[str, LineWay]:
    """Return how the form wants lines of the basket otherwise than before."""
    if typed.values.get("way") != MIXED:
        return {}
    cart = orders.queries.get_cart_by_id(session, cart_id)
    return new_ways(session, cart_id, read_only_basket(session, cart, typed))


def _seen_version() -> int | None:
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < MANY else None


def _place(token: str, cart_id: UUID, typed: Typed) -> Shown:
    """Have the basket become an order; or say what is missing beside its field."""
    command = read_order(cart_id, _seen_version() or 0, typed)
    with transaction() as session:
        stale = bool(
            _quantities(orders.queries.get_cart_by_id(session, cart_id), typed)
            or _ways(session, cart_id, typed)
        )
        if stale:
            _change(session, cart_id, typed, "look", "")
    changed = _("The basket has changed: say the new total.")
    if stale or command is None or typed.errors:
        return _again(token, cart_id, typed, refused=changed if stale else None)
    try:
        with transaction() as session:
            forms.told_once(session, lambda: _order(session, command, typed))
    except SlotUnavailable:
        lost = _("Somebody else took this slot. The next free one is chosen.")
        if typed.values.get("way") == MIXED:
            return _again(token, cart_id, typed, refused=lost)
        typed.errors["slot"] = lost
        return _again(token, cart_id, typed)
    except PartsChanged:
        return _again(token, cart_id, typed, refused=changed)
    except PriceChanged as dearer:
        return _again(token, cart_id, typed, seen_minor=int(dearer.facts["seen_minor"]))
    return redirect(_address(cart_id), SEE_OTHER)


def _order(session: Session, command: OrderCart, typed: Typed) -> dict[str, Any]:
    if typed.values.get("way") == MIXED:
        cart = orders.queries.get_cart_by_id(session, command.seen.id)
        mixed = read_desk(session, cart, typed).mixed
        if typed.errors or mixed is None or not mixed.can_order:
            raise NotDeliverable
        if request.form.get("seen-parts") != mixed.goods:
            raise PartsChanged
        command = in_parts(command, mixed)
    orders.services.order_cart(session, command, actor=current_actor())
    return {"done": "place"}


def _next(act: str, typed: Typed) -> str:
    """Return the field the agent's hands go to next."""
    if typed.errors:
        return next(iter(typed.errors))
    way = typed.values.get("way", "")
    if act == "look" and request.form.get("was", way) != way:
        return {"delivery": "line1", MIXED: "ways"}.get(way, "slot")
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
    is_wrong = bool(typed.errors) and not more.get("refused")
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
        takes_card=takes_card(shown.total_minor, shown.basket.currency),
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
        parts=[_say_part(session, each) for each in order.fulfillments],
        token=order.token,
    )


def _say_part(session: Session, parcel: FulfillmentFacts) -> str:
    """Return where a part is and when, as the agent tells it."""
    if parcel.method is Method.DELIVERY:
        when = say_arrival(parcel)
        return _("Brought home") + (f", {when}" if when else "")
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    when = formats.when(parcel.promised_at, store.time_zone, language=current())
    return _("%(store)s: ready %(when)s") % {"store": store.name, "when": when}


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
