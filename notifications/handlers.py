"""Reactions to what happens to orders: each owes messages, and sends none. Safe to repeat."""

from sqlalchemy.orm import Session

import orders.queries
from notifications import services
from notifications.commands import Owe, OweWish, Template
from orders.events import (
    FulfillmentCancelled,
    FulfillmentExpired,
    FulfillmentHandedOver,
    FulfillmentReady,
    OrderPlaced,
    PassReissued,
    PickupReminded,
    ReadyPaid,
    StockBack,
    SubstituteOffered,
)


def confirm_order(session: Session, event: OrderPlaced) -> None:
    """The customer is owed a confirmation."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.CONFIRMATION))


def announce_ready(session: Session, event: FulfillmentReady) -> None:
    """The customer is owed the news that the parcel waits, on every channel we know.

    Not while a card's money is being taken: `announce_paid` follows then.
    """
    if not event.awaits_capture:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.READY))


def announce_paid(session: Session, event: ReadyPaid) -> None:
    """The customer is owed the news that the parcel waits, now that its money was asked for."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.READY))


def remind(session: Session, event: PickupReminded) -> None:
    """The customer is owed a reminder; on the last day, on every channel we know."""
    last = event.stage == orders.queries.LAST_DAY
    template = Template.LAST_DAY if last else Template.REMINDER
    services.owe(session, Owe(event.event_id, event.fulfillment_id, template))


def announce_new_pass(session: Session, event: PassReissued) -> None:
    """The customer is owed the new code."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.READY))


def announce_cancelled(session: Session, event: FulfillmentCancelled) -> None:
    """The customer is owed the news that there is nothing to come for."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.CANCELLED))


def announce_expired(session: Session, event: FulfillmentExpired) -> None:
    """The customer is owed the news that the parcel waits no longer."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.EXPIRED))


def send_receipt(session: Session, event: FulfillmentHandedOver) -> None:
    """The customer is owed a list of what was collected, once nothing is left to collect."""
    if event.complete:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.RECEIPT))


def ask_substitute(session: Session, event: SubstituteOffered) -> None:
    """The customer is owed the question whether they take another article, everywhere we know."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.SUBSTITUTE))


def tell_back(session: Session, event: StockBack) -> None:
    """Who asked to be told is owed the news that the SKU can be had again."""
    services.owe_wish(session, OweWish(event.event_id, event.wish_id))
