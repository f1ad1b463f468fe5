"""Inputs of the stock's use cases."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class MovementKind(StrEnum):
    """Why a figure of stock changed."""

    RECEIVED = "received"
    RESERVED = "reserved"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    FOUND = "found"
    ADJUSTED = "adjusted"
    QUARANTINED = "quarantined"


class Cause(StrEnum):
    """What a movement came from; `cause_id` is its id."""

    FULFILLMENT = "fulfillment"
    RECEIPT = "receipt"
    COUNT = "count"


class StockEffect(StrEnum):
    """What a doubt about the shelf takes out of the offer until it has been counted."""

    NONE = "none"
    THIS_QUANTITY = "this_quantity"
    ALL_LEFT = "all_left"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a picker could not find of a SKU, and what that says of the shelf."""

    fulfillment_id: UUID
    location_id: UUID
    sku: str
    quantity: int
    effect: StockEffect
    reason: str
