"""What an account knows of its owner: names, language, contact points, password, addresses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import customers.queries
import customers.services
from app.answers import Shown
from app.i18n import LANGUAGES, current
from app.i18n import gettext as _
from app.liking import list_liked_stores, list_ways, read_liking, say_liking
from app.shop.account import (
    answer,
    ask_for_code,
    own_account,
    say_code_refused,
    to_sign_in,
    wanted_page,
)
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import COUNTRY, Typed, read_name, read_reach
from app.shop.views.account import WAIT, code_page
from app.shop.visitor import Frame, as_shopper, read_frame, show
from customers.commands import PointKind, Proven
from customers.errors import (
    CodeRefused,
    LastSignIn,
    PointOfAnotherAccount,
    UnknownChallenge,
    UnknownPoint,
    WeakPassword,
)
from kernel.db import transaction
from kernel.errors import Refusal, TooManyAttempts
from kernel.web import declare
from stores.errors import UnknownLocation

DETAILS: Final = f"{PAGES}/account/details"
POINTS: Final = f"{PAGES}/account/points"
PASSWORD: Final = f"{PAGES}/account/password"


@blueprint.get(DETAILS)
@declare(permission="orders.place")
def account_details() -> Shown:
    """Show names, language, contact points and password."""
    return _details(Typed())


@blueprint.post(DETAILS)
@declare(permission="orders.place", rate="60/minute")
def name_account() -> Shown:
    """Keep how the owner is called, and which language they read."""
    typed = Typed()
    first_name, last_name = read_name(request.form, typed)
    language = request.form.get("language", "")
    if typed.errors:
        return _details(typed)
    with transaction() as session:
        account = own_account(session)
        if account is None:
            return to_sign_in()
        customers.services.name_account(
            session,
            account.customer_id,
            first_name=first_name,
            last_name=last_name,
            language=language if language in LANGUAGES else current(),
        )
    if request.form.get("to"):
        return go_to(wanted_page())
    return _done("named")


@blueprint.post(f"{PAGES}/account/preferences")
@declare(permission="orders.place", rate="60/minute")
def prefer() -> Shown:
    """Keep where the owner likes to collect, and how they like to be told."""
    typed = Typed()
    with transaction() as session:
        account = own_account(session)
        if account is None:
            return to_sign_in()
        try:
            command = read_liking(session, request.form)
        except UnknownLocation:
            typed.errors["store"] = _("Choose one of the stores.")
        else:
            customers.services.prefer(
                session, account.customer_id, replace(command, language=None), actor=as_shopper()
            )
    return _details(typed) if typed.errors else _done("liked")


@blueprint.post(POINTS)
@declare(permission="orders.place", rate="60/minute")
def add_point() -> Shown:
    """Send a code to an e-mail address or a number; it is the account's once it was answered."""
    typed = Typed()
    with transaction() as session:
        if own_account(session) is None:
            return to_sign_in()
    email, phone = read_reach(request.form, typed)
    if typed.errors:
        return _details(typed)
    kind = PointKind.EMAIL if email else PointKind.PHONE
    value = (
        customers.services.normal_email(email)
        if email
        else customers.services.normal_phone(phone or "", country=COUNTRY)
    )
    try:
        return ask_for_code(kind, value, "shop.type_point_code")
    except TooManyAttempts:
        typed.errors["reach"] = _("We have sent enough codes there. Try again in an hour.")
        return _details(typed, status=WAIT)


@blueprint.get(f"{POINTS}/<uuid:challenge_id>")
@declare(permission="orders.place")
def type_point_code(challenge_id: UUID) -> Shown:
    """Ask for the code that was sent to a contact point."""
    with transaction() as session:
        if own_account(session) is None:
            return to_sign_in()
    return code_page(challenge_id)


@blueprint.post(f"{POINTS}/<uuid:challenge_id>")
@declare(permission="orders.place", rate="60/minute")
def prove_point(challenge_id: UUID) -> Shown:
    """Have the account hold the contact point whose owner answered."""
    with transaction() as session:
        account = own_account(session)
    if account is None:
        return to_sign_in()

    def act(session: Session, _session_id: UUID, proven: Proven) -> None:
        customers.services.prove_point(session, account.customer_id, proven, actor=as_shopper())

    refusal = _refused(challenge_id, act)
    if isinstance(refusal, PointOfAnotherAccount):
        error = _("This address opens another account. Sign out, and sign in with it instead.")
        return code_page(challenge_id, error=error), 409
    if refusal is not None:
        return code_page(challenge_id, error=say_code_refused(refusal)), 422
    return _done("proven")


@blueprint.post(f"{POINTS}/<uuid:point_id>/forget")
@declare(permission="orders.place", rate="60/minute")
def forget_point(point_id: UUID) -> Shown:
    """Have the account hold a contact point no longer."""
    return _change_point(point_id, "forgotten")


