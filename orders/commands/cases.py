"""Inputs of cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from orders.commands.words import CaseKind


@dataclass(frozen=True, slots=True)
class OpenCase:
    """That a person is needed: what for, where, and within which time.

    Only one case is open under a `key`. Without a location it is head office's. `facts` hold no
    personal data. Who could see to it is warned after `warned_within`, four fifths of the time
    where that is not said. `owner_id` is whom it comes back to, as long as they work here.
    `brand_id` says whose it is where order and location do not.
    """

    kind: CaseKind
    key: str
    within: timedelta
    location_id: UUID | None = None
    order_id: UUID | None = None
    fulfillment_id: UUID | None = None
    about_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    warned_within: timedelta | None = None
    owner_id: UUID | None = None
    brand_id: UUID | None = None
