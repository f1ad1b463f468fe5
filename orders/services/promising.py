"""When an order can be collected, with the capacity it takes of the store booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import stores.promises
import stores.services
from kernel.actors import Actor, ActorKind
from kernel.ids import new_id
from orders.commands import Channel, Method
from stores.commands import BookCapacity, StoreMethod
from stores.errors import MethodNotOffered, PickupNotOffered, SlotRequired, StorePaused
from stores.promises import SlotTimes
from stores.queries import StoreFacts

STAFF: Final = frozenset({ActorKind.ASSOCIATE, ActorKind.MANAGER, ActorKind.ADMIN})
AT_ONCE: Final = frozenset({Channel.STORE, Channel.POS})
"""Channels on which the customer stands in a store."""
BOOKED_DAY: Final = "booked_day"
"""What a promise remembers of the limited day it was booked in."""
WAYS: Final[Mapping[Method, StoreMethod]] = {
    Method.PICKUP: StoreMethod.PICKUP,
    Method.DRIVE: StoreMethod.DRIVE,
    Method.DELIVERY: StoreMethod.SHIP,
    Method.CARRY_OUT: StoreMethod.PICKUP,
}
"""How a location serves each way in which goods reach a customer."""


class Wanted(Protocol):
    """Where and how goods are wanted, and in which slot."""

    @property
    def store(self) -> StoreFacts:
        """Return which location has them ready."""

    @property
    def method(self) -> Method:
        """Return how they reach the customer."""

    @property
    def slot_id(self) -> UUID | None:
        """Return in which slot; None for as soon as can be."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A time told to the customer, with everything it was computed from."""

    fulfillment_id: UUID
    at: datetime
    inputs: Mapping[str, Any]
    slot: SlotTimes | None = None


def take_promises(session: Session, shares: Sequence[Wanted]) -> list[Promise]:
    """Return when each parcel of an order placed now is there; its capacity is booked.

    Slots are locked before days, and days in the order of locations, so that two orders over the
    same ones wait for each other instead of dying together. What is taken along is there already.

    Raises PickupNotOffered, SlotRequired, SlotUnavailable or DayFull.
    """
    ready = [_ready(session, share) for share in shares]
    slots = {each.booking.slot_id for each in ready if each.booking and each.booking.slot_id}
    starts = stores.services.lock_slots(session, slots) if len(slots) > 1 else {}

    def place_in_line(number: int) -> tuple[UUID, date]:
        booking = ready[number].booking
        if booking is None:
            return shares[number].store.id, date.min
        starts_at = starts.get(booking.slot_id) if booking.slot_id else None
        zone = ZoneInfo(booking.time_zone)
        return booking.location_id, starts_at.astimezone(zone).date() if starts_at else booking.day

    promises = {
        number: _book(session, shares[number], ready[number])
        for number in sorted(range(len(shares)), key=place_in_line)
    }
    return [promises[number] for number in range(len(shares))]


@dataclass(frozen=True, slots=True)
class _Ready:
    """When something can be ready, and what of its location's capacity that takes."""

    promise: Promise
    booking: BookCapacity | None


def _ready(session: Session, share: Wanted) -> _Ready:
    store, fulfillment_id = share.store, new_id()
    if share.method is Method.CARRY_OUT:
        return _Ready(Promise(fulfillment_id, store.asked_at, {}), None)
    if store.schedule is None:
        raise PickupNotOffered(store=store.code)
    made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
    if made is None:
        raise PickupNotOffered(store=store.code)
    wanted = BookCapacity(
        fulfillment_id=fulfillment_id,
        location_id=store.id,
        time_zone=store.time_zone,
        method=WAYS[share.method],
        earliest=made.ready_at,
        day=made.day,
        slot_id=share.slot_id,
        orders_per_day=store.rules.orders_per_day,
    )
    needs_none = wanted.slot_id is None and wanted.orders_per_day is None
    if wanted.slot_id is None and store.slotted and wanted.method is StoreMethod.DRIVE:
        raise SlotRequired(next=stores.services.next_slots(session, wanted))
    promise = Promise(fulfillment_id, made.at, made.inputs)
    return _Ready(promise, None if needs_none else wanted)


