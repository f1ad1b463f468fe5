"""The doors of an order: which way leads there for how much, and who sends what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from orders import delivery
from orders.availability import find_offers
from orders.commands import Bring
from orders.delivery import Carried, DeliveryAsk, Window
from orders.pricing import DeliveryWay, Fee, Quote
from orders.services.promising import Promise
from orders.sourcing import Ask, Decision, decide
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
        return bool(self.decision.sends) and not self.decision.missing

    def window(self, promise: Promise, store: StoreFacts) -> Window:
        """Return between which days what a location promises arrives here."""
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
