"""What happens while a parcel waits, and at the counter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from orders.events.parcels import FulfillmentEvent


@dataclass(frozen=True, kw_only=True)
class FulfillmentHandedOver(FulfillmentEvent):
    """The customer took articles; `complete` when nothing is left, `channel` is where."""

    name = "fulfillment.handed_over.v1"
    hand_over_id: UUID
    quantities: dict[str, int]
    found: str
    complete: bool
    channel: str = "store"
    proxy_contact_id: UUID | None = None
    """The proxy whose pass was shown, if it was a proxy's."""


@dataclass(frozen=True, kw_only=True)
class ArticlesRefused(FulfillmentEvent):
    """The customer did not want these after all: SKU to `quantity` and `reason`."""

    name = "fulfillment.refused.v1"
    refused: dict[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class LeftAgainstRules(FulfillmentEvent):
    """Somebody has articles that were not owed any more; the reason says which rule it broke."""

    name = "fulfillment.left_against_rules.v1"
    hand_over_id: UUID
    quantities: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class FulfillmentExpired(FulfillmentEvent):
    """Nobody came in time: the articles are for sale again and must go back to the shelf."""

    name = "fulfillment.expired.v1"
    collect_by: datetime


@dataclass(frozen=True, kw_only=True)
class PickupExtended(FulfillmentEvent):
    """The parcel is kept longer, until `collect_by`."""

    name = "fulfillment.extended.v1"
    collect_by: datetime


@dataclass(frozen=True, kw_only=True)
class PickupReminded(FulfillmentEvent):
    """The parcel still waits: `stage` 1 the day after, 2 three days after, 3 on the last day."""

    name = "fulfillment.reminded.v1"
    stage: int


@dataclass(frozen=True, kw_only=True)
class PassReissued(FulfillmentEvent):
    """The old code is dead and a new one exists, for whoever collects now."""

    name = "fulfillment.pass_reissued.v1"
