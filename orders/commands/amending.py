"""Inputs of changing an open order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from customers.commands import GiveAddress
from orders.commands.words import Channel


@dataclass(frozen=True, slots=True)
class Collector:
    """Who collects an order from now on."""

    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """How one parcel of an open order is to be; what is not said stays as it is.

    `version` is the order's as it was seen. Without `fulfillment_id` the order has one open parcel.
    `quantities` are how many of a SKU it is to have, 0 for none. `seen_total_minor` is what the
    customer was told that all of it comes to then; None when nobody was told.
    """

    order_id: UUID
    version: int
    channel: Channel
    fulfillment_id: UUID | None = None
    quantities: Mapping[str, int] = field(default_factory=dict)
    store_code: str | None = None
    slot_id: UUID | None = None
    address: GiveAddress | None = None
    collector: Collector | None = None
    seen_total_minor: int | None = None
    reason: str | None = None
