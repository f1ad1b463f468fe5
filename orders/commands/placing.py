"""Inputs of placing an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from customers.commands import GiveContact
from inventory.commands import Hold
from orders.commands.words import Channel, Method, PayBy
from stores.settings import TradeRules


def hold_of(rules: TradeRules, channel: Channel) -> Hold:
    """Return for how long a store holds stock on this channel while a card pays, at most."""
    minutes = rules.hold_min(channel.value)
    return Hold(minutes=minutes, cap_min=minutes + rules.hold_extension_min)


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """An order to be collected at one store; equal SKUs are already summed.

    By card it is `pending`, its stock held, until the card holds the money. Without a slot it is
    promised as soon as it can be ready; drive needs one where the store has any.
    """

    channel: Channel
    store_code: str
    quantities: Mapping[str, int]
    contact: GiveContact
    pay_by: PayBy = PayBy.PICKUP
    method: Method = Method.PICKUP
    slot_id: UUID | None = None
    seen_total_minor: int | None = None
    """What the customer was told it costs; None when nobody was told."""
    reservation: bool = False
    """Nothing is paid: the store confirms, keeps it for hours, and the customer buys or not."""


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
