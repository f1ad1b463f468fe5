"""Changing an open order, on whatever channel it was begun: all that is wanted, or nothing.

Locks: the order, its parcels, slots and days, stock by location and SKU, cards, promotions.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

import customers.services
import inventory.services
import stores.queries
import stores.services
from inventory.commands import Hold
from kernel import events
from kernel.actors import SYSTEM, Actor
from orders import queries
from orders.commands import AmendOrder, CancelReason, Formation, Method, Status
from orders.errors import (
    AnswerNotOffered,
    EmptyOrder,
    NothingToAmend,
    PriceChanged,
    StaleOrder,
    TooLateToAmend,
    UnknownFulfillment,
    UnknownOrder,
    WrongMethod,
)
from orders.events import OrderAmended
from orders.models import FINAL, Cart, Fulfillment, Order
from orders.queries import OrderFacts
from orders.services.amending_lines import LineChanges, change_lines, read_changes
from orders.services.bringing import bring_elsewhere, price_bringing
from orders.services.continuing import Onward, begin_anew
from orders.services.differing import owe_difference
from orders.services.holding import hold_left
from orders.services.locked import Locked
from orders.services.parcels import cancel_parcel, load_lines, lock_order, settle_money
from orders.services.placing import refuse_foreign_channel
from orders.services.promising import WAYS
from orders.services.promoting import uncount_promotions, use_promotions
from orders.services.reservations import refuse_too_many
from stores.queries import StoreFacts

AMENDABLE: Final = frozenset({Status.PENDING, Status.NEW, Status.ACCEPTED})
"""States in which nobody is at the goods yet."""
AMENDED: Final = "amended"


@dataclass(frozen=True, slots=True)
class Amended:
    """An order as it is after a change: what it costs now, and how much more or less that is.

    `fulfillment_id` owes what was changed. `obligation_id` is what a card has to pay besides.
    """

    order_id: UUID
    version: int
    fulfillment_id: UUID
    total_minor: int
    delta_minor: int
    currency: str
    obligation_id: UUID | None


@dataclass(slots=True)
class _Work:
    """An order while it is changed: locked, with what it was before, and what changes."""

    command: AmendOrder
    actor: Actor
    order: Order
    before: OrderFacts
    parcels: list[Locked]
    locked: Locked
    lines: LineChanges
    onward: StoreFacts | None
    hold: Hold | None
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def moves(self) -> bool:
        """Tell whether it is collected elsewhere, or in another slot."""
        return self.onward is not None


def amend_order(session: Session, command: AmendOrder, *, actor: Actor) -> Amended:
    """Change an open order: its articles, store, slot, address, who collects. All or nothing.

    Stock is reserved and freed at once; what is collected elsewhere or in another slot is a new
    parcel, and the old one ends. What becomes dearer is owed by the cards of an order that cards
    pay, and is else due when it is collected.

    Raises UnknownOrder, UnknownFulfillment, ChannelNotAllowed, StaleOrder, TooLateToAmend,
    NothingToAmend, EmptyOrder, WrongMethod, UnknownSku, LinePriceChanged, PriceChanged, OutOfStock,
    PaymentUnsettled, HoldEnded, NotBroughtThere, a refusal of the address, or what `require_way`
    and `take_promise` raise.
    """
    refuse_foreign_channel(command.channel, actor)
    work = _begin(session, command, actor)
    if work.moves:
        _lock_capacity(session, work)
    ended = _change_goods(session, work)
    _change_who_and_where(session, work)
    obligation_id = _settle(session, work, ended)
    return _tell(session, work, obligation_id)


def preview_amendment(session: Session, command: AmendOrder, *, actor: Actor) -> Amended:
    """Return what an amendment would come to, or refuse as it would; nothing is changed.

    Raises what `amend_order` raises.
    """
    with suppress(_Seen), session.begin_nested():
        amended = amend_order(session, command, actor=actor)
        raise _Seen
    return amended


class _Seen(Exception):
    """What would be changed was seen."""


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
    locked = _aim(command, seen, parcels)
    _refuse_late(session, locked)
    _refuse_unfit(command, locked)
    onward = _onward(session, command, order, locked)
    if order.formation is Formation.RESERVATION:
        here = stores.queries.get_rules(session, locked.parcel.location_id)
        refuse_too_many(onward.rules if onward else here, command.quantities)
    at_id = onward.id if onward else locked.parcel.location_id
    lines = read_changes(session, order, locked, command.quantities, store_id=at_id)
    if not (lines.after or onward or command.address or command.collector):
        raise NothingToAmend
    pending = locked.parcel.status is Status.PENDING
    return _Work(
        command,
        actor,
        order,
        queries.get_order(session, command.order_id, actor=SYSTEM),
        parcels,
        locked,
        lines,
        onward,
        hold_left(session, locked) if pending else None,
    )


def _aim(command: AmendOrder, seen: OrderFacts, parcels: list[Locked]) -> Locked:
    """Return the parcel that is meant: the one that was named, or the only one that is open."""
    visible = {each.id for each in seen.fulfillments}
    known = {each.parcel.id: each for each in parcels if each.parcel.id in visible}
    if command.fulfillment_id is not None:
        if command.fulfillment_id not in known:
            raise UnknownFulfillment(fulfillment_id=str(command.fulfillment_id))
        return known[command.fulfillment_id]
    going = [each for each in known.values() if each.parcel.status not in FINAL]
    if not going:
        raise TooLateToAmend(state=seen.status.value)
    if len(going) > 1:
        raise UnknownFulfillment(fulfillments=[str(each.parcel.id) for each in going])
    return going[0]


def _refuse_late(session: Session, locked: Locked) -> None:
    """Raises TooLateToAmend once somebody is at the goods, or they are on their way."""
    parcel = locked.parcel
    begun = any(line.picked for line in locked.lines.values()) or parcel.wave_id is not None
    elsewhere = queries.LACKS in parcel.promise_inputs or queries.still_carried(session, parcel.id)
    if parcel.status in AMENDABLE and not begun and not elsewhere:
        return
    raise TooLateToAmend(state=parcel.status.value, fulfillment_id=str(parcel.id))


def _refuse_unfit(command: AmendOrder, locked: Locked) -> None:
    """Raises WrongMethod: what is brought has no store or slot, what is collected no address."""
    method = locked.parcel.method
    brought = method is Method.DELIVERY
    elsewhere = command.store_code is not None or command.slot_id is not None
    if (brought and elsewhere) or (not brought and command.address is not None):
        raise WrongMethod(method=method.value)


def _onward(
    session: Session, command: AmendOrder, order: Order, locked: Locked
) -> StoreFacts | None:
    """Return the store that prepares it from now on, where that or the slot changes; else None."""
    parcel = locked.parcel
    here = stores.queries.get_store_by_id(session, parcel.location_id).code
    code = command.store_code or here
    if code == here and command.slot_id in {None, parcel.slot_id}:
        return None
    store = stores.queries.get_store(
        session, code, method=WAYS[parcel.method], waiting=queries.waiting_at
    )
    if store.brand_id != order.brand_id:
        raise AnswerNotOffered(answer="other_store")
    return store


def _lock_capacity(session: Session, work: _Work) -> None:
    parcel, onward = work.locked.parcel, work.onward
    slots = {parcel.slot_id, work.command.slot_id} - {None}
    places = {parcel.location_id, onward.id if onward else parcel.location_id}
    stores.services.lock_capacity(
        session, location_ids=places, slot_ids=[each for each in slots if each]
    )


def _change_goods(session: Session, work: _Work) -> frozenset[UUID]:
    """Have the parcel owe what is wanted, its goods reserved where they are wanted.

    Returns the promotions the order has no more. A parcel of which nothing is left is called off.

    Raises EmptyOrder when nothing of the whole order would be left.
    """
    lines, held = work.lines, dict(work.locked.owed)
    if not {**held, **lines.after}.keys() - {sku for sku, n in lines.after.items() if not n}:
        _call_off(session, work)
        return frozenset()
    ended = change_lines(session, work.locked, lines)
    if work.onward is not None:
        _open_elsewhere(session, work, held, work.onward)
        return ended
    parcel = work.locked.parcel
    _lock_stock(session, {parcel.location_id: {*held, *lines.after}})
    _free(session, work.locked, lines.taken)
    _reserve(session, work, parcel, lines.added)
    return ended


def _call_off(session: Session, work: _Work) -> None:
    others = [each for each in work.parcels if each.parcel.id != work.locked.parcel.id]
    if not any(each.owed for each in others):
        raise EmptyOrder
    cancel_parcel(session, work.locked, why=CancelReason.CUSTOMER_REMORSE.value, actor=work.actor)


def _open_elsewhere(
    session: Session, work: _Work, held: Mapping[str, int], store: StoreFacts
) -> None:
    old = work.locked.parcel
    wanted, here = dict(work.locked.owed), stores.queries.get_store_by_id(session, old.location_id)
    was_slot = old.slot_starts_at
    stores.services.release_booking(session, old.id)
    onward = Onward(store, old.method, slot_id=work.command.slot_id, tells=False)
    fresh = begin_anew(session, work.locked, onward, actor=work.actor)
    _lock_stock(session, {each: {*held, *wanted} for each in {old.location_id, store.id}})
    keeps = store.id == old.location_id and work.hold is None
    if keeps:
        inventory.services.pass_on(
            session,
            fulfillment_id=old.id,
            to_id=fresh.id,
            location_id=store.id,
            quantities=held,
            reason=AMENDED,
        )
        moved = Locked(fresh, load_lines(session, fresh.id))
        _free(session, moved, work.lines.taken)
        _reserve(session, work, fresh, work.lines.added)
    else:
        _free(session, work.locked, held)
        _reserve(session, work, fresh, wanted)
    session.execute(update(Cart).where(Cart.pending_id == old.id).values(pending_id=fresh.id))
    if store.id != old.location_id:
        work.told["store"] = [here.code, store.code]
    if was_slot or fresh.slot_starts_at:
        work.told["slot"] = [_moment(was_slot), _moment(fresh.slot_starts_at)]
    work.locked = Locked(fresh, load_lines(session, fresh.id))


def _lock_stock(session: Session, wanted: Mapping[UUID, set[str]]) -> None:
    for location_id, skus in sorted(wanted.items()):
        inventory.services.lock_levels(session, location_id=location_id, skus=skus)


def _free(session: Session, locked: Locked, quantities: Mapping[str, int]) -> None:
    if quantities:
        inventory.services.release(session, **locked.stock, quantities=quantities, reason=AMENDED)


def _reserve(
    session: Session, work: _Work, parcel: Fulfillment, quantities: Mapping[str, int]
) -> None:
    if quantities:
        inventory.services.reserve(
            session,
            fulfillment_id=parcel.id,
            location_id=parcel.location_id,
            quantities=quantities,
            hold=work.hold,
        )


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
    if command.address is not None and order.contact_id is not None:
        address_id = customers.services.give_address(session, order.contact_id, command.address)
        bring_elsewhere(session, work.parcels, address_id)
        work.told["address"] = True
    brought = work.locked.parcel.delivery_method_id is not None
    if brought and (command.address is not None or work.lines.after):
        charged = price_bringing(session, work.locked)
        if charged is not None:
            work.told["charge"] = list(charged)
    session.flush()


def _settle(session: Session, work: _Work, ended: frozenset[UUID]) -> UUID | None:
    """Have the money and the promotions follow; return what is to be paid by card besides.

    Raises PriceChanged or PaymentUnsettled.
    """
    order_id = work.order.id
    _refuse_another_total(session, work)
    obligation_id = owe_difference(session, order_id, currency=work.order.currency)
    settle_money(session, order_id)
    uncount_promotions(session, ended)
    if not use_promotions(session, work.lines.uses):
        raise PriceChanged(
            seen_minor=work.command.seen_total_minor,
            total_minor=queries.owed_minor(session, order_id),
            lines={each.sku: each.priced.list_minor for each in work.lines.quote.lines},
            charges={},
        )
    return obligation_id


def _refuse_another_total(session: Session, work: _Work) -> None:
    order = queries.get_order(session, work.order.id, actor=SYSTEM)
    seen_minor, total_minor = work.command.seen_total_minor, order.owed.total_minor
    if seen_minor is None or seen_minor == total_minor:
        return
    raise PriceChanged(
        seen_minor=seen_minor,
        total_minor=total_minor,
        lines={each.sku: each.owed.amount_minor for p in order.fulfillments for each in p.lines},
        charges={each.name: each.amount_minor for each in order.due_charges},
    )


def _tell(session: Session, work: _Work, obligation_id: UUID | None) -> Amended:
    order, command, parcel = work.order, work.command, work.locked.parcel
    order.version += 1
    session.flush()
    total = queries.owed_minor(session, order.id)
    delta = total - work.before.owed.total_minor
    changes = {**({"lines": work.lines.told} if work.lines.after else {}), **work.told}
    fact = OrderAmended(
        order_id=order.id,
        fulfillment_id=parcel.id,
        location_id=parcel.location_id,
        order_version=order.version,
        channel=command.channel.value,
        changes=changes,
        delta_minor=delta,
        total_minor=total,
        currency=order.currency,
        tells=work.hold is None and parcel.status not in FINAL,
    )
    events.record(session, fact, actor=work.actor, reason=command.reason)
    return Amended(order.id, order.version, parcel.id, total, delta, order.currency, obligation_id)


def _moment(at: Any) -> str | None:  # noqa: ANN401 (a time or nothing)
    return at.isoformat() if at else None
