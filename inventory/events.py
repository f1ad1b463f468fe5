"""What happens to stock, where somebody must know or act. The ledger itself stands apart."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StockReceived(Event):
    """Goods came in at a location; `units` in base units over `skus` SKUs."""

    name = "stock.received.v1"
    aggregate = "receipt"
    receipt_id: UUID
    location_id: UUID
    skus: int
    units: int


@dataclass(frozen=True, kw_only=True)
class StockDoubted(Event):
    """A picker did not find what is booked: `quantity` left the offer until somebody counts."""

    name = "stock.doubted.v1"
    aggregate = "doubt"
    doubt_id: UUID
    location_id: UUID
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class StockAdjusted(Event):
    """What is on hand was corrected without a count, by `units` in all; the reason says why."""

    name = "stock.adjusted.v1"
    aggregate = "adjustment"
    adjustment_id: UUID
    location_id: UUID
    deltas: dict[str, int]
    note: str | None


@dataclass(frozen=True, kw_only=True)
class StockSold(Event):
    """Goods left the shelf by a sale; `found` lists what was sold beyond what was booked."""

    name = "stock.sold.v1"
    aggregate = "sale"
    sale_id: UUID
    location_id: UUID
    units: int
    found: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class StockReturned(Event):
    """Sold goods came back to a location; `units` over all that becomes of them."""

    name = "stock.returned.v1"
    aggregate = "return"
    return_id: UUID
    location_id: UUID
    units: int


@dataclass(frozen=True, kw_only=True)
class CountAsked(Event):
    """Somebody wants these SKUs counted."""

    name = "stock.count_asked.v1"
    aggregate = "ask"
    ask_id: UUID
    location_id: UUID
    skus: list[str]


@dataclass(frozen=True, kw_only=True)
class CountTaskAssigned(Event):
    """A SKU that is to be counted has somebody who counts it."""

    name = "stock.count_task_assigned.v1"
    aggregate = "task"
    task_id: UUID
    location_id: UUID
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CountOpened(Event):
    """Somebody begins to count `skus` SKUs at a location."""

    name = "count.opened.v1"
    aggregate = "count"
    count_id: UUID
    location_id: UUID
    skus: int


@dataclass(frozen=True, kw_only=True)
class CountEntered(Event):
    """Figures of `skus` SKUs were entered into a count, also in place of earlier ones."""

    name = "count.entered.v1"
    aggregate = "count"
    count_id: UUID
    location_id: UUID
    skus: int


@dataclass(frozen=True, kw_only=True)
class CountSubmitted(Event):
    """A count is finished; its differences exceed what needs no approval."""

    name = "count.submitted.v1"
    aggregate = "count"
    count_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class CountApplied(Event):
    """What was counted is booked; `differences` by SKU, in base units."""

    name = "count.applied.v1"
    aggregate = "count"
    count_id: UUID
    location_id: UUID
    differences: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class CountRejected(Event):
    """The differences of a count were refused: nothing was booked."""

    name = "count.rejected.v1"
    aggregate = "count"
    count_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class CountCancelled(Event):
    """A count was given up: nothing was booked."""

    name = "count.cancelled.v1"
    aggregate = "count"
    count_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class ShortageOpened(Event):
    """More of a SKU is promised at a location than it has, by `missing` units."""

    name = "shortage.opened.v1"
    aggregate = "shortage"
    shortage_id: UUID
    location_id: UUID
    sku: str
    missing: int


@dataclass(frozen=True, kw_only=True)
class ShortageAssigned(Event):
    """A shortage has somebody who finds a way out."""

    name = "shortage.assigned.v1"
    aggregate = "shortage"
    shortage_id: UUID
    location_id: UUID
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ShortageClosed(Event):
    """A shortage is over: what is promised is there."""

    name = "shortage.closed.v1"
    aggregate = "shortage"
    shortage_id: UUID
    location_id: UUID
    sku: str


@dataclass(frozen=True, kw_only=True)
class StockFeedApplied(Event):
    """Every line of a feed was applied or reported; `changed` counts levels."""

    name = "stock.feed_applied.v1"
    aggregate = "feed"
    feed_id: UUID
    source: str
    sequence: int
    lines: int
    changed: int
    conflicts: int


@dataclass(frozen=True, kw_only=True)
class StockFeedHeld(Event):
    """A snapshot says that nearly nothing is left at these locations: nothing of it is applied."""

    name = "stock.feed_held.v1"
    aggregate = "feed"
    feed_id: UUID
    source: str
    sequence: int
    location_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class StockFeedLetThrough(Event):
    """Somebody looked at a feed that was held, and has it applied."""

    name = "stock.feed_let_through.v1"
    aggregate = "feed"
    feed_id: UUID


@dataclass(frozen=True, kw_only=True)
class TransferDrafted(Event):
    """Somebody wrote down what is to go from one location to another."""

    name = "transfer.drafted.v1"
    aggregate = "transfer"
    transfer_id: UUID
    from_id: UUID
    to_id: UUID
    quantities: dict[str, int]
    fulfillment_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TransferChanged(Event):
    """A draft says now that this is to go."""

    name = "transfer.changed.v1"
    aggregate = "transfer"
    transfer_id: UUID
    quantities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class TransferCancelled(Event):
    """A draft was given up: nothing has moved."""

    name = "transfer.cancelled.v1"
    aggregate = "transfer"
    transfer_id: UUID


@dataclass(frozen=True, kw_only=True)
class TransferUnbound(Event):
    """What is on the way is no longer for a fulfillment: it arrives as ordinary stock."""

    name = "transfer.unbound.v1"
    aggregate = "transfer"
    transfer_id: UUID
    fulfillment_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TransferSent(Event):
    """Goods left a location (`location_id`) for another one and are on nobody's shelf."""

    name = "transfer.sent.v1"
    aggregate = "transfer"
    transfer_id: UUID
    location_id: UUID
    to_id: UUID
    quantities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class TransferReceived(Event):
    """Goods arrived at a location (`location_id`); `complete` when nothing is on the way now."""

    name = "transfer.received.v1"
    aggregate = "transfer"
    transfer_id: UUID
    location_id: UUID
    quantities: dict[str, int]
    complete: bool


