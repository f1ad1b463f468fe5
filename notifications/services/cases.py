"""Everything a message speaks of, read afresh when it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import orders.queries
import payments.queries
import stores.queries
from catalog.queries import SkuWords
from customers.queries import ContactFacts
from kernel import events
from kernel.actors import SYSTEM
from kernel.events import Recorded
from notifications.commands import ASKS_SCORE, FROM_LINK, MessageStatus, Template
from notifications.events import MessageResent
from notifications.models import Message
from notifications.services.codes import CodeCase, read_code_case
from notifications.services.telling_answers import AnswerCase, read_answer_case
from notifications.services.telling_carts import CartCase, read_cart_case
from notifications.services.telling_staff import StaffCase, read_staff_case
from orders.commands import Formation, Method, Partly, Status
from orders.events import OrderAmended
from orders.passes import PassFacts
from orders.queries import (
    ChoiceFacts,
    FulfillmentFacts,
    OrderFacts,
    PackageFacts,
    PayLinkFacts,
    SubstituteFacts,
    WishFacts,
)
from payments.commands import ObligationStatus
from stores.queries import BrandFacts, StoreFacts

NOTHING: Final = frozenset({Status.CANCELLED, Status.REROUTED, Status.EXPIRED})
"""States of parcels that bring their customer nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """The parcel with its customer and store as they are now.

    `collect` is the live pass, if there is one; `reason` is the one the event was recorded with;
    `paid_minor` is in minor units. `choice` is what its customer may choose, where the store
    rejected it; `partly` what they want while only a part is there; `substitute` what the message
    asks about, as long as it waits for an answer.
    """

    parcel: FulfillmentFacts
    is_distance: bool
    contact: ContactFacts | None
    brand: BrandFacts
    store: StoreFacts
    collect: PassFacts | None
    paid_minor: int
    reason: str
    choice: ChoiceFacts | None
    partly: Partly | None
    packages: tuple[PackageFacts, ...] = ()
    substitute: "SubstituteCase | None" = None
    order: OrderFacts | None = None
    senders: Mapping[UUID, StoreFacts] = field(default_factory=dict)
    """Of a delivery, or of several parcels: whose each is."""
    difference_minor: int | None = None
    counter_minor: int = 0
    """What a card is still to pay of what became dearer, minor units; None when none pays."""
    pay: "PayCase | None" = None
    address: tuple[str, ...] = ()
    """Where it is brought to, in a confirmation."""
    paid_elsewhere: bool = False
    """Whether another shop took money for it, which gives back what is not owed any more."""
    asks_score: bool = False
    """Whether its customer may be asked how it was."""
    changes: tuple[Mapping[str, Any], ...] = ()
    """What was changed and not told yet, oldest first, where the message tells of a change."""
    changed_again: bool = False
    """Whether a later change is owed a message of its own: that tells of this one too."""

    @property
    def parcels(self) -> tuple[FulfillmentFacts, ...]:
        """Return the parcels of its order but for those that go on as another one."""
        found = self.order.fulfillments if self.order else ()
        return tuple(each for each in found if each.status is not Status.REROUTED)

    @property
    def is_mixed(self) -> bool:
        """Tell whether its order goes several ways, or is collected in several stores."""
        parcels = self.parcels
        return len(parcels) > 1 and any(each.method is not Method.DELIVERY for each in parcels)

    @property
    def alone_until(self) -> datetime | None:
        """Return until when its customer can call all of it off before a store sees any of it."""
        parcels = self.order.fulfillments if self.order else (self.parcel,)
        ends = [each.release_at for each in parcels]
        first = min((each for each in ends if each), default=None)
        is_open = first is not None and None not in ends and first > self.store.asked_at
        return first if is_open else None

    @property
    def goes_on(self) -> bool:
        """Tell whether another parcel of the order is still to come, or was given already."""
        others = self.order.fulfillments if self.order else ()
        return any(each.id != self.parcel.id and each.status not in NOTHING for each in others)


@dataclass(frozen=True, slots=True)
class PayCase:
    """The open link from which an order is paid, and what a card owes of it; minor units."""

    link: PayLinkFacts
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SubstituteCase:
    """What is offered for what is missing, in the customer's words; `old_minor` minor units."""

    facts: SubstituteFacts
    missing: str
    instead: str
    old_minor: int


@dataclass(frozen=True, slots=True)
class WishCase:
    """A SKU somebody asked to be told of, the store that has it now, and who asked."""

    wish: WishFacts
    words: SkuWords
    contact: ContactFacts | None
    brand: BrandFacts
    store: StoreFacts


AnyCase = Case | WishCase | StaffCase | CartCase | CodeCase | AnswerCase
"""Whatever a message may speak of."""


