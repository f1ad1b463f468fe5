"""Placing an order: slot by slot the same on every channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
import inventory.services
import payments.services
import stores.queries
from inventory.errors import OutOfStock
from kernel import events
from kernel.actors import Actor
from orders import queries
from orders.commands import (
    CHANNELS_OF,
    Channel,
    PayBy,
    PlaceOrder,
    hold_of,
)
from orders.errors import ChannelNotAllowed, EmptyOrder, PriceChanged
from orders.events import OrderPlaced, OrderStarted
from orders.pricing import Quote, Totals
from orders.services.gathering import Gap, gather
from orders.services.promising import (
    Promise,
    accept_by,
    refuse_unless_offered,
    take_promise,
)
from orders.services.promoting import use_promotions
from orders.services.writing import NewOrder, Part, write_order
from orders.sourcing import After
from payments.commands import OpenObligation
from stores.commands import StoreMethod
from stores.errors import UnknownLocation
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class PlacedParcel:
    """What one location sends of an order: when it leaves there, and when it arrives."""

    fulfillment_id: UUID
    store: str
    quantities: Mapping[str, int]
    promised_at: datetime
    arrives_from: date | None
    arrives_by: date | None


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that was opened; `promised_at` is when it will be ready, `totals` what it costs.

    `parcels` are those of a delivery, of which the first stands for the order.
    """

    id: UUID
    number: str
    fulfillment_id: UUID
    promised_at: datetime
    currency: str
    totals: Totals
    follows: After | None = None
    """What is done about what was not there when it was placed."""
    obligation_id: UUID | None = None
    """What the card has to pay, for an order that is pending until it does."""
    parcels: tuple[PlacedParcel, ...] = ()


def place_order(session: Session, command: PlaceOrder, *, actor: Actor) -> PlacedOrder:
    """Open an order to collect at one store, with its stock reserved: all of it or nothing.

    The hot rows are locked last: slot, day, stock, limited promotions. The number of statements
    does not grow with the lines.

    What the store lacks is brought there, waited for or refused, as the rules for collecting say.

    Raises EmptyOrder, ChannelNotAllowed, UnknownLocation, UnknownSku, PriceChanged, OutOfStock, a
    refusal of the contact, or what `refuse_unless_offered` and `take_promise` raise.
    """
    if not command.quantities:
        raise EmptyOrder
    refuse_foreign_channel(command.channel, actor)
    store = stores.queries.get_store(
        session,
        command.store_code,
        method=StoreMethod(command.method),
        waiting=queries.waiting_at,
    )
    if not actor.sees_brand(store.brand_id):
        raise UnknownLocation(store=command.store_code)
    refuse_unless_offered(store, command, actor=actor)
    quote = _quote(session, command, store)
    refuse_another_price(quote, seen_minor=command.seen_total_minor, currency=store.currency)
    contact = customers.services.give_contact(session, command.contact)
    promise = take_promise(session, command, store=store)
    placed = _open(
        session, command, store=store, promise=promise, quote=quote, contact_id=contact.id
    )
    _record(session, command, placed, store=store, actor=actor)
    if command.pay_by is PayBy.CARD:
        placed = owe_by_card(session, placed)
    placed = _reserve(session, command, placed, store=store, quote=quote)
    again = partial(_quote, session, command, store)
    take_promotions(session, quote, again, currency=store.currency)
    return placed


def _quote(session: Session, command: PlaceOrder, store: StoreFacts) -> Quote:
    return queries.read_quote(
        session,
        command.quantities,
        brand_id=store.brand_id,
        language=command.contact.language,
        store=store,
    )


def _reserve(
    session: Session, command: PlaceOrder, placed: PlacedOrder, *, store: StoreFacts, quote: Quote
) -> PlacedOrder:
    """Promise the goods to the order, or have what is lacking brought to the store.

    Of what is refused nothing stays locked: others come before this store in the order of locks.
    """
    by_card = command.pay_by is PayBy.CARD
    try:
        with session.begin_nested():
            inventory.services.reserve(
                session,
                fulfillment_id=placed.fulfillment_id,
                location_id=store.id,
                quantities=command.quantities,
                hold=hold_of(store.rules, command.channel) if by_card else None,
            )
    except OutOfStock as short:
        gap = Gap(command, store, quote, placed.id, placed.fulfillment_id, short)
        gathered = gather(session, gap)
        return replace(placed, promised_at=gathered.promised_at, follows=gathered.after)
    return placed


def refuse_another_price(quote: Quote, *, seen_minor: int | None, currency: str) -> None:
    """Return nothing when a basket costs what was told, or nobody was told.

    Raises PriceChanged.
    """
    total_minor = quote.totals.total_minor
    if seen_minor is None or seen_minor == total_minor:
        return
    raise PriceChanged(
        seen_minor=seen_minor,
        total_minor=total_minor,
        currency=currency,
        lines={line.sku: line.priced.amount_minor for line in quote.lines},
        charges={charge.name: charge.amount_minor for charge in quote.charges},
    )


def take_promotions(
    session: Session, quote: Quote, again: Callable[[], Quote], *, currency: str
) -> None:
    """Count an order on what only so many may have; others may have had the last meanwhile.

    `again` reads what the basket costs now. It is called last: these rows are hot.

    Raises PriceChanged.
    """
    if not use_promotions(session, quote.limited):
        refuse_another_price(again(), seen_minor=quote.totals.total_minor, currency=currency)


def _record(
    session: Session, command: PlaceOrder, placed: PlacedOrder, *, store: StoreFacts, actor: Actor
) -> None:
    fact = (OrderStarted if command.pay_by is PayBy.CARD else OrderPlaced)(
        order_id=placed.id,
        fulfillment_id=placed.fulfillment_id,
        location_id=store.id,
        channel=command.channel.value,
        quantities=dict(command.quantities),
        total_minor=placed.totals.total_minor,
        currency=store.currency,
        promised_at=placed.promised_at,
    )
    events.record(session, fact, actor=actor)


def owe_by_card(session: Session, placed: PlacedOrder) -> PlacedOrder:
    """Have a card owe what an order costs; return the order with what it owes."""
    obligation = OpenObligation(placed.id, placed.totals.total_minor, placed.currency)
    return replace(placed, obligation_id=payments.services.open_obligation(session, obligation))


def refuse_foreign_channel(channel: Channel, actor: Actor) -> None:
    """Return nothing when this actor may begin orders on this channel.

    Raises ChannelNotAllowed.
    """
    allowed = CHANNELS_OF.get(actor.kind, frozenset())
    if channel not in allowed:
        raise ChannelNotAllowed(channels=sorted(each.value for each in allowed))


def _open(
    session: Session,
    command: PlaceOrder,
    *,
    store: StoreFacts,
    promise: Promise,
    quote: Quote,
    contact_id: UUID,
) -> PlacedOrder:
    by_card = command.pay_by is PayBy.CARD
    part = Part(
        promise,
        store.id,
        command.method,
        command.quantities,
        accept_by=None if by_card else accept_by(store),
    )
    order = NewOrder(
        store.brand_id,
        command.channel,
        command.contact.language,
        store.currency,
        contact_id,
        quote,
        [part],
        pending_min=hold_of(store.rules, command.channel).minutes if by_card else None,
    )
    order_id, number = write_order(session, order)
    return PlacedOrder(
        order_id, number, promise.fulfillment_id, promise.at, store.currency, quote.totals
    )
