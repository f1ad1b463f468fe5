"""What an amendment has brought to a door, or not any more: by whom, in which way, for how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from orders.commands import AmendOrder, Method, hold_of
from orders.models import Order
from orders.pricing import DeliveryWay
from orders.queries import get_delivery_way
from orders.services.amending_places import Change, wait_for_money
from orders.services.bringing import (
    Door,
    bring_elsewhere,
    find_door,
    find_sender,
    find_way,
    price_bringing,
    promise_days,
)
from orders.services.continuing import Onward
from orders.services.differing import is_unpaid
from orders.services.locked import Locked


@dataclass(slots=True)
class Ways:
    """The ways to a door that are `chosen` now, and the address all goes to from now on."""

    chosen: set[UUID] = field(default_factory=set)
    address_id: UUID | None = None


def find_ways(
    session: Session,
    command: AmendOrder,
    order: Order,
    parcels: Sequence[Locked],
    changes: Sequence[Change],
) -> Ways:
    """Find who sends what is brought from now on, and in which way; keep the address that is said.

    Raises AddressNeeded, UnknownDeliveryMethod, NotDeliverable, NotBroughtThere, or a refusal of
    the address.
    """
    ways = Ways()
    chosen = [each for each in changes if each.wanted and (each.is_sent or each.goes_otherwise)]
    if not chosen and command.address is None:
        return ways
    door = find_door(session, order, parcels, command.address)
    ways.address_id = door.address_id if command.address else None
    for change in chosen:
        way = find_way(session, order, change.said.delivery_method)
        ways.chosen.add(way.id)
        if change.is_sent:
            taken = _taken(changes)
            change.onward = _send(session, command, order, change, (door, way), taken=taken)
        else:
            _go_by(session, change, way)
    return ways


def change_doors(
    session: Session,
    order: Order,
    parcels: Sequence[Locked],
    changes: Sequence[Change],
    ways: Ways,
) -> None:
    """Have what is brought go where it goes now, and cost what having it brought costs today.

    Raises WrongMethod when an address is said and nothing is brought, TooLateToAmend or
    NotBroughtThere.
    """
    touched = set(ways.chosen)
    for change in changes:
        if change.onward is not None or (change.lines and change.lines.after):
            both = (change.old.parcel, change.locked.parcel)
            touched |= {each.delivery_method_id for each in both if each.delivery_method_id}
    if ways.address_id is not None:
        bring_elsewhere(session, parcels, ways.address_id)
        every = (each.parcel.delivery_method_id for each in parcels)
        touched |= {each for each in every if each}
    if touched:
        session.flush()
        price_bringing(session, order, touched, chosen=ways.chosen)


def _go_by(session: Session, change: Change, way: DeliveryWay) -> None:
    parcel = change.old.parcel
    if parcel.delivery_method_id is None or parcel.delivery_method_id == way.id:
        return
    before = get_delivery_way(session, parcel.delivery_method_id)
    change.told["by"] = [before.code, way.code]
    parcel.delivery_method_id = way.id
    promise_days(session, parcel)


def _send(
    session: Session,
    command: AmendOrder,
    order: Order,
    change: Change,
    to: tuple[Door, DeliveryWay],
    *,
    taken: Mapping[UUID, Mapping[str, int]],
) -> Onward:
    door, way = to
    send = find_sender(session, order, change.wanted, begun_at=change.here, door=door, taken=taken)
    until = None
    if is_unpaid(session, order.id):
        until = wait_for_money(session, change, hold_of(send.store.rules, command.channel))
    return Onward(
        send.store,
        Method.DELIVERY,
        door.address_id,
        delivery_method_id=way.id,
        tells=False,
        pending_until=until,
    )


def _taken(changes: Sequence[Change]) -> dict[UUID, dict[str, int]]:
    """Return what all changes take at each location, below nothing what they give back there."""
    found: dict[UUID, dict[str, int]] = {}

    def take(place: UUID, quantities: Mapping[str, int], sign: int) -> None:
        there = found.setdefault(place, {})
        for sku, units in quantities.items():
            there[sku] = there.get(sku, 0) + sign * units

    for each in changes:
        here = each.old.parcel.location_id
        take(here, each.held, -1)
        if each.onward is not None:
            take(each.onward.store.id, each.wanted, 1)
        elif not each.is_sent:
            take(here, each.wanted, 1)
    return found
