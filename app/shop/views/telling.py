"""What somebody may be told without asking: chosen from a signed link, or in the account."""

from typing import Final
from uuid import UUID

from flask import abort, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import customers.queries
import customers.services
from app import telling_words
from app.answers import Shown
from app.forms import once
from app.i18n import LANGUAGES, current
from app.shop.account import to_sign_in
from app.shop.blueprint import PAGES, blueprint
from app.shop.visitor import Frame, as_shopper, read_frame, show
from customers.commands import Choices, Said, Topic, Way
from customers.queries import CENTRE, NOTHING, ONE_CLICK
from kernel.db import transaction
from kernel.links import preferences_token, read_preferences_token
from kernel.web import declare

LINK: Final = f"{PAGES}/preferences/<string:token>"
ONE_CLICK_LINK: Final = "/unsubscribe/<string:token>"
MORE: Final = "account"
"""The field of a form that was shown in the account."""


@blueprint.get(LINK)
@declare(permission="catalog.read")
def preferences(token: str) -> str:
    """Show what whoever holds the link may be told. Reading it changes nothing."""
    with transaction() as session:
        frame, owner = read_frame(session), _owner_of(session, token)
        return _page(session, frame, owner)


@blueprint.get(f"{PAGES}/account/preferences")
@declare(permission="orders.place")
def account_preferences() -> Shown:
    """Show what the owner of the account may be told."""
    with transaction() as session:
        frame = read_frame(session)
        if frame.visitor.account is None:
            return to_sign_in()
        return _page(session, frame, frame.visitor.account.customer_id, in_account=True)


@blueprint.post(LINK)
@declare(permission="orders.place", rate="60/minute")
def choose_preferences(token: str) -> Response:
    """Have told what is ticked, and nothing else."""
    ticked = set(request.form.getlist("told"))
    granted = frozenset(
        (way, topic) for way in Way for topic in Topic if f"{way}.{topic}" in ticked
    )

    def act() -> str:
        owner = _owner_of(session, token)
        customers.services.choose(
            session,
            Choices(owner, granted, CENTRE.version, current(), _proof(), _source()),
            actor=as_shopper(),
        )
        return _back(token, "chosen")

    with transaction() as session:
        return once(session, act)


@blueprint.post(f"{LINK}/nothing")
@declare(permission="orders.place", rate="60/minute")
def refuse_everything(token: str) -> Response:
    """Have nothing told any more, on any channel, that was not asked for."""

    def act() -> str:
        owner = _owner_of(session, token)
        said = Said(owner, False, NOTHING.version, current(), _proof(), _source())  # noqa: FBT003 (a command)
        customers.services.record_answer(session, said, actor=as_shopper())
        return _back(token, "nothing")

    with transaction() as session:
        return once(session, act)


@blueprint.post(ONE_CLICK_LINK)
@declare(permission="catalog.read", rate="60/minute")
def unsubscribe(token: str) -> Shown:
    """Have no more advertising sent by e-mail: a mail program asks for it with one click."""
    with transaction() as session:
        owner = _owner_of(session, token)
        said = Said(
            owner,
            granted=False,
            wording=ONE_CLICK.version,
            language=current(),
            proof=_proof(),
            source="list-unsubscribe",
            ways=frozenset({Way.EMAIL}),
        )
        customers.services.record_answer(session, said, actor=as_shopper())
    return "", 200


@blueprint.get(ONE_CLICK_LINK)
@declare(permission="catalog.read")
def open_unsubscribe(token: str) -> Response:
    """Lead who opens the same address in a browser to the page: reading consumes nothing."""
    with transaction() as session:
        owner = _owner_of(session, token)
        language = customers.queries.get_customer(session, owner).language
    spoken = language if language in LANGUAGES else current()
    there: Response = redirect(url_for("shop.preferences", token=token, language=spoken))
    return there


def _page(session: Session, frame: Frame, owner: UUID, *, in_account: bool = False) -> str:
    said = customers.queries.list_consents(session, owner)
    standing = customers.queries.read_standing(said)
    return show(
        "preferences",
        frame,
        rows=telling_words.by_topic(standing),
        topics=telling_words.TOPICS,
        ways=telling_words.WAYS,
        words=telling_words.say_words(CENTRE),
        nothing=telling_words.say_words(NOTHING),
        token=preferences_token(owner),
        in_account=in_account,
        done=request.args.get("done"),
    )


def _owner_of(session: Session, token: str) -> UUID:
    """Return whose a link is; one that is not ours, or of somebody forgotten, finds nothing."""
    owner = read_preferences_token(token)
    if owner is None or customers.queries.is_erased(session, owner):
        abort(404)
    return owner


def _source() -> str:
    return "account" if request.form.get(MORE) else "link"


def _proof() -> str:
    return f"request {g.request_id}"


def _back(token: str, done: str) -> str:
    if request.form.get(MORE):
        return url_for("shop.account_preferences", done=done)
    return url_for("shop.preferences", token=token, done=done)
