"""Changing an open order, on whatever channel it was begun: all that is wanted, or nothing.

Locks: the order, its parcels, slots and days, stock by location and SKU, cards, promotions.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import customers.services
import stores.services
from kernel import events
from kernel.actors import SYSTEM, Actor
from orders import queries
from orders.commands import (
    AmendOrder,
    AmendParcel,
    CancelReason,
    Formation,
    Status,
)
from orders.errors import (
    EmptyOrder,
    NothingToAmend,
    PriceChanged,
    StaleOrder,
    TooLateToAmend,
    UnknownFulfillment,
    UnknownOrder,
)
from orders.events import OrderAmended
from orders.models import FINAL, Order
from orders.queries import OrderFacts
from orders.services.amending_doors import Ways, change_doors, find_ways
from orders.services.amending_lines import LineChanges, Uses, change_lines, read_changes
from orders.services.amending_parts import part_off
from orders.services.amending_places import (
    Change,
    go_on,
    go_to_counter,
    lock_capacity,
    read_change,
    take_stock,
)
from orders.services.continuing import leave_to
from orders.services.differing import owe_difference
from orders.services.locked import Locked
from orders.services.parcels import cancel_parcel, lock_order, settle_money
from orders.services.placing import refuse_foreign_channel
from orders.services.promoting import uncount_promotions, use_promotions
from orders.services.reservations import refuse_too_many


@dataclass(frozen=True, slots=True)
class Amended:
    """An order as it is after a change: what it costs now, and how much more or less that is.

    `fulfillment_id` owes what was changed first, `fulfillment_ids` all of it. `obligation_id` is
    what a card has to pay besides.
    """

    order_id: UUID
    version: int
    fulfillment_id: UUID
    fulfillment_ids: tuple[UUID, ...]
    total_minor: int
    delta_minor: int
    currency: str
    obligation_id: UUID | None
    at_counter_minor: int = 0
    """What is due in the store because it is too little for a card."""


@dataclass(slots=True)
class _Work:
    """An order while it is changed: locked, with what it was before, and what changes."""

    command: AmendOrder
    actor: Actor
    order: Order
    before: OrderFacts
    parcels: list[Locked]
    changes: list[Change]
    lines: LineChanges
    tried: bool = False
    ways: Ways = field(default_factory=Ways)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> list[Locked]:
        """Return the parcels of the order as they are by now, the new ones too."""
        fresh = [each.locked for each in self.changes if each.locked is not each.old]
        return [*self.parcels, *fresh]


def amend_order(session: Session, command: AmendOrder, *, actor: Actor) -> Amended:
    """Change an open order: articles, stores, slots, ways, address, who collects. All or nothing.

    Several parcels may change at once, and articles go from one to another. Stock is reserved and
    freed at once; what is had elsewhere, in another slot or in another way is a new parcel, and the
    old one ends. What becomes dearer is owed by the cards of an order that cards pay, or of which
    something is brought, and is else due when it is collected.

    Raises UnknownOrder, UnknownFulfillment, ChannelNotAllowed, StaleOrder, TooLateToAmend,
    NothingToAmend, EmptyOrder, WrongMethod, StoreNotNamed, AddressNeeded, UnknownDeliveryMethod,
    UnknownSku, LinePriceChanged, PriceChanged, OutOfStock, NotDeliverable, NotBroughtThere,
    PaymentUnsettled, TooLittleForCard, HoldEnded, a refusal of the address, or what `require_way`
    and `take_promise` raise.
    """
    return _amend(session, command, actor, tried=False)


def preview_amendment(session: Session, command: AmendOrder, *, actor: Actor) -> Amended:
    """Return what an amendment would come to, or refuse as it would; nothing is changed.

    An open payment page stays open: whoever makes the change ends it first.

    Raises what `amend_order` raises, but PaymentUnsettled.
    """
    with suppress(_Seen), session.begin_nested():
        amended = _amend(session, command, actor, tried=True)
        raise _Seen
    return amended


class _Seen(Exception):
    """What would be changed was seen."""


def _amend(session: Session, command: AmendOrder, actor: Actor, *, tried: bool) -> Amended:
    refuse_foreign_channel(command.channel, actor)
    work = _begin(session, command, actor)
    work.tried = tried
    work.ways = find_ways(session, command, work.order, work.parcels, work.changes)
    lock_capacity(session, work.changes)
    uses = change_lines(session, work.order, work.lines)
    for change in work.changes:
        go_on(session, change, actor=actor)
    take_stock(session, work.changes)
    _end_empty(session, work)
    _change_who_and_where(session, work)
    obligation_id = _settle(session, work, uses)
    return _tell(session, work, obligation_id)


def _begin(session: Session, command: AmendOrder, actor: Actor) -> _Work:
    """Lock the order and its parcels, and read what changes.

    Raises what `amend_order` does before anything was changed.
    """
    seen = queries.get_order(session, command.order_id, actor=actor)
    order = session.get(Order, command.order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise UnknownOrder
    parcels = lock_order(session, command.order_id)
    if order.version != command.version:
        raise StaleOrder(version=order.version)
    changes = _read(session, order, _aim(command, seen, parcels), parcels)
    for change in changes:
        go_to_counter(change)
    wanted = [(each.locked, each.said.quantities) for each in changes]
    priced_at = _priced_at(order, changes)
    lines = read_changes(session, order, parcels, wanted, store_id=priced_at)
    for change, parcel_lines in zip(changes, lines.parcels, strict=True):
        change.lines = parcel_lines
    if not (command.address or command.collector or any(map(_differs, changes))):
        raise NothingToAmend
    _refuse_empty(changes, parcels)
    if order.formation is Formation.RESERVATION:
        for change in changes:
            rules = (change.store or change.here).rules
            refuse_too_many(rules, change.wanted)
    before = queries.get_order(session, command.order_id, actor=SYSTEM)
    return _Work(command, actor, order, before, parcels, changes, lines)


def _aim(
    command: AmendOrder, seen: OrderFacts, parcels: Sequence[Locked]
) -> list[tuple[AmendParcel, Locked]]:
    """Return the parcels that are meant: those that were named, or the only one that is open.

    Where nothing of a parcel is said, the first that is open stands for the order.
    """
    visible = {each.id for each in seen.fulfillments}
    known = {each.parcel.id: each for each in parcels if each.parcel.id in visible}
    going = [each for each in known.values() if each.parcel.status not in FINAL]
    said = command.parcels or (AmendParcel(),)
    aimed = []
    for each in said:
        if each.fulfillment_id is not None:
            if each.fulfillment_id not in known:
                raise UnknownFulfillment(fulfillment_id=str(each.fulfillment_id))
            aimed.append((each, known[each.fulfillment_id]))
        elif not going:
            raise TooLateToAmend(state=seen.status.value)
        elif len(going) > 1 and each.says_something:
            raise UnknownFulfillment(fulfillments=[str(one.parcel.id) for one in going])
        else:
            aimed.append((each, going[0]))
    named = [locked.parcel.id for _, locked in aimed]
    if len(set(named)) < len(named):
        raise UnknownFulfillment(fulfillments=[str(each) for each in named])
    return aimed


def _read(
    session: Session,
    order: Order,
    aimed: Sequence[tuple[AmendParcel, Locked]],
    parcels: list[Locked],
) -> list[Change]:
    """Return how each parcel changes; a part that goes elsewhere by itself is one more of them."""
    changes = []
    for said, locked in aimed:
        rest, part = part_off(session, said, locked)
        if part is not None:
            parcels.append(part.locked)
            changes.append(read_change(session, order, part.said, part.locked, parted=part.of))
        if part is None or rest.quantities:
            changes.append(read_change(session, order, rest, locked))
    return changes


def _priced_at(order: Order, changes: Sequence[Change]) -> UUID | None:
    """Return the store whose prices hold: where it is had, if that is one, else where begun."""
    places = {(each.store or each.here).id for each in changes}
    return places.pop() if len(places) == 1 else order.placed_at_id


def _differs(change: Change) -> bool:
    moves = change.onward is not None or change.is_sent or change.goes_otherwise
    return moves or bool(change.lines and change.lines.after)


def _refuse_empty(changes: Sequence[Change], parcels: Sequence[Locked]) -> None:
    """Raises EmptyOrder when nothing of the whole order would be left."""
    changed = {each.old.parcel.id for each in changes}
    others = any(each.owed for each in parcels if each.parcel.id not in changed)
    if not others and not any(each.wanted for each in changes):
        raise EmptyOrder


def _end_empty(session: Session, work: _Work) -> None:
    """Have parcels end of which nothing is left: others took it over, or it is called off.

    Its customer is told of that where nothing else tells of the change.
    """
    going = [each for each in work.changes if each.wanted]
    for change in work.changes:
        if change.wanted or not change.held:
            continue
        takes = [each for each in going if each.lines and change.held.keys() & each.lines.added]
        if takes and not change.old.owed:
            stores.services.release_booking(session, change.old.parcel.id)
            change.locked = takes[0].locked
            leave_to(session, change.old, takes[0].locked.parcel, tells=False, actor=work.actor)
        else:
            why = CancelReason.CUSTOMER_REMORSE.value
            cancel_parcel(session, change.old, why=why, actor=work.actor, tells=not going)


def _change_who_and_where(session: Session, work: _Work) -> None:
    command, order = work.command, work.order
    if command.collector is not None and order.contact_id is not None:
        order.contact_id = customers.services.rename_contact(
            session,
            order.contact_id,
            first_name=command.collector.first_name,
            last_name=command.collector.last_name,
        )
        work.told["collector"] = True
    session.flush()
    if work.ways.address_id is not None:
        work.told["address"] = True
    change_doors(session, order, work.now, work.changes, work.ways)
    session.flush()


def _settle(session: Session, work: _Work, uses: Uses) -> UUID | None:
    """Have the money and the promotions follow; return what is to be paid by card besides.

    Raises PriceChanged, PaymentUnsettled or TooLittleForCard.
    """
    order_id = work.order.id
    after = queries.get_order(session, order_id, actor=SYSTEM)
    _refuse_another_total(work, after)
    charges = [sum(each.amount_minor for each in one.due_charges) for one in (work.before, after)]
    if charges[0] != charges[1]:
        work.told["charge"] = charges
    obligation_id = owe_difference(session, work.before, after, tried=work.tried)
    settle_money(session, order_id)
    uncount_promotions(session, uses.ended)
    if not use_promotions(session, uses.begun):
        raise PriceChanged(
            seen_minor=work.command.seen_total_minor,
            total_minor=after.owed.total_minor,
            lines={each.sku: each.priced.list_minor for each in work.lines.pricing.quote.lines},
            charges={},
        )
    return obligation_id


def _refuse_another_total(work: _Work, after: OrderFacts) -> None:
    seen_minor, total_minor = work.command.seen_total_minor, after.owed.total_minor
    if seen_minor is None or seen_minor == total_minor:
        return
    lines: dict[str, int] = {}  # one SKU may be in several parcels, also in what ended
    for parcel in after.fulfillments:
        for each in parcel.lines:
            lines[each.sku] = lines.get(each.sku, 0) + each.owed.amount_minor
    raise PriceChanged(
        seen_minor=seen_minor,
        total_minor=total_minor,
        lines=lines,
        charges={each.name: each.amount_minor for each in after.due_charges},
    )


def _tell(session: Session, work: _Work, obligation_id: UUID | None) -> Amended:
    order, command = work.order, work.command
    order.version += 1
    session.flush()
    after = queries.get_order(session, order.id, actor=SYSTEM)
    total = after.owed.total_minor
    delta = total - work.before.owed.total_minor
    owing = [each for each in work.changes if each.locked.parcel.status not in FINAL]
    first = (owing or work.changes)[0].locked.parcel
    fact = OrderAmended(
        order_id=order.id,
        fulfillment_id=first.id,
        location_id=first.location_id,
        order_version=order.version,
        channel=command.channel.value,
        changes=_say(work),
        delta_minor=delta,
        total_minor=total,
        currency=order.currency,
        tells=any(each.locked.parcel.status is not Status.PENDING for each in owing),
    )
    events.record(session, fact, actor=work.actor, reason=command.reason)
    ids = tuple(dict.fromkeys(each.locked.parcel.id for each in work.changes))
    counter_minor = queries.at_counter_minor(session, after) if delta > 0 else 0
    return Amended(
        order.id,
        order.version,
        first.id,
        ids,
        total,
        delta,
        order.currency,
        obligation_id,
        counter_minor,
    )


def _say(work: _Work) -> dict[str, Any]:
    """Return what an event says was changed: of one parcel, or parcel by parcel, and of all."""
    said = [
        {**({"lines": each.lines.told} if each.lines and each.lines.after else {}), **each.told}
        for each in work.changes
    ]
    if len(said) == 1:
        return {**said[0], **work.told}
    parts = [
        {
            "fulfillment_id": str(change.locked.parcel.id),
            "at": change.here.code,
            "method": change.old.parcel.method.value,
            **each,
        }
        for change, each in zip(work.changes, said, strict=True)
        if each
    ]
    return {"parcels": parts, **work.told}
