"""What happens to promotions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PromotionSet(Event):
    """A brand takes something off its prices for a time; `replaces_id` is what it was before."""

    name = "promotion.set.v1"
    aggregate = "promotion"
    promotion_id: UUID
    brand_id: UUID
    code: str
    kind: str
    on_what: str
    on_code: str | None
    valid_from: datetime
    valid_to: datetime | None
    uses_max: int | None
    replaces_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PromotionWithdrawn(Event):
    """A promotion holds no longer; orders that have it keep it."""

    name = "promotion.withdrawn.v1"
    aggregate = "promotion"
    promotion_id: UUID
    brand_id: UUID
    code: str
