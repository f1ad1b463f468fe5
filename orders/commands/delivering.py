"""Inputs of having things brought: the ways to a door, and what a basket costs to bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from orders.commands.words import Channel, PricedBy


@dataclass(frozen=True, slots=True)
class SetDeliveryMethod:
    """A way to a door as it is to be: `names` maps language to name.

    `unknown_weight_g` is what an article of unknown weight counts as; None has a way by weight not
    offered for such a basket.
    """

    brand_code: str
    code: str
    names: Mapping[str, str]
    carrier: str
    priced_by: PricedBy
    vat_bp: int
    position: int = 0
    offered: bool = True
    unknown_weight_g: int | None = None


Band = tuple[int | None, int]
"""An upper bound in grams or minor units, included (None: without end), and its price."""


@dataclass(frozen=True, slots=True)
class SetDeliveryZone:
    """Where a way leads, for how much and in how many working days; named once per way.

    `postcodes` are beginnings. `bands` rise; what is above the last is not brought.
    """

    method_id: UUID
    name: str
    country: str
    postcodes: Sequence[str]
    days_min: int
    days_max: int
    bands: Sequence[Band]
    free_from_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AskDelivery:
    """Which basket is to be brought where; equal SKUs are already summed.

    `store_code` is the store it is asked in, else `brand_code` names who sells; where there is one
    brand neither has to be said.
    """

    channel: Channel
    language: str
    quantities: Mapping[str, int]
    postcode: str
    country: str = "FR"
    brand_code: str | None = None
    store_code: str | None = None
