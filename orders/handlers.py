"""What happens to orders because of their money and of transfers. Safe to repeat."""

from contextlib import suppress

from sqlalchemy.orm import Session

import inventory.queries
from inventory.errors import OutOfStock
from inventory.events import (
    StockReceived,
    TransferCancelled,
    TransferChanged,
    TransferClosed,
    TransferReceived,
)
from kernel.actors import SYSTEM
from orders import queries, services
from orders.errors import HoldEnded, NothingToPay
from orders.events import FulfillmentInTransfer
from payments.events import CaptureFailed, CheckoutExpired, PaymentAuthorised, PaymentCaptured

ENDED = "ended"


def confirm_payment(session: Session, event: PaymentAuthorised) -> None:
    """A pending order counts once its card holds the money."""
    services.confirm_payment(session, event.reference_id, obligation_id=event.obligation_id)


def abandon_unpaid(session: Session, event: CheckoutExpired) -> None:
    """A pending order whose payment page ended for good holds nothing any more."""
    if event.cause == ENDED:
        for parcel in queries.list_order_parcels(session, event.reference_id):
            services.abandon_pending(session, parcel.id)


def tell_captured(session: Session, event: PaymentCaptured) -> None:
    """A ready parcel whose money was taken may be announced."""
    services.tell_ready_paid(session, event.reference_id, captured=True)


def tell_uncaptured(session: Session, event: CaptureFailed) -> None:
    """A ready parcel whose money could not be taken is announced as to be paid, with a link."""
    services.tell_ready_paid(session, event.reference_id, captured=False)
    with suppress(NothingToPay, HoldEnded, OutOfStock):
        order = queries.get_order(session, event.reference_id, actor=SYSTEM)
        services.make_pay_link(session, order, actor=SYSTEM)


def settle_transfer(
    session: Session,
    event: TransferCancelled | TransferChanged | TransferClosed | TransferReceived,
) -> None:
    """A parcel that waits for a transfer learns what arrived and what never will."""
    transfer = inventory.queries.get_transfer(session, event.transfer_id, actor=SYSTEM)
    if transfer.fulfillment_id is not None:
        services.settle_fetch(session, transfer.fulfillment_id)


def serve_awaiting(session: Session, event: StockReceived) -> None:
    """Parcels that await what a location expects have what came, who asked first first."""
    for fulfillment_id in queries.list_awaiting(session, location_id=event.location_id):
        services.serve_awaiting(session, fulfillment_id)


def consider_partly(session: Session, event: FulfillmentInTransfer) -> None:
    """A part of the parcel may be in the store while the rest is on its way."""
    services.consider_partly(session, event.fulfillment_id, at_placing=event.at_placing)
