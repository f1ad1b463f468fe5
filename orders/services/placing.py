"""Placing an order: part by part the same on every channel, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.errors import Forbidden
from orders.commands import (
    CHANNELS_OF,
    Bring,
    Channel,
    Formation,
    Method,
    PayBy,
    PlaceOrder,
    hold_of,
)
from orders.errors import ChannelNotAllowed, PaidBeforehand, PriceChanged
from orders.events import OrderPlaced, OrderStarted
from orders.pricing import Quote, Totals
from orders.services.differing import owe_by_card
from orders.services.gathering import Gathered
from orders.services.parcels import lock_parcel
from orders.services.planning import Plan, Share, plan_order, price_order
from orders.services.promising import STAFF, Promise, take_promises
from orders.services.promoting import use_promotions
from orders.services.reservations import refuse_reservation, when_seen
from orders.services.reserving import refuse_unsendable, reserve_order
from orders.services.setting_out import set_out
from orders.services.taking_along import take_along
from orders.services.writing import NewOrder, NewParcel, Written, write_order
from orders.sourcing import After, decision_values
from payments.services import Ticket
from stores.errors import UnknownLocation, UnknownStaff

SELLERS: Final = STAFF | {ActorKind.AGENT}
TAKES: Final = "orders.take"
"""What whoever takes orders for others may."""


@dataclass(frozen=True, slots=True)
class PlacedParcel:
    """What one location does of an order: which part it is of, and when it is there.

    `promised_at` is when it is ready, or leaves; what is brought arrives between two days.
    """

    fulfillment_id: UUID
    store: str
    quantities: Mapping[str, int]
    promised_at: datetime
    arrives_from: date | None
    arrives_by: date | None
    method: Method
    part: int


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that was opened; its first parcel stands for it, `totals` are what it costs."""

    id: UUID
    number: str
    fulfillment_id: UUID
    promised_at: datetime
    currency: str
    totals: Totals
    parcels: tuple[PlacedParcel, ...]
    follows: After | None = None
    """What is done about what was not there when it was placed."""
    obligation_id: UUID | None = None
    """What the card has to pay, for an order that is pending until it does."""
    time_zone: str = "UTC"
    """Where its customer is told times of the day."""


def place_order(session: Session, command: PlaceOrder, *, actor: Actor) -> PlacedOrder:
    """Open an order of parts with its slots booked and its stock reserved: all of it or nothing.

    The hot rows are locked last, over all parts in one order: slots, days, stock by location and
    SKU, limited promotions. The number of statements grows with the parcels, never with the lines.

    What a store to collect at lacks is brought there, waited for or refused, as its rules say.

    Raises ChannelNotAllowed, PaidBeforehand, PriceChanged, UnknownStaff, OutOfStock,
    NotDeliverable, PromiseBeyondHold, TicketUsed, TooLittleForCard, a refusal of the contact, an
    address or the company, or what `plan_order`, `refuse_reservation` and `take_promises` raise.
    """
    if command.agreed is None:
        refuse_foreign_channel(command.channel, actor)
    _refuse_unpaid(command)
    plan = plan_order(session, command, actor=actor)
    placed_at_id = _placed_at(plan, actor)
    _refuse_another_price(plan, plan.quote, seen_minor=command.seen_total_minor)
    plan = _owing_nothing(plan)
    refuse_unsendable(session, plan)
    contact = customers.services.give_contact(session, command.contact)
    if command.reservation:
        refuse_reservation(session, command, store=plan.store, contact=contact)
    addresses = _give_addresses(session, command, contact.id)
    promises = _take_promises(session, plan)
    order = replace(
        _new_order(plan, promises, addresses, contact_id=contact.id),
        placed_at_id=placed_at_id,
        seller_id=_seller_id(session, command, actor),
        company=customers.services.normal_company(command.company) if command.company else None,
        note=customers.services.plain_line(command.note or "") or None,
    )
    written = write_order(session, order)
    _record(session, plan, order, written.id, actor=actor)
    placed = _placed(plan, order, written)
    if plan.command.pay_by is PayBy.CARD:
        placed = _owe_by_card(session, placed)
    gathered = reserve_order(session, plan, order.parcels, written=written)
    _take_promotions(session, plan)
    if command.ticket_number is not None:
        _take_money(session, plan, placed, ticket_number=command.ticket_number)
    if not plan.command.waits_for_money:
        _begin_paid(session, plan, placed, actor=actor)
    return _promised_anew(placed, gathered)


def refuse_foreign_channel(channel: Channel, actor: Actor) -> None:
    """Return nothing when this actor may begin orders on this channel.

    Raises ChannelNotAllowed.
    """
    allowed = CHANNELS_OF.get(actor.kind, frozenset())
    if channel not in allowed:
        raise ChannelNotAllowed(channels=sorted(each.value for each in allowed))


