"""Inputs of recording what happened against the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from orders.commands.words import Found, Verified


@dataclass(frozen=True, slots=True)
class RecordHandOver:
    """Goods that left a store in somebody's hands, whether or not they were owed.

    `location_id` is the store they left. `happened_at` is a tablet's clock, for what was done
    without a network. `ticket_number` is the till's, where money was taken for them. `beyond` was
    told as well, and cannot have been of this parcel: it is asked about and moves nothing.
    """

    fulfillment_id: UUID
    location_id: UUID
    quantities: Mapping[str, int]
    found: Found
    pass_id: UUID | None = None
    verified: Verified = Verified.NONE
    forced: str | None = None
    ticket_number: str | None = None
    happened_at: datetime | None = None
    terminal_id: UUID | None = None
    beyond: Mapping[str, int] = field(default_factory=dict)
