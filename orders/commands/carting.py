"""Inputs of baskets that move between a customer and whoever advises them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from customers.commands import GiveAddress, GiveContact, NameCompany
from orders.commands.placing import OrderPart
from orders.commands.words import Channel, Method, PayBy

NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class OpenCart:
    """A basket to begin; equal SKUs are already summed."""

    channel: Channel
    quantities: Mapping[str, int] = field(default_factory=dict)
    store_code: str | None = None
    note: str | None = None


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


@dataclass(frozen=True, slots=True)
class OrderCart:
    """A basket as it was seen, to become an order: for whom, how, where to, and how it is paid.

    To a door it has `address` and `delivery_method`. With `by_link` a card pays it from a link that
    is sent. Where it goes several ways, `parts` say how: all of the basket, and nothing else.
    `begun_at` is the store it is credited to, `ticket_number` what its till took the money by,
    `company` whom it is ordered for, `note` what the customer says of it.
    """

    seen: SeenCart
    channel: Channel
    contact: GiveContact
    pay_by: PayBy = PayBy.PICKUP
    method: Method = Method.PICKUP
    slot_id: UUID | None = None
    address: GiveAddress | None = None
    delivery_method: str | None = None
    seen_total_minor: int | None = None
    by_link: bool = False
    parts: Sequence[OrderPart] = ()
    begun_at: str | None = None
    ticket_number: str | None = None
    company: NameCompany | None = None
    note: str | None = None
