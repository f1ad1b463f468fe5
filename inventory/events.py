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