@blueprint.post(f"{POINTS}/<uuid:point_id>/sign-in")
@declare(permission="orders.place", rate="60/minute")
def sign_in_under(point_id: UUID) -> Shown:
    """Have the account opened with another of its e-mail addresses."""
    return _change_point(point_id, "entrance")


@blueprint.get(PASSWORD)
@declare(permission="orders.place")
def ask_for_password() -> Shown:
    """Say how a password is set: with a code first."""
    with transaction() as session:
        frame = read_frame(session)
    if frame.visitor.account is None:
        return to_sign_in()
    return _password(frame, None, {})


@blueprint.post(PASSWORD)
@declare(permission="orders.place", rate="60/minute")
def send_password_code() -> Shown:
    """Send a code to the address the account is opened with."""
    with transaction() as session:
        frame = read_frame(session)
    account = frame.visitor.account
    if account is None:
        return to_sign_in()
    try:
        return ask_for_code(PointKind.EMAIL, account.email, "shop.type_password")
    except TooManyAttempts:
        error = _("We have sent this address enough codes. Try again in an hour.")
        return _password(frame, None, {"code": error}), WAIT


@blueprint.get(f"{PASSWORD}/<uuid:challenge_id>")
@declare(permission="orders.place")
def type_password(challenge_id: UUID) -> Shown:
    """Ask for the code and the new password."""
    with transaction() as session:
        frame = read_frame(session)
    if frame.visitor.account is None:
        return to_sign_in()
    return _password(frame, challenge_id, {})


@blueprint.post(f"{PASSWORD}/<uuid:challenge_id>")
@declare(permission="orders.place", rate="60/minute")
def set_password(challenge_id: UUID) -> Shown:
    """Have the account opened with this password too, or with codes alone again."""
    with transaction() as session:
        frame = read_frame(session)
    account = frame.visitor.account
    if account is None:
        return to_sign_in()
    password = None if request.form.get("remove") else request.form.get("password", "")
    try:
        if password is not None:
            customers.services.check_password(password, known=(account.email, account.name))
    except WeakPassword as weak:
        return _password(frame, challenge_id, {"password": _say_weak(weak)}), 422

    def act(session: Session, session_id: UUID, proven: Proven) -> None:
        customers.services.set_password(
            session, account.customer_id, password=password, proven=proven, actor=as_shopper()
        )
        customers.services.leave_everywhere(session, account.customer_id, but=session_id)

    refusal = _refused(challenge_id, act)
    if refusal is not None:
        return _password(frame, challenge_id, {"code": say_code_refused(refusal)}), 422
    return _done("password" if password else "no_password")


def _details(typed: Typed, *, status: int = 422) -> Shown:
    with transaction() as session:
        frame = read_frame(session)
        account = frame.visitor.account
        if account is None:
            return to_sign_in()
        points = [
            each
            for each in customers.queries.list_points(session, account.customer_id)
            if each.proven_at is not None
        ]
        liked = say_liking(session, customers.queries.find_preference(session, account.customer_id))
        places = list_liked_stores(session)
    if "first_name" not in typed.values:
        typed.values.update(first_name=account.first_name, last_name=account.last_name)
    page = show(
        "account_details",
        frame,
        points=points,
        liked=liked,
        places=places,
        ways=list_ways(),
        typed=typed,
        done=request.args.get("done"),
        to=request.values.get("to", ""),
    )
    return (page, status) if typed.errors else page


def _password(frame: Frame, challenge_id: UUID | None, errors: dict[str, str]) -> str:
    return show("account_password", frame, challenge_id=challenge_id, errors=errors)


def _change_point(point_id: UUID, done: str) -> Shown:
    typed = Typed()
    try:
        with transaction() as session:
            account = own_account(session)
            if account is None:
                return to_sign_in()
            if done == "entrance":
                customers.services.sign_in_under(session, account.customer_id, point_id)
            else:
                customers.services.forget_point(
                    session, account.customer_id, point_id, actor=as_shopper()
                )
    except LastSignIn:
        typed.errors["reach"] = _("You sign in with this address: choose another one first.")
    except UnknownPoint:
        typed.errors["reach"] = _("This account does not have it any more.")
    return _details(typed, status=409) if typed.errors else _done(done)


def _refused(challenge_id: UUID, act: Callable[[Session, UUID, Proven], None]) -> Refusal | None:
    """Do what a code allows; return why it was not done, where the page can say it."""
    try:
        answer(challenge_id, act)
    except (CodeRefused, PointOfAnotherAccount, TooManyAttempts, UnknownChallenge) as refusal:
        return refusal
    return None


def _say_weak(weak: WeakPassword) -> str:
    if weak.facts.get("why") == "length":
        return _("Take 10 to 72 signs.")
    return _("Others would guess this one. Three or four unrelated words are good.")


def _done(what: str) -> Response:
    return go_to(url_for("shop.account_details", done=what))
