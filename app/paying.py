"""Paying an order by card: off to the payment page and back. Card data never comes here."""

from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from sqlalchemy.orm import Session

import orders.services
import payments.gateway
import payments.jobs
import payments.queries
from app import sessions
from app.auth import shopper
from kernel.db import reading, transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries
from payments.commands import ObligationStatus, Visit, card_takes
from payments.errors import NotPayable
from payments.queries import ObligationFacts

PAYABLE = frozenset({ObligationStatus.OPENED, ObligationStatus.FAILED})
SEE_OTHER = 303
SESSION_ID_MAX = 200

blueprint = Blueprint("paying", __name__)


def card_enabled() -> bool:
    """Tell whether this installation takes cards."""
    return payments.gateway.settings().is_on


def takes_card(amount_minor: int | None, currency: str) -> bool:
    """Tell whether a card may be offered for an amount: for one not known yet it is."""
    return card_enabled() and card_takes(amount_minor or 0, currency)


@blueprint.post("/<any(fr, en):language>/orders/<string:token>/pay")
@declare(permission="orders.read", rate="30/minute")
def pay(language: str, token: str) -> Response:
    """Open a fresh payment page for what is owed by card, and go there."""
    with reading() as session:
        order_id = queries.linking.open_link(session, token)
    if order_id is None:
        abort(404)
    return cast("Response", redirect(open_payment_page(order_id, language), SEE_OTHER))


def open_payment_page(order_id: UUID, language: str, *, owed_id: UUID | None = None) -> str:
    """Return the address of a fresh payment page for what an order owes by card.

    `owed_id` names which of it, where a link was sent for just that.

    Its stock is held from now on for as long as somebody needs there.

    Raises UnknownOrder, NotPayable, HoldEnded, OutOfStock, or CheckoutUnavailable when the provider
    does not answer.
    """
    with transaction() as session:
        actor = shopper(order_id=order_id, request_id=g.request_id)
        order = queries.get_order(session, order_id, actor=actor)
        owed = _payable(session, order, owed_id)
        orders.services.extend_hold(session, order.id)
    site = request.url_root.rstrip("/")
    visit = Visit(
        title=show_order_number(order.number),
        language=language,
        return_url=f"{site}/{language}/paid?session={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{site}/{language}/unpaid",
    )
    sessions.give_cookie(sessions.ORDER, order.token)
    return payments.jobs.start_checkout(owed.id, visit).url


@blueprint.get("/<any(fr, en):language>/paid")
@declare(permission="orders.read")
def paid(language: str) -> Response:
    """Come back from the payment page: look how it ended, then show the order."""
    with transaction() as session:
        obligation_id = payments.queries.find_obligation_of_session(
            session, request.args.get("session", "")[:SESSION_ID_MAX]
        )
    if obligation_id is None:
        abort(404)
    payments.jobs.refresh_checkout(obligation_id)
    with transaction() as session:
        owed = payments.queries.get_obligation(session, obligation_id)
        token = queries.linking.get_token(session, owed.reference_id)
    return _to_order(language, token)


@blueprint.get("/<any(fr, en):language>/unpaid")
@declare(permission="orders.read")
def unpaid(language: str) -> Response:
    """Come back without having paid: the order waits, and can still be paid.

    Who comes from a page that is no longer open is told so: the order may have changed since.
    """
    token = sessions.read_cookie(sessions.ORDER)
    with transaction() as session:
        order_id = queries.linking.open_link(session, token or "")
        if token is None or order_id is None:
            return cast("Response", redirect(f"/{language}/", SEE_OTHER))
        owed = payments.queries.list_obligations(session, order_id)
    is_open = any(each.pays_until is not None for each in owed)
    return _to_order(language, token, closed=None if is_open else "yes")


def _to_order(language: str, token: str, *, closed: str | None = None) -> Response:
    page = url_for("shop.order", language=language, token=token, closed=closed)
    return cast("Response", redirect(page, SEE_OTHER))


def _payable(session: Session, order: queries.OrderFacts, owed_id: UUID | None) -> ObligationFacts:
    for owed in payments.queries.list_obligations(session, order.id):
        if owed.status in PAYABLE and owed_id in {None, owed.id}:
            return owed
    raise NotPayable(status="paid")