def refuse_foreign_credit(session: Session, command: PlaceOrder, *, actor: Actor) -> None:
    """Return nothing when who asks may say which store and whom an order is credited to.

    It is one of their stores, and somebody of these. Pages need not ask: they credit the adviser
    of a basket by what they know themselves.

    Raises Forbidden, UnknownLocation or UnknownStaff.
    """
    if command.seller_id is None and command.begun_at is None:
        return
    if not actor.may(TAKES):
        raise Forbidden(permission=TAKES)
    if command.begun_at is not None:
        begun_at = stores.queries.get_store(session, command.begun_at)
        if not actor.sees_location(begun_at.id):
            raise UnknownLocation(store=begun_at.code)
    if command.seller_id is not None and not _works_for(session, command.seller_id, actor):
        raise UnknownStaff


def _works_for(session: Session, staff_id: UUID, actor: Actor) -> bool:
    """Tell whether somebody is of this actor's stores, or is the actor."""
    seller = stores.queries.find_staff(session, staff_id)
    if seller is None:
        return False
    is_theirs = any(map(actor.sees_location, seller.location_ids))
    return is_theirs or actor.location_ids is None or seller.id == actor.id


def _refuse_another_price(plan: Plan, quote: Quote, *, seen_minor: int | None) -> None:
    """Return nothing when an order costs what was told, or nobody was told."""
    total_minor = quote.totals.total_minor
    if seen_minor is None or seen_minor == total_minor:
        return
    raise PriceChanged(
        seen_minor=seen_minor,
        total_minor=total_minor,
        currency=plan.seller.currency,
        lines={line.sku: line.priced.amount_minor for line in quote.lines},
        charges={charge.name: charge.amount_minor for charge in quote.charges},
    )


def _refuse_unpaid(command: PlaceOrder) -> None:
    """What leaves for a door, or at once, is paid before: by card, or at the till of a store."""
    before = {Method.DELIVERY, Method.CARRY_OUT} & {part.method for part in command.parts}
    if command.agreed is not None and command.agreed.is_paid:
        return
    if command.pay_by is PayBy.PICKUP and before:
        raise PaidBeforehand(methods=sorted(each.value for each in before))
    if command.ticket_number is not None and (
        command.pay_by is not PayBy.TILL or command.begun_at is None
    ):
        raise PaidBeforehand(methods=sorted({part.method.value for part in command.parts}))


def _owing_nothing(plan: Plan) -> Plan:
    """Return the plan of an order that costs nothing as one that waits for no money."""
    if plan.quote.totals.total_minor or not plan.command.waits_for_money:
        return plan
    return replace(plan, command=replace(plan.command, pay_by=PayBy.PICKUP))


def _placed_at(plan: Plan, actor: Actor) -> UUID | None:
    """Return the store an order is credited to, if any is: one of the actor's own.

    Raises UnknownLocation.
    """
    begun_at = plan.seller.begun_at
    in_store = plan.command.channel in {Channel.STORE, Channel.POS}
    if begun_at is not None:
        if in_store and not actor.sees_location(begun_at.id):
            raise UnknownLocation(store=begun_at.code)
        return begun_at.id
    taken = (share.store.id for share in plan.shares if share.method is Method.CARRY_OUT)
    own = actor.location_ids or frozenset()
    return next(taken, next(iter(own)) if in_store and len(own) == 1 else None)


def _seller_id(session: Session, command: PlaceOrder, actor: Actor) -> UUID | None:
    """Return who an order is credited to: who was named, else who of the staff places it."""
    if command.seller_id is None:
        return actor.id if actor.kind in SELLERS else None
    if stores.queries.find_staff(session, command.seller_id) is None:
        raise UnknownStaff
    return command.seller_id


def _give_addresses(session: Session, command: PlaceOrder, contact_id: UUID) -> dict[int, UUID]:
    """Keep each door once; return the address of each part that is brought."""
    known: dict[object, UUID] = {}
    found = {}
    for part_no, part in enumerate(command.parts):
        if not isinstance(part, Bring):
            continue
        if part.address not in known:
            known[part.address] = customers.services.give_address(session, contact_id, part.address)
        found[part_no] = known[part.address]
    return found


def _take_promises(session: Session, plan: Plan) -> list[Promise]:
    """Return when each parcel is there; what is not there yet was promised when it was planned."""
    now = iter(take_promises(session, [each for each in plan.shares if each.later is None]))
    return [each.later or next(now) for each in plan.shares]


def _new_order(
    plan: Plan,
    promises: Sequence[Promise],
    addresses: Mapping[int, UUID],
    *,
    contact_id: UUID,
) -> NewOrder:
    command = plan.command
    waits = command.waits_for_money
    parcels = [
        _parcel(command, share, promise, addresses.get(share.part_no))
        for share, promise in zip(plan.shares, promises, strict=True)
    ]
    return NewOrder(
        plan.seller.brand_id,
        command.channel,
        command.contact.language,
        plan.seller.currency,
        contact_id,
        plan.quote,
        parcels,
        pending_min=hold_of(plan.store.rules, command.channel).minutes if waits else None,
        decisions=[decision_values(each.decision, each.wanted) for each in plan.doors.values()],
        formation=Formation.RESERVATION if command.reservation else None,
    )


