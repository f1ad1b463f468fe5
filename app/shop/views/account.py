"""The account: signed in to by a code or a password, its orders, signed out of, closed."""

from typing import Final
from uuid import UUID

from flask import abort, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import customers.queries
import customers.services
import orders.queries
import stores.queries
from app import sessions
from app.answers import Shown
from app.i18n import gettext as _
from app.shop.account import (
    answer,
    ask_for_code,
    list_orders,
    say_code_refused,
    to_sign_in,
    wanted_page,
)
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import EMAIL_MAX, Typed, read_email
from app.shop.following import KINDS, state_words
from app.shop.views.following import ORDER, order_in
from app.shop.visitor import as_shopper, read_frame, remember_visitor, show
from customers.commands import PointKind, Proven
from customers.errors import AccountSignInRefused, CodeRefused, UnknownChallenge
from kernel.attempts import give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.errors import TooManyAttempts
from kernel.ids import show_order_number
from kernel.web import declare
from orders.commands import Method
from orders.queries import OrderFacts

WAIT: Final = 429


@blueprint.get(f"{PAGES}/account")
@declare(permission="orders.place")
def account() -> Shown:
    """Show the orders of whoever is signed in."""
    with transaction() as session:
        frame = read_frame(session)
        signed_in = frame.visitor.account
        if signed_in is None:
            return to_sign_in()
        found = list_orders(session, signed_in)
        places = {
            parcel.id: _("Home delivery")
            if parcel.method is Method.DELIVERY
            else stores.queries.get_store_by_id(session, parcel.location_id).name
            for each in found
            for parcel in each.fulfillments
        }
    rows = [_row(each, places) for each in found]
    return show("account", frame, rows=rows, done=request.args.get("done"))


@blueprint.get(f"{PAGES}/account/sign-in")
@declare(permission="orders.place")
def sign_in() -> str:
    """Ask who it is."""
    return _door(Typed())


@blueprint.post(f"{PAGES}/account/sign-in")
@declare(permission="orders.place", rate="60/minute")
def send_code() -> Shown:
    """Send a code to an e-mail address: the answer is the same whoever has an account."""
    typed = Typed()
    email = read_email(request.form, typed)
    if typed.errors:
        return _door(typed), 422
    try:
        value = customers.services.normal_email(email)
        return ask_for_code(PointKind.EMAIL, value, "shop.type_code", to=request.form.get("to"))
    except TooManyAttempts:
        typed.errors["email"] = _("We have sent this address enough codes. Try again in an hour.")
        return _door(typed), WAIT


@blueprint.post(f"{PAGES}/account/password-sign-in")
@declare(permission="orders.place", rate="60/minute")
def sign_in_by_password() -> Shown:
    """Sign somebody in by their password."""
    typed = Typed()
    email = typed.read(request.form, "email", longest=EMAIL_MAX)
    network = str(request.remote_addr)
    limits = customers.services.limit_passwords(email, network=network)
    try:
        with transaction() as session:
            take_attempt(session, limits)
        with transaction() as session:
            entered = customers.services.enter_by_password(
                session,
                remember_visitor(session),
                email=email,
                password=request.form.get("password", ""),
                actor=as_shopper(),
            )
            give_back_attempt(session, limits)
    except TooManyAttempts:
        typed.errors["password"] = _("Too many attempts. Wait a quarter of an hour.")
        return _door(typed, by_password=True), WAIT
    except AccountSignInRefused:
        typed.errors["password"] = _(
            "This e-mail address and this password do not belong together."
        )
        return _door(typed, by_password=True), 422
    sessions.give_cookie(sessions.SHOPPER, entered.token)
    return go_to(wanted_page())


@blueprint.get(f"{PAGES}/account/code/<uuid:challenge_id>")
@declare(permission="orders.place")
def type_code(challenge_id: UUID) -> str:
    """Ask for the code that was sent."""
    return code_page(challenge_id)


