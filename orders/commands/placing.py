"""Inputs of placing an order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customers.commands import GiveAddress, GiveContact, NameCompany
from inventory.commands import Hold
from orders.commands.words import Channel, Method, PayBy
from stores.settings import TradeRules

ORDER_NOTE_MAX: Final = 200
"""Signs of what a customer says to whoever prepares, hands over or brings an order."""


def hold_of(rules: TradeRules, channel: Channel) -> Hold:
    """Return for how long a store holds stock on this channel while a card pays, at most."""
    minutes = rules.hold_min(channel.value)
    return Hold(minutes=minutes, cap_min=minutes + rules.hold_extension_min)


@dataclass(frozen=True, slots=True)
class Collect:
    """What a customer gets at a store: kept for them, brought to their car, or taken along at once.

    Equal SKUs are already summed. Without a slot it is promised as soon as it can be ready; drive
    needs one where the store has any. What is taken along has no promise: it is there.
    """

    store_code: str
    quantities: Mapping[str, int]
    method: Method = Method.PICKUP
    slot_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Bring:
    """What is brought to a door, in as many parcels as it takes; equal SKUs are already summed."""

    address: GiveAddress
    quantities: Mapping[str, int]
    delivery_method: str
    """The code of the way to the door."""

    @property
    def method(self) -> Method:
        """Return how the goods reach the customer."""
        return Method.DELIVERY


OrderPart = Collect | Bring


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """What a SKU costs as another shop agreed it; `discount_minor` is off all of it.

    Without a VAT rate it has that of the catalogue.
    """

    unit_price_minor: int
    discount_minor: int = 0
    vat_bp: int | None = None


@dataclass(frozen=True, slots=True)
class AgreedCharge:
    """What having it brought in one way costs as another shop agreed it."""

    amount_minor: int
    vat_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What another shop agreed with its customer: no price of ours is asked for.

    Prices of lines are by SKU, charges by the code of a way to a door: one it does not name costs
    nothing. `total_minor` is what it says that all of it comes to, `paid_minor` what it was paid.
    """

    lines: Mapping[str, AgreedLine]
    charges: Mapping[str, AgreedCharge]
    total_minor: int
    paid_minor: int = 0

    @property
    def is_paid(self) -> bool:
        """Tell whether nothing is left to pay."""
        return self.paid_minor >= self.total_minor


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """An order of parts that are placed together or not at all; parts may share a SKU.

    By card or at a till it is `pending`, its stock held, until the money is there; with the number
    of a till's ticket it is paid. `begun_at` is the code of the store where it is begun, whose till
    may be paid and which it is credited to; `seller_id` whom, where that is not the actor. Where
    neither a store nor `brand_code` says who sells, there has to be one brand.
    """

    channel: Channel
    parts: Sequence[OrderPart]
    contact: GiveContact
    pay_by: PayBy = PayBy.PICKUP
    begun_at: str | None = None
    brand_code: str | None = None
    seen_total_minor: int | None = None
    """What the customer was told it costs; None when nobody was told."""
    seller_id: UUID | None = None
    ticket_number: str | None = None
    reservation: bool = False
    """Nothing is paid: the store confirms, keeps it for hours, and the customer buys or not."""
    agreed: Agreed | None = None
    """What another shop agreed, whose order it is; None for an order of ours."""
    company: NameCompany | None = None
    """The company it is ordered for, as it is called now."""
    note: str | None = None
    """What the customer says to whoever prepares, hands over or brings it."""

    @property
    def quantities(self) -> dict[str, int]:
        """Return what is ordered altogether, SKUs in the order in which they are first named."""
        return add_up(part.quantities for part in self.parts)

    @property
    def waits_for_money(self) -> bool:
        """Tell whether nothing is prepared before a card or a till has paid."""
        return self.pay_by is not PayBy.PICKUP and self.ticket_number is None


def add_up(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return how many of each SKU several parts have together."""
    total: dict[str, int] = {}
    for part in parts:
        for sku, units in part.items():
            total[sku] = total.get(sku, 0) + units
    return total


@dataclass(frozen=True, slots=True)
class WishStock:
    """Somebody asks to be told, once, when a SKU can be had: at one store, or at any.

    An e-mail address or a phone number says where; the phone number as dialled in France.
    """

    sku: str
    store_code: str | None
    email: str | None
    phone: str | None
    language: str
