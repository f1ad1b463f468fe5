"""The page behind a link to pay: what, how much, until when, and the way to the payment page.

Opening it pays nothing: messages are read by scanners too. Each press of its button opens a fresh
payment page and ends the one before.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import payments.queries
from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.paying import PAYABLE, card_enabled, open_payment_page
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.following import read_order
from app.shop.shown import ShownOrder
from app.shop.visitor import Frame, as_shopper, find_visitor, show
from inventory.errors import OutOfStock
from kernel.db import transaction
from kernel.links import read_pay_token
from kernel.web import declare
from orders.commands import Status
from orders.errors import HoldEnded
from orders.queries import PayLinkFacts
from payments.commands import ObligationStatus
from payments.errors import CheckoutUnavailable, NotPayable

PAID = frozenset({ObligationStatus.AUTHORISED, ObligationStatus.CAPTURED})


@dataclass(frozen=True, slots=True)
class ToPay:
    """What a link asks for; `paid` and `open` say whether it still does."""

    link: PayLinkFacts
    order: ShownOrder
    amount_minor: int
    currency: str
    paid: bool
    open: bool


@blueprint.get(f"{PAGES}/pay/<string:token>")
@declare(permission="orders.read")
def pay_link(token: str) -> str:
    """Show what is to be paid from a link, and until when."""
    return _page(token)


@blueprint.post(f"{PAGES}/pay/<string:token>")
@declare(permission="orders.read", rate="30/minute")
def pay_from_link(token: str) -> Shown:
    """Open a fresh payment page, and go there; or say why not."""
    with transaction() as session:
        asked = _read(session, _link_of(token))
    if not asked.open:
        return _page(token), 409
    try:
        page = open_payment_page(asked.link.order_id, current(), owed_id=asked.link.obligation_id)
    except (HoldEnded, OutOfStock):
        return _page(token, _("The time is over, and somebody else took an article.")), 409
    except NotPayable:
        return _page(token), 409
    except CheckoutUnavailable:
        return _page(token, _("The payment page does not answer now. Try again in a minute.")), 503
    with transaction() as session:
        actor = as_shopper(asked.link.order_id)
        orders.services.follow_pay_link(session, asked.link, actor=actor)
    return go_to(page)


def _page(token: str, refused: str | None = None) -> str:
    with transaction() as session:
        asked = _read(session, _link_of(token))
        frame = Frame(find_visitor(session), asked.order.brand, [])
    shown: dict[str, Any] = {"asked": asked, "token": token, "refused": refused}
    return show("pay", frame, cards=card_enabled(), **shown)


def _read(session: Session, pay_link_id: UUID) -> ToPay:
    link = orders.queries.get_pay_link(session, pay_link_id)
    owed = payments.queries.get_obligation(session, link.obligation_id)
    order = read_order(session, link.order_id)
    stands = not any(
        parcel.facts.status in {Status.CANCELLED, Status.EXPIRED} for parcel in order.parcels
    )
    is_open = link.open and stands and owed.status in PAYABLE
    return ToPay(link, order, owed.amount_minor, owed.currency, owed.status in PAID, is_open)


def _link_of(token: str) -> UUID:
    pay_link_id = read_pay_token(token)
    if pay_link_id is None:
        abort(404)
    return pay_link_id
