"""Inputs of the orders' use cases, and the words callers need."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from customers.commands import GiveContact
from inventory.commands import Hold, StockEffect
from kernel.actors import ActorKind
from stores.settings import TradeRules


class Channel(StrEnum):
    """Where an order was begun."""

    WEB = "web"
    PHONE = "phone"
    STORE = "store"
    POS = "pos"
    CHAT = "chat"
    EXTERNAL = "external"


class Method(StrEnum):
    """How the goods reach the customer."""

    PICKUP = "pickup"
    DRIVE = "drive"
    DELIVERY = "delivery"
    CARRY_OUT = "carry_out"


class Status(StrEnum):
    """Where a fulfillment stands; `orders.models.NEXT` says what may follow."""

    PENDING = "pending"
    NEW = "new"
    ACCEPTED = "accepted"
    PICKING = "picking"
    READY = "ready"
    HANDED_OVER = "handed_over"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    IN_TRANSFER = "in_transfer"
    REJECTED = "rejected"
    REROUTED = "rerouted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Formation(StrEnum):
    """How the contract came about: a distance contract may be withdrawn from for 14 days."""

    DISTANCE = "distance"
    IN_STORE = "in_store"


class ShortReason(StrEnum):
    """Why a picker could not take what was ordered."""

    NOT_FOUND = "not_found"
    DAMAGED = "damaged"
    DISPLAY_ONLY = "display_only"
    SOLD_TO_WALK_IN = "sold_to_walk_in"
    WRONG_LABEL = "wrong_label"
    QUALITY = "quality"


SHORT_EFFECTS: Final[Mapping[ShortReason, StockEffect]] = {
    ShortReason.NOT_FOUND: StockEffect.ALL_LEFT,
    ShortReason.DAMAGED: StockEffect.THIS_QUANTITY,
    ShortReason.DISPLAY_ONLY: StockEffect.THIS_QUANTITY,
    ShortReason.SOLD_TO_WALK_IN: StockEffect.THIS_QUANTITY,
    ShortReason.WRONG_LABEL: StockEffect.NONE,
    ShortReason.QUALITY: StockEffect.THIS_QUANTITY,
}
"""What each reason says of the shelf: what is doubted leaves the offer until somebody counts."""


class CancelReason(StrEnum):
    """Why an order was called off."""

    CUSTOMER_REMORSE = "customer_remorse"
    NO_SHOW = "no_show"
    OUT_OF_STOCK = "out_of_stock"
    FRAUD = "fraud"
    PRICE_ERROR = "price_error"
    DUPLICATE = "duplicate"


class Found(StrEnum):
    """How the parcel was found at the counter."""

    QR = "qr"
    CODE = "code"
    SEARCH = "search"


CHANNELS_OF: Final[Mapping[ActorKind, frozenset[Channel]]] = {
    ActorKind.SHOPPER: frozenset({Channel.WEB}),
    ActorKind.ASSOCIATE: frozenset({Channel.STORE, Channel.PHONE}),
    ActorKind.MANAGER: frozenset({Channel.STORE, Channel.PHONE}),
    ActorKind.AGENT: frozenset({Channel.PHONE, Channel.CHAT}),
    ActorKind.ADMIN: frozenset({Channel.PHONE, Channel.STORE}),
    ActorKind.INTEGRATION: frozenset({Channel.WEB, Channel.PHONE, Channel.STORE}),
    ActorKind.SYSTEM: frozenset(Channel),
}
"""Who may begin an order on which channel."""


class PayBy(StrEnum):
    """How an order is paid."""

    PICKUP = "pickup"
    CARD = "card"


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


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the associate saw at the counter, and what the customer takes.

    Exactly one of `qr`, `code` and `fulfillment_id` finds the parcel. Without `quantities`
    everything left is handed over. `ticket_number` is the till's, where money was due.
    """

    store_code: str
    qr: str | None = None
    code: str | None = None
    fulfillment_id: UUID | None = None
    ticket_number: str | None = None
    quantities: Mapping[str, int] | None = None


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
