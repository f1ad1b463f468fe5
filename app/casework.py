"""What happens in any package, as what it gives people to do: cases opened, cases settled.

Packages below know nothing of cases; they tell what happened. Safe to repeat: a key has one open
case at most. Whatever goes away by itself settles its case.
"""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import conversations.queries
import inventory.queries
import orders.queries
import orders.services
import payments.queries
import stores.queries
from inventory.commands import MissingReason
from inventory.events import (
    ShortageAssigned,
    ShortageClosed,
    ShortageOpened,
    StockFeedHeld,
    StockFeedLetThrough,
    TransferClosed,
)
from kernel.actors import SYSTEM
from notifications.events import AnswerUndelivered, MessageReached, MessageUndeliverable
from orders.commands import CaseKind, OpenCase
from orders.events import FulfillmentCancelled, FulfillmentEvent, PaidWithoutStock
from payments.commands import ObligationStatus, WishStatus
from payments.events import PaymentCaptured, PaymentDoubted, PaymentRefunded, RefundFailed
from stores.errors import UnknownStaff
from stores.events import StaffDisabled, StaffMoved
from stores.settings import TradeRules

COVERED, REACHED, GIVEN_BACK = "covered", "told after all", "given back"
LET_THROUGH = "let through"
SOURCED = "sourced"


def open_shortage(session: Session, event: ShortageOpened) -> None:
    """More is promised than is there: the store finds a way out."""
    rules = stores.queries.get_rules(session, event.location_id)
    command = OpenCase(
        CaseKind.SHORTAGE,
        f"shortage:{event.shortage_id}",
        timedelta(hours=rules.shortage_hours),
        location_id=event.location_id,
        about_id=event.shortage_id,
        facts={"sku": event.sku, "missing": event.missing},
    )
    orders.services.open_case(session, command)


def assign_shortage(session: Session, event: ShortageAssigned) -> None:
    """Who finds the way out of a shortage also has its case."""
    case = orders.queries.find_open_case(session, f"shortage:{event.shortage_id}")
    if case is not None and event.owner_id is not None and case.owner_id != event.owner_id:
        with suppress(UnknownStaff):  # a program's key may own a shortage, but no case
            orders.services.assign_case(session, case.id, owner_id=event.owner_id, actor=SYSTEM)


def settle_shortage(session: Session, event: ShortageClosed) -> None:
    """What is promised is there."""
    orders.services.settle_case(session, f"shortage:{event.shortage_id}", resolution=COVERED)


def open_lost_transfer(session: Session, event: TransferClosed) -> None:
    """Goods were lost between two stores: the one that waits for them has to look."""
    gone = [sku for sku, why in event.reasons.items() if why == MissingReason.LOST]
    lost = {sku: event.missing[sku] for sku in gone}
    if not lost:
        return
    transfer = inventory.queries.get_transfer(session, event.transfer_id, actor=SYSTEM)
    rules = stores.queries.get_rules(session, transfer.to_id)
    command = OpenCase(
        CaseKind.SHORTAGE,
        f"transfer:{event.transfer_id}",
        timedelta(hours=rules.shortage_hours),
        location_id=transfer.to_id,
        about_id=event.transfer_id,
        facts={"transfer_id": str(event.transfer_id), "lost": lost},
    )
    orders.services.open_case(session, command)


def open_paid_without_stock(session: Session, event: PaidWithoutStock) -> None:
    """A customer paid for what others took: somebody calls them."""
    rules = stores.queries.get_rules(session, event.location_id)
    command = OpenCase(
        CaseKind.PAID_WITHOUT_STOCK,
        f"paid_without_stock:{event.fulfillment_id}",
        timedelta(hours=rules.late_hours),
        location_id=event.location_id,
        order_id=event.order_id,
        fulfillment_id=event.fulfillment_id,
        facts={"missing": event.missing},
    )
    orders.services.open_case(session, command)


def free_cases(session: Session, event: StaffDisabled | StaffMoved) -> None:
    """Whoever left, or works elsewhere now, sees to nothing there any more: the next one does."""
    orders.services.free_cases(session, event.staff_id)


def settle_late(session: Session, event: FulfillmentEvent) -> None:
    """A parcel that moved on is late no longer."""
    orders.services.settle_late(session, event.fulfillment_id)


def settle_unsourced(session: Session, event: FulfillmentEvent) -> None:
    """What nobody could send goes on elsewhere, or nobody waits for it any more."""
    key = f"{orders.services.UNSOURCED}:{event.fulfillment_id}"
    orders.services.settle_case(session, key, resolution=SOURCED)


