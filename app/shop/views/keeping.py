"""What the holder of an order's link may change: who collects, how long it is kept, whether at all.

Each asks first on a page of its own, so that it works in every browser and nothing is pressed by
mistake.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final
from uuid import UUID

from flask import abort, request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app.answers import Shown
from app.forms import once
from app.shop.blueprint import blueprint, go_to
from app.shop.contact import Typed, read_correction, read_name
from app.shop.refusals import say
from app.shop.views.following import ORDER, order_of, show_order
from app.shop.visitor import as_shopper
from inventory.errors import OutOfStock
from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import declare
from orders.commands import CancelReason, Status
from orders.errors import HoldEnded

NOTHING_TO_SHOW: Final = 204
Act = Callable[[Session, UUID, Actor], None]


@blueprint.get(f"{ORDER}/cancel")
@declare(permission="orders.read")
def ask_to_cancel(token: str) -> str:
    """Ask whether the order is to be called off."""
    return show_order("cancel", token, refused=None)


@blueprint.post(f"{ORDER}/cancel")
@declare(permission="orders.cancel", rate="60/minute")
def cancel(token: str) -> Shown:
    """Call the order off."""

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        orders.services.cancel_order(
            session, order_id, reason=CancelReason.CUSTOMER_REMORSE, actor=actor
        )

    return do(token, "cancel", act)


@blueprint.get(f"{ORDER}/extend")
@declare(permission="orders.read")
def ask_to_extend(token: str) -> str:
    """Ask whether the parcel is to be kept longer."""
    return show_order("extend", token, refused=None)


@blueprint.post(f"{ORDER}/extend")
@declare(permission="orders.cancel", rate="60/minute")
def extend(token: str) -> Shown:
    """Keep every ready parcel of the order longer."""

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        known = orders.queries.get_order(session, order_id, actor=actor)
        for parcel in known.fulfillments:
            if parcel.status is Status.READY:
                orders.services.extend_pickup(session, parcel.id, actor=actor)

    return do(token, "extend", act)


@blueprint.post(f"{ORDER}/hold")
@declare(permission="orders.read", rate="60/minute")
def hold_on(token: str) -> tuple[str, int]:
    """Hold the stock of an order longer while its page, which asks to pay, is open.

    What can be held no longer is ended by the clock: the page then says so.
    """
    order_id = order_of(token)
    with suppress(HoldEnded, OutOfStock), transaction() as session:
        known = orders.queries.get_order(session, order_id, actor=as_shopper(order_id))
        orders.services.extend_hold(session, known.id)
    return "", NOTHING_TO_SHOW


@blueprint.get(f"{ORDER}/collector")
@declare(permission="orders.read")
def ask_for_collector(token: str) -> str:
    """Ask who collects the order instead."""
    return show_order("collector", token, refused=None, typed=Typed())


@blueprint.post(f"{ORDER}/collector")
@declare(permission="orders.cancel", rate="60/minute")
def change_collector(token: str) -> Shown:
    """Have somebody else collect the order."""
    typed = Typed()
    first_name, last_name = read_name(request.form, typed)
    if typed.errors:
        return show_order("collector", token, refused=None, typed=typed), 422

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        orders.services.change_collector(
            session, order_id, first_name=first_name, last_name=last_name, actor=actor
        )

    return do(token, "collector", act, typed=typed)


@blueprint.get(f"{ORDER}/contact")
@declare(permission="orders.read")
def ask_for_contact(token: str) -> str:
    """Ask where the customer is written to instead."""
    return show_order("contact", token, refused=None, typed=Typed())


@blueprint.post(f"{ORDER}/contact")
@declare(permission="orders.collect", rate="60/minute")
def correct_contact(token: str) -> Shown:
    """Have what is owed from now on go to another e-mail address or phone number."""
    email, phone, typed = read_correction(request.form)
    if typed.errors:
        return show_order("contact", token, refused=None, typed=typed), 422

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        orders.services.correct_contact(session, order_id, email=email, phone=phone, actor=actor)

    return do(token, "contact", act, typed=typed)


@blueprint.post(f"{ORDER}/substitutes/<uuid:substitution_id>")
@declare(permission="orders.cancel", rate="60/minute")
def answer_substitute(token: str, substitution_id: UUID) -> Shown:
    """Take another article for one that is missing, or do without."""
    answer = {
        "accept": orders.services.accept_substitute,
        "decline": orders.services.decline_substitute,
    }.get(request.form.get("answer", ""))
    if answer is None:
        abort(400)

    def act(session: Session, _order_id: UUID, actor: Actor) -> None:
        answer(session, substitution_id, actor=actor)

    return do(token, "order", act, fresh=False)


def do(token: str, template: str, act: Act, **context: object) -> Shown:
    """Do it once and go back to the order, or show the question again with why it was not done."""
    order_id = order_of(token)

    def act_once() -> str:
        act(session, order_id, as_shopper(order_id))
        return ""  # the way back holds the link, which is not kept

    try:
        with transaction() as session:
            once(session, act_once)
    except Refusal as refusal:
        return show_order(template, token, refused=say(refusal), **context), 409
    return go_to(url_for("shop.order", token=token))
