"""What happens to the ways to a door."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DeliveryMethodSet(Event):
    """A way to a door was added, changed or closed."""

    name = "delivery_method.set.v1"
    aggregate = "method"
    method_id: UUID
    code: str
    carrier: str
    priced_by: str
    vat_bp: int
    offered: bool
    closed: bool


@dataclass(frozen=True, kw_only=True)
class DeliveryZoneSet(Event):
    """A zone of a way to a door was added or changed; prices in minor units."""

    name = "delivery_zone.set.v1"
    aggregate = "method"
    method_id: UUID
    zone: str
    country: str
    postcodes: list[str]
    days_min: int
    days_max: int
    bands: list[Any]
    free_from_minor: int | None


@dataclass(frozen=True, kw_only=True)
class DeliveryZoneRemoved(Event):
    """A way to a door does not lead to a zone any more."""

    name = "delivery_zone.removed.v1"
    aggregate = "method"
    method_id: UUID
    zone: str
