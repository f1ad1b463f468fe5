"""Inputs of baskets that move between a customer and whoever advises them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from orders.commands.words import Channel

NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class OpenCart:
    """A basket to begin; equal SKUs are already summed. `staff_id` is the adviser who fills it."""

    channel: Channel
    quantities: Mapping[str, int] = field(default_factory=dict)
    store_code: str | None = None
    note: str | None = None
    staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChangeCart:
    """What is to be otherwise in a basket: `quantities` as they are to be, 0 takes a SKU out.

    What is None stays; an empty note is none. `seen_version` is the version whoever changes it
    looked at, None when they looked at none: an article's page adds to whatever there is.
    """

    quantities: Mapping[str, int] = field(default_factory=dict)
    store_code: str | None = None
    note: str | None = None
    contact_id: UUID | None = None
    seen_version: int | None = None


@dataclass(frozen=True, slots=True)
class SeenCart:
    """A basket as somebody saw it: whoever orders it orders this version, once."""

    id: UUID
    version: int