def _parcel(
    command: PlaceOrder, share: Share, promise: Promise, address_id: UUID | None
) -> NewParcel:
    prepared = not command.waits_for_money and share.method is not Method.CARRY_OUT
    parcel = NewParcel(
        promise,
        share.store.id,
        share.method,
        share.quantities,
        **(when_seen(share.store, command, share.method, promise) if prepared else {}),
    )
    if share.door is None:
        return parcel
    parcel = replace(parcel, address_id=address_id, delivery_method_id=share.door.way.id)
    window = share.door.window(promise, share.store)
    if window is None:
        return parcel
    return replace(
        parcel,
        promise=replace(promise, inputs={**promise.inputs, **window.inputs}),
        arrives_from=window.first,
        arrives_by=window.last,
    )


def _placed(plan: Plan, order: NewOrder, written: Written) -> PlacedOrder:
    parcels = tuple(
        PlacedParcel(
            parcel.promise.fulfillment_id,
            share.store.code,
            parcel.quantities,
            parcel.promise.at,
            parcel.arrives_from,
            parcel.arrives_by,
            share.method,
            share.part_no,
        )
        for share, parcel in zip(plan.shares, order.parcels, strict=True)
    )
    first = next(each for each in parcels if each.fulfillment_id == order.first_id)
    follows = (door.decision.follows for door in plan.doors.values())
    return PlacedOrder(
        written.id,
        written.number,
        first.fulfillment_id,
        first.promised_at,
        order.currency,
        plan.quote.totals,
        parcels,
        follows=next((each for each in follows if each), None),
        time_zone=plan.store.time_zone,
    )


def _record(session: Session, plan: Plan, order: NewOrder, order_id: UUID, *, actor: Actor) -> None:
    """Tell of each parcel; the first tells the customer, and has what is paid beside the goods."""
    kind = OrderStarted if plan.command.waits_for_money else OrderPlaced
    for parcel, worth_minor in zip(order.parcels, order.worths_minor, strict=True):
        fact = kind(
            order_id=order_id,
            fulfillment_id=parcel.promise.fulfillment_id,
            location_id=parcel.location_id,
            channel=order.channel.value,
            quantities=dict(parcel.quantities),
            total_minor=worth_minor,
            currency=order.currency,
            promised_at=parcel.promise.at,
            tells=parcel.promise.fulfillment_id == order.first_id,
        )
        events.record(session, fact, actor=actor)


def _owe_by_card(session: Session, placed: PlacedOrder) -> PlacedOrder:
    total_minor = placed.totals.total_minor
    obligation_id = owe_by_card(session, placed.id, total_minor, placed.currency)
    return replace(placed, obligation_id=obligation_id)


def _take_promotions(session: Session, plan: Plan) -> None:
    """Count an order on what only so many may have; others may have had the last meanwhile.

    These rows are hot: they come last.
    """
    if not use_promotions(session, plan.quote.limited):
        again, _carriage = price_order(session, plan.command, plan.seller)
        _refuse_another_price(plan, again, seen_minor=plan.quote.totals.total_minor)


def _take_money(session: Session, plan: Plan, placed: PlacedOrder, *, ticket_number: str) -> None:
    """The till of the store it is begun in took the money."""
    begun_at = plan.seller.begun_at
    if begun_at is None:
        return
    ticket = Ticket(begun_at.id, ticket_number, placed.totals.total_minor, placed.currency)
    payments.services.record_till_payment(session, reference_id=placed.id, ticket=ticket)


def _begin_paid(session: Session, plan: Plan, placed: PlacedOrder, *, actor: Actor) -> None:
    """What waits for no money begins: what lacks goods sets out, what is taken along is theirs."""
    for share, parcel in zip(plan.shares, placed.parcels, strict=True):
        if share.later is not None:
            set_out(session, lock_parcel(session, parcel.fulfillment_id, actor=SYSTEM))
        if share.method is Method.CARRY_OUT:
            ids = {
                "fulfillment_id": parcel.fulfillment_id,
                "order_id": placed.id,
                "location_id": share.store.id,
            }
            take_along(session, ids, quantities=parcel.quantities, actor=actor)


def _promised_anew(placed: PlacedOrder, gathered: Mapping[UUID, Gathered]) -> PlacedOrder:
    """Return the order with the promises of what its stores did not have."""
    parcels = tuple(
        replace(each, promised_at=gathered[each.fulfillment_id].promised_at)
        if each.fulfillment_id in gathered
        else each
        for each in placed.parcels
    )
    first = next(each for each in parcels if each.fulfillment_id == placed.fulfillment_id)
    follows = placed.follows or next((each.after for each in gathered.values()), None)
    return replace(placed, parcels=parcels, promised_at=first.promised_at, follows=follows)
