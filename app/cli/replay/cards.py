"""Paying by card in a replay: at the stand-in for Stripe, as a customer would on its page.

Where cards are not taken, or by a real provider, whom nobody pays for a replay, a till is paid.
"""

from functools import cache
from typing import Final
from uuid import UUID

import httpx
from sqlalchemy.orm import Session

import orders.queries
import orders.services
import payments.gateway
import payments.jobs
import payments.queries
from app.cli.replay.ageing import let_payment_lapse, let_reminder_fall_due
from app.paying import PAYABLE
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import show_order_number
from orders.commands import PayBy
from orders.services import TillTicket
from payments.commands import Visit
from payments.gateway.settings import PaymentSettings

CARD: Final = "4242 4242 4242 4242"
LEADS_BACK: Final = "http://localhost/replay?session={CHECKOUT_SESSION_ID}"
PATIENCE_S: Final = 30.0


def are_taken() -> bool:
    """Tell whether cards are paid at a stand-in."""
    found = payments.gateway.settings()
    return found.is_on and found.stripe_api_url != PaymentSettings().stripe_api_url


def beforehand() -> PayBy:
    """Return how an order is paid that waits for its money."""
    return PayBy.CARD if are_taken() else PayBy.TILL


def pay(order_id: UUID) -> None:
    """Whatever a card is to pay of an order is paid on a fresh page."""
    with transaction() as session:
        order = orders.queries.get_order(session, order_id, actor=SYSTEM)
        owed = [
            each
            for each in payments.queries.list_obligations(session, order_id)
            if each.status in PAYABLE
        ]
        for parcel in order.fulfillments if owed else ():
            orders.services.extend_hold(session, parcel.id)
    visit = Visit(show_order_number(order.number), order.language, LEADS_BACK, LEADS_BACK)
    for each in owed:
        _type_card(payments.jobs.start_checkout(each.id, visit).url)
        payments.jobs.refresh_checkout(each.id)


def pay_at_till(order_id: UUID, *, ticket_number: str) -> None:
    """The till of the order's first store takes the money it waits for.

    Raises the refusals of `take_till_payment`.
    """
    with transaction() as session:
        order = orders.queries.get_order(session, order_id, actor=SYSTEM)
        if order.awaits_till:
            take_money(session, order, ticket_number=ticket_number)


def take_money(session: Session, order: orders.queries.OrderFacts, *, ticket_number: str) -> None:
    """A till takes what is due of an order: that of the store it is credited to, else its first."""
    location_id = order.placed_at_id or order.fulfillments[0].location_id
    ticket = TillTicket(location_id, ticket_number)
    orders.services.take_till_payment(session, order.id, ticket=ticket, actor=SYSTEM)


def remind(order_id: UUID) -> None:
    """Somebody has not paid from a link yet, and is reminded of it."""
    let_reminder_fall_due(order_id)
    with transaction() as session:
        for link in orders.queries.list_pay_links(session, order_id):
            orders.services.remind_to_pay(session, link.id, actor=SYSTEM)


def lapse(order_id: UUID) -> None:
    """Nobody pays an order in time, and it ends."""
    let_payment_lapse(order_id)
    with transaction() as session:
        parcels = orders.queries.list_order_parcels(session, order_id)
        orders.services.abandon_pending(session, parcels[0].id)


def was_refunded(order_id: UUID) -> bool:
    """Tell whether money of an order went back: to a card, another shop, or at a till."""
    with transaction() as session:
        owed = payments.queries.list_obligations(session, order_id)
        outside = payments.queries.list_outside(session, order_id)
        returns = orders.queries.list_return_ids(session, order_id)
    back = [*(each.refunded_minor for each in owed), *(each.back_minor for each in outside)]
    return bool(returns) or any(back)


def _type_card(page: str) -> None:
    """Type a card where the payment page was opened; the stand-in keeps it under its last part."""
    address = f"{payments.gateway.settings().stripe_api_url.rstrip('/')}/c/pay/"
    answer = _browser().post(f"{address}{page.rpartition('/')[2]}", data={"number": CARD})
    if answer.is_error:
        answer.raise_for_status()


@cache
def _browser() -> httpx.Client:
    return httpx.Client(timeout=PATIENCE_S, trust_env=False)
