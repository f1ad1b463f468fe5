"""Reactions to what happens to orders: each owes messages, and sends none. Safe to repeat."""

from sqlalchemy.orm import Session

import orders.queries
from conversations.events import EntrySent
from customers.events import ChallengeAsked
from inventory.events import StockRanLow
from kernel.actors import SYSTEM
from notifications import services
from notifications.commands import (
    Owe,
    OweAnswer,
    OweCart,
    OweCode,
    OweStaff,
    OweWish,
    Template,
)
from orders.events import (
    CartLeft,
    CartSent,
    CaseEscalated,
    DeliveryFailed,
    FulfillmentCancelled,
    FulfillmentDelivered,
    FulfillmentExpired,
    FulfillmentHandedOver,
    FulfillmentInTransfer,
    FulfillmentReady,
    FulfillmentRejected,
    FulfillmentRerouted,
    FulfillmentShipped,
    OrderAbandoned,
    OrderAmended,
    OrderPlaced,
    PartlyThere,
    PassReissued,
    PayLinkMade,
    PayLinkReminded,
    PickupReminded,
    ProxyPassGiven,
    ReadyPaid,
    StockBack,
    SubstituteOffered,
)


def confirm_order(session: Session, event: OrderPlaced) -> None:
    """The customer is owed a confirmation, once for all parcels of an order."""
    if event.tells:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.CONFIRMATION))


def announce_ready(session: Session, event: FulfillmentReady) -> None:
    """The customer is owed the news that the parcel waits, on every channel we know.

    Not while a card's money is being taken: `announce_paid` follows then.
    """
    if not event.awaits_capture:
        _announce(session, event)


def announce_paid(session: Session, event: ReadyPaid) -> None:
    """The customer is owed the news that the parcel waits, now that its money was asked for."""
    _announce(session, event)


def _announce(session: Session, event: FulfillmentReady | ReadyPaid) -> None:
    """Whoever may collect a parcel is owed their own code: the customer, and whom they send."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.READY))
    for state in orders.queries.list_passes(session, event.fulfillment_id):
        if state.contact_id is not None and state.alive:
            owed = Owe(event.event_id, event.fulfillment_id, Template.PROXY_PASS, state.contact_id)
            services.owe(session, owed)


def announce_to_proxy(session: Session, event: ProxyPassGiven) -> None:
    """Somebody whom the customer sends is owed their code of a parcel that waits already."""
    owed = Owe(event.event_id, event.fulfillment_id, Template.PROXY_PASS, event.contact_id)
    services.owe(session, owed)


def tell_proxy_came(session: Session, event: FulfillmentHandedOver) -> None:
    """The customer is owed the news that somebody they sent has the articles."""
    if event.proxy_contact_id is not None and event.quantities:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.PROXY_COLLECTED))


def remind(session: Session, event: PickupReminded) -> None:
    """The customer is owed a reminder; on the last day, on every channel we know."""
    last = event.stage == orders.queries.LAST_DAY
    template = Template.LAST_DAY if last else Template.REMINDER
    services.owe(session, Owe(event.event_id, event.fulfillment_id, template))


def announce_new_pass(session: Session, event: PassReissued) -> None:
    """The customer is owed the new code."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.READY))


def announce_cancelled(session: Session, event: FulfillmentCancelled) -> None:
    """The customer is owed the news that there is nothing to come for, once for a whole order."""
    if event.tells:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.CANCELLED))


