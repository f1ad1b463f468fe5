"""Inputs of having things brought: the ways to a door, and an order that goes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from customers.commands import GiveAddress, GiveContact
from orders.commands.words import Channel, Method, PayBy, PricedBy


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


@dataclass(frozen=True, slots=True)
class PlaceDelivery:
    """An order to be brought to a door; equal SKUs are already summed.

    It is pending until a card holds the money or a till took it: nothing leaves unpaid.
    `store_code` and `brand_code` as in `AskDelivery`.
    """

    channel: Channel
    quantities: Mapping[str, int]
    contact: GiveContact
    address: GiveAddress
    delivery_method: str
    pay_by: PayBy
    brand_code: str | None = None
    store_code: str | None = None
    seen_total_minor: int | None = None

    @property
    def asked(self) -> AskDelivery:
        """Return what is asked to place it."""
        return AskDelivery(
            self.channel,
            self.contact.language,
            self.quantities,
            self.address.postcode,
            self.address.country,
            self.brand_code,
            self.store_code,
        )

    @property
    def method(self) -> Method:
        """Return how the goods reach the customer."""
        return Method.DELIVERY

    @property
    def slot_id(self) -> UUID | None:
        """Return no slot: a parcel leaves when it can."""
        return None
