"""Placing an order: slot by slot the same on every channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, JSONB
from sqlalchemy.orm import Session

import catalog.queries
import customers.services
import inventory.services
import payments.services
import stores.queries
from catalog.queries import Offer
from kernel import events
from kernel.actors import Actor
from kernel.db import UTCDateTime
from kernel.ids import new_id, new_order_number
from orders import queries
from orders.commands import (
    CHANNELS_OF,
    Channel,
    Formation,
    PayBy,
    PlaceOrder,
    Status,
    hold_of,
)
from orders.errors import ChannelNotAllowed, EmptyOrder
from orders.events import OrderPlaced, OrderStarted
from orders.pricing import Totals, price_basket
from orders.services.promising import (
    Promise,
    accept_by,
    refuse_unless_offered,
    take_promise,
)
from payments.commands import OpenObligation
from stores.commands import StoreMethod
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that was opened; `promised_at` is when it will be ready, `totals` what it costs."""

    id: UUID
    number: str
    fulfillment_id: UUID
    promised_at: datetime
    currency: str
    totals: Totals
    obligation_id: UUID | None = None
    """What the card has to pay, for an order that is pending until it does."""


_OPEN = text("""
    WITH opened AS (
        INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                                 contact_id)
        VALUES (:order_id, :number, :brand_id, :channel, :formation, :language, :currency,
                :contact_id)
        ON CONFLICT (number) DO NOTHING RETURNING id),
    items AS (
        SELECT * FROM opened, unnest(:skus, :names, :quantities, :prices, :price_pers, :vats)
            WITH ORDINALITY AS i (sku, name, quantity, price, price_per, vat, place)),
    lines AS (
        INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor,
                                price_per, vat_bp)
        SELECT id, sku, place, name, quantity, price, price_per, vat FROM items),
    parcel AS (
        INSERT INTO fulfillment (id, order_id, location_id, method, status, promised_at,
                                 promise_inputs, pending_until, accept_by, slot_id, slot_starts_at,
                                 slot_ends_at)
        SELECT :fulfillment_id, id, :location_id, :method, :status, :promised_at, :promise_inputs,
               statement_timestamp() + make_interval(mins => :pending_min), :accept_by,
               :slot_id, :slot_starts_at, :slot_ends_at
        FROM opened RETURNING id),
    parts AS (
        INSERT INTO fulfillment_line (fulfillment_id, sku, quantity)
        SELECT parcel.id, items.sku, items.quantity FROM parcel, items)
    SELECT id FROM opened
""").bindparams(
    bindparam("skus", type_=ARRAY(Text)),
    bindparam("names", type_=ARRAY(Text)),
    *(bindparam(each, type_=ARRAY(INTEGER)) for each in ("quantities", "prices")),
    *(bindparam(each, type_=ARRAY(INTEGER)) for each in ("price_pers", "vats")),
    bindparam("promise_inputs", type_=JSONB),
    bindparam("pending_min", type_=Integer),
    bindparam("slot_id", type_=Uuid),
    *(
        bindparam(each, type_=UTCDateTime)
        for each in ("accept_by", "slot_starts_at", "slot_ends_at")
    ),
)


def place_order(session: Session, command: PlaceOrder, *, actor: Actor) -> PlacedOrder:
    """Open an order to collect at one store, with its stock reserved: all of it or nothing.

    The hot rows are locked last: slot, day, stock. The number of statements does not grow with the
    lines.

    Raises EmptyOrder, ChannelNotAllowed, UnknownLocation, UnknownSku, OutOfStock, what
    `refuse_unless_offered` and `take_promise` raise, or a refusal of the contact.
    """
    if not command.quantities:
        raise EmptyOrder
    _refuse_foreign_channel(command.channel, actor)
    store = stores.queries.get_store(
        session,
        command.store_code,
        method=StoreMethod(command.method),
        waiting=queries.waiting_at,
    )
    refuse_unless_offered(store, command, actor=actor)
    offers = catalog.queries.get_offers(
        session,
        skus=command.quantities,
        brand_id=store.brand_id,
        language=command.contact.language,
    )
    contact = customers.services.give_contact(session, command.contact)
    promise = take_promise(session, command, store=store)
    placed = _open(
        session, command, store=store, promise=promise, offers=offers, contact_id=contact.id
    )
    _record(session, command, placed, store=store, actor=actor)
    if command.pay_by is PayBy.CARD:
        placed = _owe_by_card(session, placed)
    inventory.services.reserve(
        session,
        fulfillment_id=placed.fulfillment_id,
        location_id=store.id,
        quantities=command.quantities,
        hold=hold_of(store.rules, command.channel) if command.pay_by is PayBy.CARD else None,
    )
    return placed


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


def _owe_by_card(session: Session, placed: PlacedOrder) -> PlacedOrder:
    obligation = OpenObligation(placed.id, placed.totals.total_minor, placed.currency)
    return replace(placed, obligation_id=payments.services.open_obligation(session, obligation))


def _refuse_foreign_channel(channel: Channel, actor: Actor) -> None:
    allowed = CHANNELS_OF.get(actor.kind, frozenset())
    if channel not in allowed:
        raise ChannelNotAllowed(channels=sorted(each.value for each in allowed))


def _open(
    session: Session,
    command: PlaceOrder,
    *,
    store: StoreFacts,
    promise: Promise,
    offers: Mapping[str, Offer],
    contact_id: UUID,
) -> PlacedOrder:
    order_id = new_id()
    chosen = [offers[sku] for sku in command.quantities]
    by_card = command.pay_by is PayBy.CARD
    in_store = command.channel in {Channel.STORE, Channel.POS}
    values = {
        "order_id": order_id,
        "brand_id": store.brand_id,
        "channel": command.channel.value,
        "formation": (Formation.IN_STORE if in_store else Formation.DISTANCE).value,
        "language": command.contact.language,
        "currency": store.currency,
        "contact_id": contact_id,
        "skus": [offer.sku for offer in chosen],
        "names": [offer.label for offer in chosen],
        "quantities": list(command.quantities.values()),
        "prices": [offer.price_minor for offer in chosen],
        "price_pers": [offer.price_per for offer in chosen],
        "vats": [offer.vat_bp for offer in chosen],
        "fulfillment_id": promise.fulfillment_id,
        "location_id": store.id,
        "method": command.method.value,
        "promised_at": promise.at,
        "promise_inputs": dict(promise.inputs),
        "status": (Status.PENDING if by_card else Status.NEW).value,
        "pending_min": hold_of(store.rules, command.channel).minutes if by_card else None,
        "accept_by": None if by_card else accept_by(store),
        "slot_id": UUID(promise.slot.id) if promise.slot else None,
        "slot_starts_at": promise.slot.starts_at if promise.slot else None,
        "slot_ends_at": promise.slot.ends_at if promise.slot else None,
    }
    number = new_order_number()
    while session.execute(_OPEN, {**values, "number": number}).first() is None:
        number = new_order_number()  # one of a billion was taken: draw again
    return PlacedOrder(
        order_id,
        number,
        promise.fulfillment_id,
        promise.at,
        store.currency,
        price_basket(offers, command.quantities),
    )
