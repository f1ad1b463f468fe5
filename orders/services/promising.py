"""When an order can be collected, with the capacity it takes of the store booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

import stores.promises
import stores.services
from kernel.actors import Actor, ActorKind
from kernel.ids import new_id
from orders.commands import Channel, Method, PlaceOrder
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
}
"""How a location serves each way in which goods reach a customer."""


class Wanted(Protocol):
    """How goods are wanted, and in which slot."""

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


def take_promise(session: Session, command: Wanted, *, store: StoreFacts) -> Promise:
    """Return when an order placed now can be collected at this store; its capacity is booked.

    Raises PickupNotOffered, SlotRequired, SlotUnavailable or DayFull.
    """
    fulfillment_id = new_id()
    if store.schedule is None:
        raise PickupNotOffered(store=store.code)
    made = stores.promises.promise(store.schedule, store.rules, store.load, store.asked_at)
    if made is None:
        raise PickupNotOffered(store=store.code)
    wanted = BookCapacity(
        fulfillment_id=fulfillment_id,
        location_id=store.id,
        time_zone=store.time_zone,
        method=WAYS[command.method],
        earliest=made.ready_at,
        day=made.day,
        slot_id=command.slot_id,
        orders_per_day=store.rules.orders_per_day,
    )
    if command.slot_id is None:
        if store.slotted and wanted.method is StoreMethod.DRIVE:
            raise SlotRequired(next=stores.services.next_slots(session, wanted))
        if wanted.orders_per_day is None:
            return Promise(fulfillment_id, made.at, made.inputs)
    booked = stores.services.book_capacity(session, wanted)
    if booked.slot is not None:
        made = stores.promises.promise(
            store.schedule, store.rules, store.load, store.asked_at, booked.slot
        )
        if made is None:
            raise PickupNotOffered(store=store.code)
    day = booked.day.isoformat() if booked.day else None
    inputs = {**made.inputs, BOOKED_DAY: day}
    return Promise(fulfillment_id, made.at, inputs, booked.slot)


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


def refuse_unless_offered(store: StoreFacts, command: PlaceOrder, *, actor: Actor) -> None:
    """Return nothing when this store takes orders in this way now.

    A store that is being set up takes those its own staff place to practise.

    Raises PickupNotOffered, MethodNotOffered or StorePaused.
    """
    require_way(store, command.method, practising=_is_practice(store, command, actor))


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


def _is_practice(store: StoreFacts, command: PlaceOrder, actor: Actor) -> bool:
    """Tell whether somebody of a store that is being set up tries how an order goes."""
    return (
        store.opened_at is None
        and actor.kind in STAFF
        and command.channel is Channel.STORE
        and actor.sees_location(store.id)
    )