@dataclass(frozen=True, kw_only=True)
class TransferClosed(Event):
    """What never arrived was given up, with its reasons by SKU."""

    name = "transfer.closed.v1"
    aggregate = "transfer"
    transfer_id: UUID
    missing: dict[str, int]
    reasons: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class GoodsExpected(Event):
    """A location expects goods from a supplier on a day."""

    name = "goods.expected.v1"
    aggregate = "expectation"
    expectation_id: UUID
    location_id: UUID
    quantities: dict[str, int]
    expected_on: str
    reference: str | None


@dataclass(frozen=True, kw_only=True)
class IncomingMoved(Event):
    """Goods are expected on another day."""

    name = "incoming.moved.v1"
    aggregate = "incoming"
    incoming_id: UUID
    location_id: UUID
    expected_on: str


@dataclass(frozen=True, kw_only=True)
class IncomingClosed(Event):
    """The rest of some expected goods is expected no longer."""

    name = "incoming.closed.v1"
    aggregate = "incoming"
    incoming_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class SafetyRuleAdded(Event):
    """Something is kept back from remote sale from now or a later day on."""

    name = "stock.safety_rule_added.v1"
    aggregate = "rule"
    rule_id: UUID
    location_id: UUID | None
    scope: str


@dataclass(frozen=True, kw_only=True)
class SafetyRuleEnded(Event):
    """A rule of safety stock holds no longer."""

    name = "stock.safety_rule_ended.v1"
    aggregate = "rule"
    rule_id: UUID
    location_id: UUID | None
    scope: str


@dataclass(frozen=True, kw_only=True)
class StockRanLow(Event):
    """So many SKUs came to run low at a location; `skus` names at most fifty of them."""

    name = "stock.ran_low.v1"
    aggregate = "run"
    run_id: UUID
    location_id: UUID
    count: int
    skus: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShelvesPlaced(Event):
    """A list said where SKUs lie in a store: of so many it was new."""

    name = "stock.shelves_placed.v1"
    aggregate = "list"
    list_id: UUID
    location_id: UUID
    skus: int
