"""What happens in any package, as the history of the customer it happens to.

`TOLD` is the one table of what belongs there. Each event is told once, whoever is told of it twice;
what a customer turns to us for without an event of ours is recorded by the doors themselves.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import customers.services
import orders.queries
import stores.queries
from conversations.events import (
    EntryReceived,
    EntrySent,
    ThreadEnded,
    ThreadEvent,
    ThreadHandedOver,
    ThreadIdentified,
)
from customers.commands import Direction, RecordInteraction, TouchChannel
from customers.events import (
    AccountClosed,
    AccountOpened,
    CardBlocked,
    CardGiven,
    CompanyJoined,
    CompanyLeft,
    ConsentRecorded,
    CustomerErased,
    CustomersMerged,
    CustomersParted,
    ErasureAsked,
    ErasureWithdrawn,
    PersonExported,
    PreferenceSaid,
)
from kernel import events
from kernel.actors import Actor, ActorKind
from kernel.events import Event, Handler, Recorded
from notifications.events import MessageSent, MessageUndeliverable, MessageWithheld
from orders.events import (
    ArticlesRefused,
    CartSent,
    ChoiceMade,
    CollectorChanged,
    ContactCorrected,
    CustomerArrived,
    CustomerOnTheWay,
    DeliveryFailed,
    FulfillmentCancelled,
    FulfillmentDelivered,
    FulfillmentExpired,
    FulfillmentHandedOver,
    FulfillmentReady,
    FulfillmentRejected,
    FulfillmentRerouted,
    FulfillmentShipped,
    GoodsTakenBack,
    LeftAgainstRules,
    LineShort,
    OrderAbandoned,
    OrderAmended,
    OrderCancelled,
    OrderPlaced,
    OrderSold,
    PickupExtended,
    ProxyNamed,
    ProxyWithdrawn,
)
from payments.events import (
    CaptureFailed,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentFailed,
    PaymentRefunded,
)

IN, OUT, WITHIN = Direction.IN, Direction.OUT, Direction.WITHIN

TOLD: Final[Mapping[type[Event], Direction]] = {
    AccountOpened: IN,
    AccountClosed: IN,
    CardGiven: WITHIN,
    CardBlocked: WITHIN,
    CompanyJoined: WITHIN,
    CompanyLeft: WITHIN,
    PreferenceSaid: IN,
    ConsentRecorded: IN,
    ErasureAsked: IN,
    ErasureWithdrawn: IN,
    PersonExported: OUT,
    CustomerErased: WITHIN,
    CustomersMerged: WITHIN,
    CustomersParted: WITHIN,
    OrderPlaced: IN,
    OrderSold: IN,
    OrderAbandoned: WITHIN,
    OrderAmended: IN,
    OrderCancelled: IN,
    CollectorChanged: IN,
    ContactCorrected: IN,
    ProxyNamed: IN,
    ProxyWithdrawn: IN,
    CustomerOnTheWay: IN,
    CustomerArrived: IN,
    ChoiceMade: IN,
    PickupExtended: IN,
    LineShort: WITHIN,
    FulfillmentReady: WITHIN,
    FulfillmentHandedOver: IN,
    ArticlesRefused: IN,
    LeftAgainstRules: WITHIN,
    FulfillmentCancelled: WITHIN,
    FulfillmentExpired: WITHIN,
    FulfillmentRejected: WITHIN,
    FulfillmentRerouted: WITHIN,
    FulfillmentShipped: WITHIN,
    FulfillmentDelivered: WITHIN,
    DeliveryFailed: WITHIN,
    GoodsTakenBack: IN,
    PaymentAuthorised: IN,
    PaymentCaptured: WITHIN,
    PaymentFailed: WITHIN,
    CaptureFailed: WITHIN,
    PaymentRefunded: OUT,
    CartSent: OUT,
    EntryReceived: IN,
    EntrySent: OUT,
    ThreadHandedOver: WITHIN,
    ThreadIdentified: WITHIN,
    ThreadEnded: WITHIN,
    MessageSent: OUT,
    MessageUndeliverable: WITHIN,
    MessageWithheld: WITHIN,
}
"""Every event that is history of a customer, and who turned to whom by it."""

OF_CUSTOMERS: Final = (
    AccountOpened,
    AccountClosed,
    CardGiven,
    CardBlocked,
    CompanyJoined,
    CompanyLeft,
    PreferenceSaid,
    ConsentRecorded,
    ErasureAsked,
    ErasureWithdrawn,
    PersonExported,
    CustomerErased,
)
"""Events that name the customer themselves."""
HEARD_OF: Final = (OrderPlaced, OrderSold, ContactCorrected, AccountOpened)
"""Events in which somebody says who they are: they may be somebody who is known already."""

MET_BY: Final[Mapping[str, TouchChannel]] = {
    ActorKind.SHOPPER: TouchChannel.WEB,
    ActorKind.AGENT: TouchChannel.PHONE,
    ActorKind.ASSOCIATE: TouchChannel.STORE,
    ActorKind.MANAGER: TouchChannel.STORE,
    ActorKind.TABLET: TouchChannel.STORE,
    ActorKind.TERMINAL: TouchChannel.POS,
    ActorKind.INTEGRATION: TouchChannel.EXTERNAL,
}
"""Where something happened whose event does not say so, by who did it."""


def listeners() -> dict[type[Event], Mapping[str, Handler]]:
    """Return the consequences that are history: one of each event of `TOLD`."""
    return {kind: {"tell-history": tell} for kind in TOLD}


def tell(session: Session, event: Event) -> None:
    """Have the customer's history say what happened; nothing where no customer is known."""
    contact_id, customer_id = _whom(session, event)
    if customer_id is None:
        return
    known = events.get_recorded(session, event.event_id)
    command = RecordInteraction(
        customer_id=customer_id,
        kind=event.name.removesuffix(".v1"),
        channel=_where(event, known),
        direction=TOLD[type(event)],
        happened_at=known.recorded_at,
        contact_id=contact_id,
        order_id=_order_of(event),
        fulfillment_id=getattr(event, "fulfillment_id", None),
        sku=getattr(event, "sku", None),
        location_id=getattr(event, "location_id", None),
        facts=known.facts,
        event_id=known.id,
    )
    customers.services.record_interaction(session, command, actor=_who(session, known))
    if isinstance(event, HEARD_OF):
        customers.services.suspect(session, customer_id)