@blueprint.post(f"{PAGES}/account/code/<uuid:challenge_id>")
@declare(permission="orders.place", rate="60/minute")
def sign_in_by_code(challenge_id: UUID) -> Shown:
    """Sign somebody in to the account of the address the code went to; open it if need be."""

    def act(session: Session, session_id: UUID, proven: Proven) -> None:
        entered = customers.services.enter_by_code(session, session_id, proven, actor=as_shopper())
        tokens.append(entered.token)
        if entered.is_new:
            first_time.append(True)

    tokens: list[str] = []
    first_time: list[bool] = []
    try:
        answer(challenge_id, act)
    except (CodeRefused, TooManyAttempts) as refusal:
        return code_page(challenge_id, error=say_code_refused(refusal)), 422
    except UnknownChallenge:
        return code_page(challenge_id), 404
    sessions.give_cookie(sessions.SHOPPER, tokens[0])
    new = url_for("shop.account_details", done="opened", to=request.form.get("to") or None)
    return go_to(new if first_time else wanted_page())


@blueprint.post(f"{ORDER}/account")
@declare(permission="orders.read", rate="60/minute")
def open_from_order(token: str) -> Shown:
    """Send a code to the address of an order, with which its customer opens an account."""
    with transaction() as session:
        order_id = order_in(session, token)
        order = orders.queries.get_order(session, order_id, actor=as_shopper(order_id))
        contact = customers.queries.get_contacts(session, [order.contact_id]).get(order.contact_id)
    if contact is None or not contact.email:
        abort(404)
    try:
        return ask_for_code(PointKind.EMAIL, contact.email, "shop.type_code", hidden=True)
    except TooManyAttempts:
        typed = Typed()
        typed.errors["email"] = _("We have sent this address enough codes. Try again in an hour.")
        return _door(typed), WAIT


@blueprint.post(f"{PAGES}/account/sign-out")
@declare(permission="orders.place")
def sign_out() -> Response:
    """Sign this browser out; with `everywhere`, every browser of the account."""
    with transaction() as session:
        visitor = read_frame(session).visitor
        if visitor.account is not None and request.form.get("everywhere"):
            customers.services.leave_everywhere(session, visitor.account.customer_id)
        if visitor.session_id is not None and visitor.account is not None:
            customers.services.leave(session, visitor.session_id)
    sessions.give_cookie(sessions.SHOPPER, "")
    sessions.give_cookie(sessions.THREAD, "")
    return go_to(url_for("shop.sign_in", done="out"))


@blueprint.get(f"{PAGES}/account/close")
@declare(permission="orders.place")
def ask_to_close() -> Shown:
    """Ask whether the account is to be closed."""
    with transaction() as session:
        frame = read_frame(session)
    return show("account_close", frame) if frame.visitor.account else to_sign_in()


@blueprint.post(f"{PAGES}/account/close")
@declare(permission="orders.place", rate="60/minute")
def close() -> Response:
    """Close the account; the orders stay under their own links."""
    with transaction() as session:
        signed_in = read_frame(session).visitor.account
        if signed_in is None:
            return to_sign_in()
        customers.services.close_account(session, signed_in.customer_id, actor=as_shopper())
    sessions.give_cookie(sessions.SHOPPER, "")
    return go_to(url_for("shop.sign_in", done="closed"))


def code_page(challenge_id: UUID, *, error: str | None = None) -> str:
    """Return the page that asks for a code: where it was sent, to the browser that asked."""
    with transaction() as session:
        frame = read_frame(session)
        try:
            challenge = customers.queries.get_challenge(session, challenge_id)
        except UnknownChallenge:
            challenge = None
    mine = challenge is not None and challenge.session_id == frame.visitor.session_id
    return show(
        "account_code",
        frame,
        challenge=challenge if mine else None,
        hidden=bool(request.values.get("hidden")),
        to=request.values.get("to", ""),
        error=error,
    )


def _row(order: OrderFacts, places: dict[UUID, str]) -> dict[str, object]:
    return {
        "number": show_order_number(order.number),
        "href": url_for("shop.order", token=order.token),
        "placed_at": order.placed_at,
        "kind": KINDS.get(order.status, "wait"),
        "state": state_words(order.status),
        "where": ", ".join(sorted({places[each.id] for each in order.fulfillments})),
        "lines": [
            f"{line.quantity} × {line.name}" for each in order.fulfillments for line in each.lines
        ],
        "total_minor": order.owed.total_minor,
        "currency": order.currency,
    }


def _door(typed: Typed, *, by_password: bool = False) -> str:
    with transaction() as session:
        frame = read_frame(session)
    return show(
        "account_sign_in",
        frame,
        typed=typed,
        by_password=by_password,
        to=request.values.get("to", ""),
        done=request.args.get("done"),
    )
