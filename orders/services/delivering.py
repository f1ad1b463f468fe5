"""Placing an order that is brought to a door: by one location or several, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
from inventory.commands import Hold
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.ids import new_id
from orders import delivery, queries
from orders.availability import find_offers
from orders.commands import Method, PayBy, PlaceDelivery, hold_of
from orders.delivery import DeliveryAsk
from orders.errors import EmptyOrder, NotDeliverable
from orders.events import OrderStarted
from orders.pricing import Fee, Quote, charge_for
from orders.services.lacking import (
    keep_awaited,
    owners,
    refuse_beyond_hold,
    remember,
    reserve_for,
)
from orders.services.placing import (
    PlacedOrder,
    PlacedParcel,
    owe_by_card,
    refuse_another_price,
    refuse_foreign_channel,
    take_promotions,
)
from orders.services.promising import Promise, require_way, take_promise
from orders.services.writing import NewOrder, Part, write_order
from orders.sourcing import After, Ask, Decision, Send, decide, record_decision
from stores.errors import UnknownBrand
from stores.queries import Near, Where

STORES_NAMED: Final = 3
"""How many stores are named to somebody whose order nobody can send."""
ANYWHERE_KM: Final = 20_100


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is ordered by whom to where: what it costs, who sends what, how long it is held."""

    command: PlaceDelivery
    ask: DeliveryAsk
    quote: Quote
    fee: Fee
    sends: Sequence[Send]
    hold: Hold
    wanted: Ask
    decision: Decision


def place_delivery(session: Session, command: PlaceDelivery, *, actor: Actor) -> PlacedOrder:
    """Open an order that is brought to a door, pending until it is paid; its stock is held.

    Each location that sends something has a parcel with its own days; having it brought is paid
    once. The hot rows are locked last: days, then stock by location and SKU. The number of
    statements grows with the parcels, never with the lines.

    Raises EmptyOrder, ChannelNotAllowed, UnknownBrand, UnknownLocation, UnknownSku,
    UnknownDeliveryMethod, NotBroughtThere, NotDeliverable, PromiseBeyondHold, PriceChanged,
    OutOfStock, a refusal of the contact or the address, or what `require_way` and `take_promise`
    raise.
    """
    if not command.quantities:
        raise EmptyOrder
    refuse_foreign_channel(command.channel, actor)
    plan = _plan(session, command)
    if not actor.sees_brand(plan.ask.brand.id):
        raise UnknownBrand(brand=plan.ask.brand.code)
    currency = plan.ask.brand.currency
    refuse_another_price(plan.quote, seen_minor=command.seen_total_minor, currency=currency)
    contact = customers.services.give_contact(session, command.contact)
    address_id = customers.services.give_address(session, contact.id, command.address)
    parts = [_part(session, plan, send, address_id) for send in plan.sends]
    placed = _write(session, plan, parts, contact_id=contact.id)
    record_decision(session, plan.decision, plan.wanted, placed.id)
    _record(session, plan, placed, actor=actor)
    if command.pay_by is PayBy.CARD:
        placed = owe_by_card(session, placed)
    _reserve(session, parts, hold=plan.hold)
    take_promotions(session, plan.quote, lambda: _quote_again(session, plan), currency=currency)
    return placed


def _plan(session: Session, command: PlaceDelivery) -> _Plan:
    ask = delivery.read_ask(session, command.asked)
    goods = delivery.read_goods(session, ask)
    way, fee = delivery.choose_way(session, ask, goods, code=command.delivery_method)
    wanted = delivery.to_source(ask, goods)
    decision = decide(session, wanted)
    if decision.refused:
        raise NotDeliverable(**_instead(session, ask, decision))
    quote = replace(goods, charges=(charge_for(way, fee, language=ask.language),))
    sends = sorted(decision.sends, key=lambda send: send.store.id)
    begun_at = ask.store or sends[0].store
    return _Plan(
        command, ask, quote, fee, sends, hold_of(begun_at.rules, command.channel), wanted, decision
    )


def _quote_again(session: Session, plan: _Plan) -> Quote:
    return replace(delivery.read_goods(session, plan.ask), charges=plan.quote.charges)


def _part(session: Session, plan: _Plan, send: Send, address_id: UUID) -> Part:
    """Return one parcel of the plan, its place in its location's day taken."""
    store = send.store
    require_way(store, Method.DELIVERY)
    follows = plan.decision.follows
    if follows is not None:
        return _later_part(plan, send, address_id, follows)
    promise = take_promise(session, plan.command, store=store)
    window = delivery.window_of(
        promise.at, time_zone=store.time_zone, zone=plan.fee.zone, to=plan.ask.to
    )
    return Part(
        replace(promise, inputs={**promise.inputs, **window.inputs}),
        store.id,
        Method.DELIVERY,
        send.quantities,
        address_id=address_id,
        delivery_method_id=plan.quote.charges[0].delivery_method_id,
        arrives_from=window.first,
        arrives_by=window.last,
    )


