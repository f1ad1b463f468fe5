"""Inputs of what a tablet did without a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orders.commands.words import OfflineKind


@dataclass(frozen=True, slots=True)
class OfflineDeed:
    """Something that was done: known by its `nonce` for ever, in the order of `seq`.

    `happened_at` is the tablet's clock. A hand-over found its parcel by exactly one of `qr` and
    `fulfillment_id`; a pick names the latter. `staff_id` is who did it; without it, who tells it.
    """

    nonce: UUID
    seq: int
    kind: OfflineKind
    happened_at: datetime
    quantities: Mapping[str, int]
    fulfillment_id: UUID | None = None
    qr: str | None = None
    ticket_number: str | None = None
    identity_seen: bool = False
    staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfflinePlace:
    """The tablet that tells, and the store it belongs to."""

    device_id: UUID
    location_id: UUID
    store_code: str
