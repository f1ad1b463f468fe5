"""What a parcel's location has not got when it is promised: who brings it, or until when it waits.

It stands in the promise, under `lacks`, until the order counts: transfers are drafted then, and
what they will carry is held at their senders meanwhile, under the ids they will have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
from inventory.commands import Hold
from inventory.errors import OutOfStock
from kernel.ids import new_id
from orders import queries
from orders.commands import PayBy
from orders.errors import PromiseBeyondHold
from orders.queries import AWAITS, LACKS
from orders.services.locked import Locked
from orders.sourcing import After, Lacks
from payments.queries import HOLD_LASTS

BRINGS: Final = "brings"


@dataclass(frozen=True, slots=True)
class Owner:
    """Under which id a location keeps goods for a parcel: its own, or a coming transfer's."""

    id: UUID
    location_id: UUID
    quantities: Mapping[str, int]

    @property
    def stock(self) -> dict[str, UUID]:
        """Return what stock knows it by."""
        return {"fulfillment_id": self.id, "location_id": self.location_id}


def remember(inputs: Mapping[str, Any], after: After, lacks: Lacks) -> dict[str, Any]:
    """Return what is kept with a promise that counts on goods which are not there yet."""
    brings = [
        {
            "id": str(new_id()),
            "location_id": str(send.store.id),
            "quantities": dict(send.quantities),
        }
        for send in lacks.brings
    ]
    kept = {"after": after.value, BRINGS: brings, AWAITS: dict(lacks.awaits)}
    return {**inputs, LACKS: kept | ({"on": lacks.on.isoformat()} if lacks.on else {})}


def forget(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a promise that counts on nothing more to come."""
    return {key: value for key, value in inputs.items() if key != LACKS}


def await_less(inputs: Mapping[str, Any], there: Mapping[str, int]) -> dict[str, Any]:
    """Return what is kept with a promise when some of what it awaited is there."""
    waits = queries.awaited(inputs)
    if not waits:
        return dict(inputs)
    left = {sku: less for sku, n in waits.items() if (less := n - there.get(sku, 0)) > 0}
    if not left:
        return forget(inputs)
    return {**inputs, LACKS: {**inputs[LACKS], AWAITS: left}}


def brought(inputs: Mapping[str, Any]) -> list[Owner]:
    """Return who brings something once the order counts."""
    return [
        Owner(UUID(each["id"]), UUID(each["location_id"]), each["quantities"])
        for each in inputs.get(LACKS, {}).get(BRINGS, ())
    ]


def owners(
    fulfillment_id: UUID, location_id: UUID, owed: Mapping[str, int], inputs: Mapping[str, Any]
) -> list[Owner]:
    """Return who keeps what for a parcel that is promised, in the order of locks."""
    if queries.left_to_person(inputs):
        return []
    brings = brought(inputs)
    coming = queries.awaited(inputs)
    for each in brings:
        coming = queries.add(coming, each.quantities)
    here = queries.divide(owed, coming)
    own = [Owner(fulfillment_id, location_id, here)] if here else []
    return sorted([*own, *brings], key=lambda each: each.location_id)


def owners_of(locked: Locked) -> list[Owner]:
    """Return who keeps what for a pending parcel, in the order of locks."""
    parcel = locked.parcel
    return owners(parcel.id, parcel.location_id, locked.owed, parcel.promise_inputs)


def reserve_for(session: Session, keepers: Iterable[Owner], *, hold: Hold | None = None) -> None:
    """Promise what each keeps, in the order of locks.

    Raises OutOfStock with what is left of everything that anybody is short of.
    """
    short: dict[str, int] = {}
    for each in sorted(keepers, key=lambda each: each.location_id):
        try:
            reserve_one(session, each, hold)
        except OutOfStock as refusal:
            short = queries.add(short, refusal.facts["shortages"])
    if short:
        raise OutOfStock(shortages=short)


def reserve_one(session: Session, keeper: Owner, hold: Hold | None = None) -> None:
    """Promise what one keeps.

    Raises OutOfStock.
    """
    inventory.services.reserve(
        session,
        fulfillment_id=keeper.id,
        location_id=keeper.location_id,
        quantities=keeper.quantities,
        hold=hold,
    )


def keep_awaited(session: Session, location_id: UUID, inputs: Mapping[str, Any]) -> None:
    """Make sure that what this parcel awaits is announced, and nobody else's.

    What is announced is kept from others meanwhile: two orders cannot wait for the same unit.

    Raises OutOfStock.
    """
    waits = queries.awaited(inputs)
    if not waits:
        return
    until = inputs[LACKS]["on"]
    coming: dict[str, int] = {}
    for each in inventory.services.lock_expected(session, location_id, sorted(waits)):
        if each.expected_on.isoformat() <= until:
            coming[each.sku] = coming.get(each.sku, 0) + each.open
    wanted = queries.sum_awaited(session, sorted(waits)).get(location_id, {})
    short = {
        sku: max(units - wanted[sku] + coming.get(sku, 0), 0)
        for sku, units in waits.items()
        if wanted[sku] > coming.get(sku, 0)
    }
    if short:
        raise OutOfStock(shortages=short)


def give_back(session: Session, locked: Locked, *, why: str) -> None:
    """Free what others keep for a parcel that ends before they brought it."""
    for each in sorted(brought(locked.parcel.promise_inputs), key=lambda each: each.location_id):
        inventory.services.release(session, **each.stock, quantities=each.quantities, reason=why)


def refuse_beyond_hold(
    promised_at: datetime, *, asked_at: datetime, pay_by: PayBy, instead: PayBy
) -> None:
    """Return nothing when a card that pays now still holds its money at the promised time.

    Raises PromiseBeyondHold.
    """
    if pay_by is PayBy.CARD and promised_at > asked_at + HOLD_LASTS:
        raise PromiseBeyondHold(promised_at=promised_at.isoformat(), pay_by=[instead.value])
