"""Inputs of the stock's use cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
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
    """Where a feed is; an interrupted one goes on where it stopped.

    A snapshot that says that nearly nothing is there is held until somebody lets it through.
    """

    RECEIVING = "receiving"
    HELD = "held"
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


class AdjustReason(StrEnum):
    """Why what is on hand is corrected without a count."""

    DAMAGED = "damaged"
    LOST = "lost"
    THEFT = "theft"
    FOUND = "found"
    DISPLAY = "display"
    EXPIRED = "expired"
    CORRECTION = "correction"


class Disposition(StrEnum):
    """What becomes of goods that came back: on sale again, to be looked at, or thrown away."""

    RESTOCK = "restock"
    QUARANTINE = "quarantine"
    WRITE_OFF = "write_off"


class Direction(StrEnum):
    """Which transfers of a location: those that leave it, those that reach it, or both."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class MissingReason(StrEnum):
    """Why goods of a transfer never arrived; what came back is on the sender's shelf again."""

    LOST = "lost"
    DAMAGED = "damaged"
    MISCOUNTED = "miscounted"
    CAME_BACK = "came_back"


@dataclass(frozen=True, slots=True)
class Adjust:
    """By how many units what is on hand of each SKU is wrong, and why."""

    location_id: UUID
    deltas: Mapping[str, int]
    reason: AdjustReason
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """Goods that came back to a location, and what becomes of them."""

    sku: str
    quantity: int
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class OpenCount:
    """What to count at a location: these SKUs, a category's, those of tasks, or all of these."""

    location_id: UUID
    skus: Sequence[str] = ()
    category_code: str | None = None
    task_ids: Sequence[UUID] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DraftTransfer:
    """What is to go from one location to another.

    With `fulfillment_id` it carries: the goods are somebody's at the receiver. `kept_as` is the id
    under which they are reserved at the sender already; the transfer takes it.
    """

    from_id: UUID
    to_id: UUID
    quantities: Mapping[str, int]
    note: str | None = None
    fulfillment_id: UUID | None = None
    kept_as: UUID | None = None


@dataclass(frozen=True, slots=True)
class ExpectGoods:
    """What is to come in at a location, on which day, under which reference of the supplier."""

    location_id: UUID
    quantities: Mapping[str, int]
    expected_on: date
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class DeclareFeed:
    """What a source says of a feed before its lines; `as_of` is the instant they are true for."""

    source: str
    sequence: int
    kind: FeedKind
    as_of: datetime
    contains_hand_overs: bool


class FeedRow(NamedTuple):
    """One line of a feed; `quantity` is on hand in a snapshot, a change in a delta."""

    line: int
    store_code: str
    sku: str
    quantity: int


class UnreadableRow(NamedTuple):
    """A line of a feed that cannot be meant; what of it could be read, else nothing."""

    line: int
    store_code: str
    sku: str


@dataclass(frozen=True, slots=True)
class FeedBatch:
    """Some lines of a feed, as they follow each other, and the digest of what they say."""

    rows: tuple[FeedRow, ...]
    unreadable: tuple[UnreadableRow, ...]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Hold:
    """For how long stock is held while somebody pays: `minutes` from each activity on.

    Never longer than `cap_min` minutes from its first moment, however active somebody is.
    """

    minutes: int
    cap_min: int


@dataclass(frozen=True, slots=True)
class SafetyDraft:
    """A rule of safety stock as somebody asks for it: units or percent of on hand, never both.

    Without `valid_from` it begins at once, without `valid_to` it stays. What its scope does not
    speak of is None.
    """

    scope: SafetyScope
    units: int | None = None
    percent: int | None = None
    group_id: UUID | None = None
    location_id: UUID | None = None
    category_code: str | None = None
    sku: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
