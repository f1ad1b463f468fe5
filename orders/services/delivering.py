"""The doors of an order: which way leads there for how much, and who sends what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from kernel.ids import new_id
from orders import delivery
from orders.availability import find_offers
from orders.commands import Bring, PayBy
from orders.delivery import Carried, DeliveryAsk, Window
from orders.pricing import DeliveryWay, Fee, Quote
from orders.services.lacking import refuse_beyond_hold, remember
from orders.services.promising import Promise
from orders.sourcing import After, Ask, Decision, Send, decide
from stores.queries import Near, StoreFacts, Where

STORES_NAMED: Final = 3
"""How many stores are named to somebody whose order nobody can send."""
ANYWHERE_KM: Final = 20_100


@dataclass(frozen=True, slots=True)
class Door:
    """A part that is brought: how, what that way costs there, and who was chosen to send what."""

    part: Bring
    ask: DeliveryAsk
    way: DeliveryWay
    fee: Fee
    wanted: Ask
    decision: Decision

    @property
    def is_open(self) -> bool:
        """Tell whether all of it can be sent."""
        return not self.decision.refused

    def later(self, send: Send, *, pay_by: PayBy) -> Promise | None:
        """Return what a location is promised to send once it has it; None for what it has.

        What a person has to find is promised to be answered, not to arrive.

        Raises PromiseBeyondHold.
        """
        follows = self.decision.follows
        if follows is None:
            return None
        if follows is not After.CASE:
            asked_at = send.store.asked_at
            refuse_beyond_hold(send.ready_at, asked_at=asked_at, pay_by=pay_by, instead=PayBy.TILL)
        return Promise(new_id(), send.ready_at, remember({}, follows, self.decision.lacks))

    def window(self, promise: Promise, store: StoreFacts) -> Window | None:
        """Return between which days what a location promises arrives here, if anybody knows."""
        if self.decision.follows is After.CASE:
            return None
        return delivery.window_of(
            promise.at, time_zone=store.time_zone, zone=self.fee.zone, to=self.ask.to
        )


def carried(parts: Sequence[Bring]) -> list[Carried]:
    """Return which goods go to which doors.

    Raises UnreadablePostcode.
    """
    return [
        Carried(
            each.quantities,
            delivery.read_destination(each.address.postcode, country=each.address.country),
            each.delivery_method,
        )
        for each in parts
    ]


def find_door(
    session: Session,
    part: Bring,
    ask: DeliveryAsk,
    *,
    quote: Quote,
    by: tuple[DeliveryWay, Fee],
    taken: Mapping[UUID, Mapping[str, int]],
) -> Door:
    """Return how a part comes to its door, sent by whom; `taken` is what other parts take where."""
    wanted = delivery.to_source(ask, quote, taken=taken)
    way, fee = by
    return Door(part, ask, way, fee, wanted, decide(session, wanted))


def ways_out(session: Session, door: Door) -> Mapping[str, Any]:
    """Return what somebody can do whose goods nobody can send all of."""
    ask, missing = door.ask, dict(door.decision.missing)
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