def _whom(session: Session, event: Event) -> tuple[UUID | None, UUID | None]:
    """Return the contact an event is about, and whose it was given as; None where nobody is."""
    if isinstance(event, OF_CUSTOMERS):
        return None, event.customer_id
    if isinstance(event, CustomersMerged | CustomersParted):
        return None, event.kept_id
    if isinstance(event, ThreadEvent):
        return event.contact_id, event.customer_id
    contact_id: UUID | None = getattr(event, "contact_id", None)
    if contact_id is None or not isinstance(event, MessageSent | MessageWithheld | CartSent):
        order_id = _order_of(event)
        contact_id = orders.queries.find_contact_id(session, order_id) if order_id else None
    if contact_id is None:
        return None, None
    return contact_id, customers.queries.find_giver(session, contact_id)


def _order_of(event: Event) -> UUID | None:
    named: UUID | None = getattr(event, "order_id", None)
    return named or getattr(event, "reference_id", None)


def _where(event: Event, known: Recorded) -> TouchChannel:
    said = getattr(event, "channel", None)
    if said in set(TouchChannel):
        return TouchChannel(said)
    return MET_BY.get(known.actor_kind, TouchChannel.SYSTEM)


def _who(session: Session, known: Recorded) -> Actor:
    names = stores.queries.get_names(session, {known.actor_id}) if known.actor_id else {}
    name = names.get(known.actor_id, "") if known.actor_id else ""
    return Actor(kind=ActorKind(known.actor_kind), id=known.actor_id, name=name)