def _later_part(plan: _Plan, send: Send, address_id: UUID, follows: After) -> Part:
    """Return the one parcel of an order that lacks something: it leaves once that is there.

    What a person has to find is promised to be answered, not to arrive.

    Raises PromiseBeyondHold.
    """
    inputs = remember({}, follows, plan.decision.lacks)
    part = Part(
        Promise(new_id(), send.ready_at, inputs),
        send.store.id,
        Method.DELIVERY,
        send.quantities,
        address_id=address_id,
        delivery_method_id=plan.quote.charges[0].delivery_method_id,
    )
    if follows is After.CASE:
        return part
    asked_at = send.store.asked_at
    refuse_beyond_hold(
        send.ready_at, asked_at=asked_at, pay_by=plan.command.pay_by, instead=PayBy.TILL
    )
    window = delivery.window_of(
        send.ready_at, time_zone=send.store.time_zone, zone=plan.fee.zone, to=plan.ask.to
    )
    promise = replace(part.promise, inputs={**inputs, **window.inputs})
    return replace(part, promise=promise, arrives_from=window.first, arrives_by=window.last)


def _write(
    session: Session, plan: _Plan, parts: Sequence[Part], *, contact_id: UUID
) -> PlacedOrder:
    ask = plan.ask
    order = NewOrder(
        ask.brand.id,
        plan.command.channel,
        ask.language,
        ask.brand.currency,
        contact_id,
        plan.quote,
        parts,
        pending_min=plan.hold.minutes,
    )
    order_id, number = write_order(session, order)
    parcels = tuple(
        PlacedParcel(
            part.promise.fulfillment_id,
            send.store.code,
            part.quantities,
            part.promise.at,
            part.arrives_from,
            part.arrives_by,
        )
        for part, send in zip(parts, plan.sends, strict=True)
    )
    first = parcels[0]
    return PlacedOrder(
        order_id,
        number,
        first.fulfillment_id,
        first.promised_at,
        order.currency,
        plan.quote.totals,
        parcels=parcels,
        follows=plan.decision.follows,
    )


def _record(session: Session, plan: _Plan, placed: PlacedOrder, *, actor: Actor) -> None:
    """Tell of each parcel; the first has what is paid beside the goods."""
    order = queries.get_order(session, placed.id, actor=SYSTEM)
    for send, parcel in zip(plan.sends, placed.parcels, strict=True):
        started = OrderStarted(
            order_id=placed.id,
            fulfillment_id=parcel.fulfillment_id,
            location_id=send.store.id,
            channel=plan.command.channel.value,
            quantities=dict(parcel.quantities),
            total_minor=order.share_minor(parcel.fulfillment_id),
            currency=placed.currency,
            promised_at=parcel.promised_at,
            tells=parcel.fulfillment_id == order.first_id,
        )
        events.record(session, started, actor=actor)


def _reserve(session: Session, parts: Sequence[Part], *, hold: Hold) -> None:
    """Hold the stock of every parcel, or say all at once what is short anywhere.

    Raises OutOfStock.
    """
    keepers = [
        each
        for part in parts
        for each in owners(
            part.promise.fulfillment_id, part.location_id, part.quantities, part.promise.inputs
        )
    ]
    reserve_for(session, keepers, hold=hold)
    for part in parts:
        keep_awaited(session, part.location_id, part.promise.inputs)


def _instead(session: Session, ask: DeliveryAsk, decision: Decision) -> Mapping[str, Any]:
    """Return what somebody can do whose basket nobody can send all of."""
    missing = dict(decision.missing)
    latitude, longitude = delivery.whereabouts(ask)
    near = Near(latitude, longitude, ANYWHERE_KM)
    offers = find_offers(
        session, quantities=ask.quantities, where=Where(near, brand=ask.brand.code)
    )
    stores = [
        {
            "store": each.row.store_code,
            "name": each.row.store_name,
            "available": {sku: units for sku, units in each.available.items() if units},
        }
        for each in offers
        if each.ready_at is not None
    ]
    deliverable = {sku: units - missing.get(sku, 0) for sku, units in ask.quantities.items()}
    return {
        "missing": missing,
        "deliverable": {sku: units for sku, units in deliverable.items() if units > 0},
        "stores": stores[:STORES_NAMED],
    }