def announce_expired(session: Session, event: FulfillmentExpired) -> None:
    """The customer is owed the news that the parcel waits no longer."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.EXPIRED))


def ask_to_choose(session: Session, event: FulfillmentRejected) -> None:
    """The customer is owed the choice of what happens next, on every channel we know.

    Not when somebody chose for them, with their word.
    """
    if event.asks:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.REJECTED))


def announce_rerouted(session: Session, event: FulfillmentRerouted) -> None:
    """The customer is owed where and when the order goes on, unless other news says it."""
    if event.tells:
        services.owe(session, Owe(event.event_id, event.to_fulfillment_id, Template.REROUTED))


def announce_amended(session: Session, event: OrderAmended) -> None:
    """The customer is owed the order as it is now, once for all that changed with it."""
    if event.tells:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.AMENDED))


def ask_partly(session: Session, event: PartlyThere) -> None:
    """The customer is owed the news that a part is there, and the question what they prefer."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.PARTLY))


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


def announce_delayed(session: Session, event: FulfillmentInTransfer) -> None:
    """The customer is owed the new time: articles come from another store first.

    Not when that was so from the beginning: the confirmation says the time.
    """
    if event.at_placing:
        return
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.DELAYED))


def announce_shipped(session: Session, event: FulfillmentShipped) -> None:
    """The customer is owed the news that the packages are on their way, and their numbers."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.SHIPPED))


def announce_delivered(session: Session, event: FulfillmentDelivered) -> None:
    """The customer is owed the news that the packages were delivered, with what they cost."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.DELIVERED))


def announce_failed(session: Session, event: DeliveryFailed) -> None:
    """The customer is owed the news that the carrier could not deliver, and what happens next."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.DELIVERY_FAILED))


def send_pay_link(session: Session, event: PayLinkMade) -> None:
    """The customer is owed the link to pay, wherever they are reached."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.PAY_LINK))


def remind_to_pay(session: Session, event: PayLinkReminded) -> None:
    """The customer is owed the reminder that the time to pay ends."""
    services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.PAY_REMINDER))


def tell_unpaid(session: Session, event: OrderAbandoned) -> None:
    """Who was sent a link to pay is owed the news that the order ended without; once for all.

    Who left our own payment page knows: they are told nothing.
    """
    order = orders.queries.get_order(session, event.order_id, actor=SYSTEM)
    linked = orders.queries.had_pay_link(session, event.order_id)
    if linked and event.fulfillment_id == order.first_id:
        services.owe(session, Owe(event.event_id, event.fulfillment_id, Template.UNPAID))


def send_cart_link(session: Session, event: CartSent) -> None:
    """Somebody is owed the link of a basket they go on with."""
    services.owe_cart(session, OweCart(event.event_id, event.cart_id, event.contact_id))


def remind_of_cart(session: Session, event: CartLeft) -> None:
    """Somebody is owed the reminder of a basket they left, if they ever said a word about such."""
    command = OweCart(event.event_id, event.cart_id, event.contact_id, Template.CART_LEFT)
    services.owe_cart(session, command)


def tell_of_case(session: Session, event: CaseEscalated) -> None:
    """Those who can see to a case are owed the news that it is nearly due, or late."""
    command = OweStaff(event.event_id, Template.CASE_DUE, case_id=event.case_id, level=event.level)
    services.owe_staff(session, command)


def tell_low_stock(session: Session, event: StockRanLow) -> None:
    """A store's managers are owed one list a day of what runs low there."""
    command = OweStaff(event.event_id, Template.LOW_STOCK, location_id=event.location_id)
    services.owe_staff(session, command)


def send_code(session: Session, event: ChallengeAsked) -> None:
    """A contact point is owed the code that proves it."""
    services.owe_code(session, OweCode(event.event_id, event.challenge_id))


def send_answer(session: Session, event: EntrySent) -> None:
    """Who wrote to us is owed our answer; in the chat only while they have not looked at it.

    What the assistant says is said on the page alone.
    """
    if not event.automatic:
        services.owe_answer(session, OweAnswer(event.event_id, event.thread_id, event.entry_id))


def answer_on_social(session: Session, event: EntrySent) -> None:
    """Who wrote in a social network is owed our answer there, the assistant's too."""
    services.owe_social(session, thread_id=event.thread_id, entry_id=event.entry_id)