def open_unreachable(session: Session, event: MessageUndeliverable) -> None:
    """A customer could be told on no channel."""
    parcel = orders.queries.get_fulfillment(session, event.fulfillment_id, actor=SYSTEM)
    rules = stores.queries.get_rules(session, parcel.location_id)
    command = OpenCase(
        CaseKind.UNREACHABLE,
        f"unreachable:{event.fulfillment_id}",
        timedelta(hours=rules.late_hours),
        location_id=parcel.location_id,
        order_id=parcel.order_id,
        fulfillment_id=parcel.id,
        facts={"template": event.template},
    )
    orders.services.open_case(session, command)


def open_undelivered(session: Session, event: AnswerUndelivered) -> None:
    """Our answer did not arrive in a social network: whoever wrote still waits for it."""
    thread = conversations.queries.get_thread(session, event.thread_id, actor=SYSTEM)
    rules = stores.queries.get_desk_rules(session)
    if thread.location_id is not None:
        rules = stores.queries.get_rules(session, thread.location_id)
    command = OpenCase(
        CaseKind.UNREACHABLE,
        f"undelivered:{event.entry_id}",
        timedelta(hours=rules.late_hours),
        location_id=thread.location_id,
        order_id=thread.order_id,
        about_id=thread.id,
        facts={"channel": thread.channel.value},
    )
    orders.services.open_case(session, command)


def settle_unreachable(session: Session, event: MessageReached) -> None:
    """A later message went out."""
    orders.services.settle_case(session, f"unreachable:{event.fulfillment_id}", resolution=REACHED)


def open_refused_refund(session: Session, event: RefundFailed) -> None:
    """Money that is the customer's did not go back: head office asks again, or pays otherwise."""
    facts = {
        "refund_id": str(event.refund_id),
        "amount_minor": event.amount_minor,
        "code": event.code,
    }
    _open_money(session, f"refund:{event.obligation_id}", event, facts)


def settle_refused_refund(session: Session, event: PaymentRefunded) -> None:
    """Money went back; the case of its order is over once nothing refused is left."""
    refunds = payments.queries.list_refunds(session, event.obligation_id)
    if not any(refund.status is WishStatus.REFUSED for refund in refunds):
        key = f"refund:{event.obligation_id}"
        orders.services.settle_case(session, key, resolution=GIVEN_BACK)


def settle_hold(session: Session, event: PaymentCaptured | FulfillmentCancelled) -> None:
    """Money was taken, or an order called off: what its card held needs nobody any more."""
    if isinstance(event, PaymentCaptured):
        orders.services.settle_hold(session, event.obligation_id)
        return
    for owed in payments.queries.list_obligations(session, event.order_id):
        if owed.status is not ObligationStatus.AUTHORISED:
            orders.services.settle_hold(session, owed.id)


def open_held_feed(session: Session, event: StockFeedHeld) -> None:
    """A snapshot says that nearly nothing is left: somebody looks before it is believed."""
    first = event.location_ids[0] if event.location_ids else None
    command = OpenCase(
        CaseKind.FEED,
        f"feed:{event.feed_id}",
        timedelta(hours=_first_rules(session, event.location_ids[:1]).conflict_hours),
        location_id=first,
        about_id=event.feed_id,
        facts={"feed": f"{event.source} {event.sequence}", "locations": len(event.location_ids)},
    )
    orders.services.open_case(session, command)


def settle_held_feed(session: Session, event: StockFeedLetThrough) -> None:
    """Somebody looked at the feed."""
    orders.services.settle_case(session, f"feed:{event.feed_id}", resolution=LET_THROUGH)


def open_doubt(session: Session, event: PaymentDoubted) -> None:
    """What the card provider says contradicts what is owed: head office looks at both."""
    _open_money(session, f"doubt:{event.obligation_id}", event, {"doubt": event.doubt})


def _open_money(
    session: Session, key: str, event: RefundFailed | PaymentDoubted, facts: dict[str, object]
) -> None:
    parcels = orders.queries.list_order_parcels(session, event.reference_id)
    command = OpenCase(
        CaseKind.MONEY,
        key,
        timedelta(hours=_first_rules(session, [each.location_id for each in parcels]).late_hours),
        order_id=event.reference_id if parcels else None,
        about_id=event.obligation_id,
        facts=facts,
    )
    orders.services.open_case(session, command)


def _first_rules(session: Session, location_ids: list[UUID]) -> TradeRules:
    """Return the rules of the first store; where there is none, the usual ones."""
    return stores.queries.get_rules(session, location_ids[0]) if location_ids else TradeRules()