def _book(session: Session, share: Wanted, ready: _Ready) -> Promise:
    """Return the promise with what it takes of its location's capacity booked."""
    if ready.booking is None:
        return ready.promise
    store, promise = share.store, ready.promise
    booked = stores.services.book_capacity(session, ready.booking)
    at, inputs = promise.at, promise.inputs
    if booked.slot is not None and store.schedule is not None:
        made = stores.promises.promise(
            store.schedule, store.rules, store.load, store.asked_at, booked.slot
        )
        if made is None:
            raise PickupNotOffered(store=store.code)
        at, inputs = made.at, made.inputs
    day = booked.day.isoformat() if booked.day else None
    return Promise(promise.fulfillment_id, at, {**inputs, BOOKED_DAY: day}, booked.slot)


def accept_by(
    store: StoreFacts, *, after: datetime | None = None, within_min: int | None = None
) -> datetime | None:
    """Return until when a store has to take on what it is given now: in its opening minutes.

    It sees it `after` that instant. None where it has no hours, or does not open for that long
    within 45 days.
    """
    if store.schedule is None:
        return None
    return stores.promises.ready_at(
        store.schedule,
        start=after or store.asked_at,
        prepare_min=store.rules.accept_within_min if within_min is None else within_min,
    )


def release_at(
    store: StoreFacts, *, method: Method, channel: Channel, slot_starts_at: datetime | None = None
) -> datetime | None:
    """Return until when the customer of an order may call it off before its store sees it.

    None where it is shown at once: what is ordered in the store or taken at once, a slot that could
    not be prepared for any more, and where the store's rule says so.
    """
    minutes = store.rules.remorse_min
    if not minutes or method is Method.CARRY_OUT or channel in AT_ONCE:
        return None
    released = store.asked_at + timedelta(minutes=minutes)
    prepared = released + timedelta(minutes=store.rules.prepare_min)
    return None if slot_starts_at and slot_starts_at < prepared else released


def took_capacity(inputs: Mapping[str, Any]) -> bool:
    """Tell whether a stored promise has booked a slot or a place in a limited day."""
    return inputs.get(BOOKED_DAY) is not None or inputs.get("slot") is not None


def refuse_unless_offered(
    store: StoreFacts, method: Method, *, channel: Channel, actor: Actor
) -> None:
    """Return nothing when this store takes orders in this way now.

    A store that is being set up takes those its own staff place to practise. What is taken along
    is, where somebody of an open store is there to give it.

    Raises PickupNotOffered, MethodNotOffered or StorePaused.
    """
    if method is Method.CARRY_OUT:
        there = channel in {Channel.STORE, Channel.POS} and actor.sees_location(store.id)
        if not (there and store.sells and store.opened_at):
            raise MethodNotOffered(store=store.code, method=method.value)
        return
    require_way(store, method, practising=_is_practice(store, channel, actor))


def require_way(store: StoreFacts, method: Method, *, practising: bool = False) -> None:
    """Return nothing when this store takes orders in this way now; `practising` needs no leave.

    Raises PickupNotOffered, MethodNotOffered or StorePaused.
    """
    if not store.offered and not practising:
        if method is Method.PICKUP:
            raise PickupNotOffered(store=store.code)
        raise MethodNotOffered(store=store.code, method=method.value)
    if store.paused:
        raise StorePaused(
            store=store.code,
            until=store.paused_until.isoformat() if store.paused_until else None,
            reason=store.pause_reason,
        )


def _is_practice(store: StoreFacts, channel: Channel, actor: Actor) -> bool:
    """Tell whether somebody of a store that is being set up tries how an order goes."""
    return (
        store.opened_at is None
        and actor.kind in STAFF
        and channel is Channel.STORE
        and actor.sees_location(store.id)
    )
