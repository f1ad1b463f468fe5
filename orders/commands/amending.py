"""Inputs of changing an open order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from customers.commands import GiveAddress
from orders.commands.words import Channel, Method


@dataclass(frozen=True, slots=True)
class Collector:
    """Who collects an order from now on."""

    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class AmendParcel:
    """How one parcel of an open order is to be; what is not said stays as it is.

    Without `fulfillment_id` the order has one open parcel. `quantities` are how many of a SKU it is
    to have, 0 for none. With a `method` it is brought instead of collected, or collected at
    `store_code` instead of brought; `delivery_method` is the code of the way to the door. With a
    `part` only these of what it has go there, and the rest stays as it is.
    """

    fulfillment_id: UUID | None = None
    quantities: Mapping[str, int] = field(default_factory=dict)
    store_code: str | None = None
    slot_id: UUID | None = None
    method: Method | None = None
    delivery_method: str | None = None
    part: Mapping[str, int] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Tell whether anything is to be different."""
        return bool(self.quantities or self.places)

    @property
    def places(self) -> bool:
        """Tell whether it is to be had elsewhere, at another time, or in another way."""
        return any((self.store_code, self.slot_id, self.method, self.delivery_method))


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """How an open order is to be: some of its parcels, the door it goes to, who collects.

    `version` is the order's as it was seen. `address` is where all goes that is brought.
    `seen_total_minor` is what the customer was told that all of it comes to then; None when nobody
    was told.
    """

    order_id: UUID
    version: int
    channel: Channel
    parcels: Sequence[AmendParcel] = ()
    address: GiveAddress | None = None
    collector: Collector | None = None
    seen_total_minor: int | None = None
    reason: str | None = None
