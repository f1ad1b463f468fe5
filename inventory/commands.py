"""Inputs of the stock's use cases."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class MovementKind(StrEnum):
    """Why a figure of stock changed."""

    RECEIVED = "received"
    SOLD = "sold"
    RETURNED = "returned"
    SENT = "sent"
    ARRIVED = "arrived"
    RESERVED = "reserved"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    FOUND = "found"
    ADJUSTED = "adjusted"
    QUARANTINED = "quarantined"
    CLEARED = "cleared"


class Cause(StrEnum):
    """What a movement came from; `cause_id` is its id."""

    FULFILLMENT = "fulfillment"
    RECEIPT = "receipt"
    COUNT = "count"
    ADJUSTMENT = "adjustment"
    SALE = "sale"
    RETURN = "return"
    TRANSFER = "transfer"
    FEED = "feed"


class CountStatus(StrEnum):
    """Where a count is: above a limit its differences wait for somebody's approval."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPLIED = "applied"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class TaskCause(StrEnum):
    """Why a SKU has to be counted."""

    NOT_FOUND = "not_found"
    SOLD_AT_ZERO = "sold_at_zero"
    RETURNED = "returned"
    FEED = "feed"
    ASKED = "asked"


class TransferStatus(StrEnum):
    """Where a transfer is."""

    DRAFT = "draft"
    SENT = "sent"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SafetyScope(StrEnum):
    """For what a rule of safety stock holds, the widest first: a nearer one wins."""

    GLOBAL = "global"
    GROUP = "group"
    STORE = "store"
    CATEGORY = "category"
    SKU = "sku"
    SKU_STORE = "sku_store"


class FeedKind(StrEnum):
    """What a feed's quantities are: what is on hand, or by how much it changed."""

    FULL = "full"
    DELTA = "delta"


class FeedStatus(StrEnum):
    """Where a feed is; an interrupted one goes on where it stopped."""

    RECEIVING = "receiving"
    APPLYING = "applying"
    DONE = "done"
    REFUSED = "refused"


class ConflictKind(StrEnum):
    """Why a line of a feed was not simply taken over."""

    COUNTED_SINCE = "counted_since"
    BELOW_ZERO = "below_zero"
    UNKNOWN_STORE = "unknown_store"
    UNKNOWN_SKU = "unknown_sku"
    REPEATED = "repeated"
    UNREADABLE = "unreadable"


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


@dataclass(frozen=True, slots=True)
class Hold:
    """For how long stock is held while somebody pays: `minutes` from each activity on.

    Never longer than `cap_min` minutes from its first moment, however active somebody is.
    """

    minutes: int
    cap_min: int