def read_case(session: Session, message: Message) -> AnyCase:
    """Return what a message speaks of, as it is now."""
    if message.staff_id is not None:
        return read_staff_case(session, message)
    if message.cart_id is not None:
        return read_cart_case(session, message, message.cart_id)
    if message.challenge_id is not None:
        return read_code_case(session, message)
    if message.entry_id is not None:
        return read_answer_case(session, message, message.entry_id)
    if message.order_id is None:
        return _read_wish(session, message)
    order = orders.queries.get_order(session, message.order_id, actor=SYSTEM)
    parcel = next(each for each in order.fulfillments if each.id == message.fulfillment_id)
    contacts = customers.queries.get_contacts(session, [message.contact_id])
    states = orders.queries.list_passes(session, parcel.id)
    holder = message.contact_id if message.template is Template.PROXY_PASS else None
    alive = [state.facts for state in states if state.alive and state.contact_id == holder]
    history = events.list_history(session, [parcel.id, order.id, message.reference])
    changes = _changes(session, message, history)
    return Case(
        parcel=parcel,
        is_distance=order.formation is Formation.DISTANCE,
        contact=contacts.get(message.contact_id),
        brand=stores.queries.get_brand(session, order.brand_id),
        store=stores.queries.get_store_by_id(session, parcel.location_id),
        collect=alive[-1] if alive else None,
        paid_minor=orders.queries.paid_for(session, parcel),
        reason=_reason(message, history),
        choice=orders.queries.list_choices(session, [parcel.id]).get(parcel.id),
        partly=order.partly,
        packages=_packages(session, parcel, language=message.language),
        substitute=_substitute(session, message, parcel, history),
        order=order,
        senders=_senders(session, order, parcel),
        difference_minor=orders.queries.difference_minor(session, order.id),
        counter_minor=orders.queries.at_counter_minor(session, order),
        pay=_pay(session, message, order),
        address=_address(session, message, order),
        paid_elsewhere=bool(payments.queries.list_outside(session, order.id)),
        changes=tuple(each.facts["changes"] for each in changes),
        changed_again=any(each.id > message.event_id for each in changes),
        asks_score=_asks_score(session, message),
    )


def _asks_score(session: Session, message: Message) -> bool:
    """Tell whether to ask how it was: with the news that it is over, until somebody refuses."""
    if message.template not in ASKS_SCORE or message.contact_id is None:
        return False
    customer_id = customers.queries.find_giver(session, message.contact_id)
    if customer_id is None:
        return False
    said = customers.queries.find_said(
        session, customer_id, purpose="survey", channel=message.channel.value
    )
    return said is not False


def _pay(session: Session, message: Message, order: OrderFacts) -> PayCase | None:
    if message.template not in FROM_LINK:
        return None
    for link in orders.queries.list_pay_links(session, order.id):
        owed = payments.queries.get_obligation(session, link.obligation_id)
        if link.open and owed.status in {ObligationStatus.OPENED, ObligationStatus.FAILED}:
            return PayCase(link, owed.amount_minor)
    return None


def _address(session: Session, message: Message, order: OrderFacts) -> tuple[str, ...]:
    if message.template is not Template.CONFIRMATION:
        return ()
    to = (
        each.address_id
        for each in order.fulfillments
        if each.method is Method.DELIVERY and each.status is not Status.REROUTED
    )
    found = customers.queries.find_address(session, next(to, None))
    return found.lines if found else ()


def _senders(
    session: Session, order: OrderFacts, parcel: FulfillmentFacts
) -> dict[UUID, StoreFacts]:
    if parcel.method is not Method.DELIVERY and len(order.fulfillments) == 1:
        return {}
    return {
        each.id: stores.queries.get_store_by_id(session, each.location_id)
        for each in order.fulfillments
    }


def _packages(
    session: Session, parcel: FulfillmentFacts, *, language: str
) -> tuple[PackageFacts, ...]:
    if parcel.method is not Method.DELIVERY:
        return ()
    return tuple(orders.queries.list_packages(session, [parcel.id], language=language)[parcel.id])


def _read_wish(session: Session, message: Message) -> WishCase:
    wish = orders.queries.get_wish(session, message.wish_id or message.reference)
    history = events.list_history(session, [wish.id])
    (told,) = (each for each in history if each.id == message.event_id)
    contacts = customers.queries.get_contacts(session, [message.contact_id])
    words = catalog.queries.describe_skus(session, [wish.sku], language=message.language)
    return WishCase(
        wish=wish,
        words=words[wish.sku],
        contact=contacts.get(message.contact_id),
        brand=stores.queries.get_brand(session, wish.brand_id),
        store=stores.queries.get_store_by_id(session, UUID(told.facts["location_id"])),
    )


def _substitute(
    session: Session, message: Message, parcel: FulfillmentFacts, history: list[Recorded]
) -> SubstituteCase | None:
    told = _told(message, history)
    if message.template is not Template.SUBSTITUTE or told is None:
        return None
    for asked in orders.queries.list_proposed(session, [parcel.id]):
        if str(asked.id) == told.facts["substitution_id"]:
            words = catalog.queries.describe_skus(
                session, [asked.substitute_sku], language=message.language
            )[asked.substitute_sku]
            (line,) = (each for each in parcel.lines if each.sku == asked.sku)
            return SubstituteCase(
                facts=asked,
                missing=line.name,
                instead=", ".join(filter(None, (words.name, words.option))),
                old_minor=line.worth_minor(asked.quantity),
            )
    return None


def _changes(session: Session, message: Message, history: list[Recorded]) -> list[Recorded]:
    """Return the changes a message tells of: all that its customer was not told yet.

    What it shows is the order as it is now, so it tells what led there; one that goes again tells
    all since its first.
    """
    told = _told(message, history)
    if message.template is not Template.AMENDED or told is None:
        return []
    since = select(func.max(Message.event_id)).where(
        Message.order_id == message.order_id,
        Message.template == Template.AMENDED,
        Message.status.in_([MessageStatus.SENT, MessageStatus.UNKNOWN]),
    )
    known = session.execute(since).scalar_one() or 0
    return [
        each
        for each in history
        if each.name == OrderAmended.name
        and each.facts["tells"]
        and (each.id > known or each.id >= told.id)
    ]


def _reason(message: Message, history: list[Recorded]) -> str:
    """Return why what is told happened."""
    told = _told(message, history)
    return (told.reason if told else None) or ""


def _told(message: Message, history: list[Recorded]) -> Recorded | None:
    """Return the event a message tells of; one that goes again speaks of its first."""
    by_id = {each.id: each for each in history}
    told = by_id.get(message.event_id)
    if told is not None and told.name == MessageResent.name:
        told = by_id.get(told.facts["first_event_id"])
    return told
