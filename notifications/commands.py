"""Words of notifications."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from customers.commands import Topic


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class Template(StrEnum):
    """What a message says. `ADVERTISES` names those of the marketing class; others serve."""

    CONFIRMATION = "confirmation"
    READY = "ready"
    REMINDER = "reminder"
    LAST_DAY = "last_day"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RECEIPT = "receipt"
    REJECTED = "rejected"
    REROUTED = "rerouted"
    AMENDED = "amended"
    PARTLY = "partly"
    SUBSTITUTE = "substitute"
    BACK_IN_STOCK = "back_in_stock"
    PROXY_PASS = "proxy_pass"  # noqa: S105 (the name of a message)
    PROXY_COLLECTED = "proxy_collected"
    DELAYED = "delayed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    CART = "cart"
    CART_LEFT = "cart_left"
    PAY_LINK = "pay_link"
    PAY_REMINDER = "pay_reminder"
    UNPAID = "unpaid"
    CASE_DUE = "case_due"
    LOW_STOCK = "low_stock"
    CODE = "code"
    REPLY = "reply"


OPENS_PARCEL = frozenset(
    {Template.READY, Template.REMINDER, Template.LAST_DAY, Template.PROXY_PASS}
)
"""Templates that carry the code: they are true only while the parcel waits."""


FROM_LINK = frozenset({Template.PAY_LINK, Template.PAY_REMINDER})
"""Templates that lead to the payment: they are true only while the link is open."""

ASKS_SCORE = frozenset({Template.RECEIPT, Template.DELIVERED})
"""Templates that end a matter: they ask how it was, by five links, in the same message."""

ADVERTISES: Final[Mapping[Template, Topic]] = {Template.CART_LEFT: Topic.BASKETS}
"""Templates of the marketing class, and what each is about: nobody is sent one against their word.
"""

FOR_STAFF = frozenset({Template.CASE_DUE, Template.LOW_STOCK})
"""Templates that speak to the retailer's own people."""


class MessageStatus(StrEnum):
    """The truth about a message's way."""

    DUE = "due"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Owe:
    """That an event of a parcel has to be told to its customer in this template's words.

    With `contact_id` it is told to somebody whom the customer sends.
    """

    event_id: int
    fulfillment_id: UUID
    template: Template
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OweWish:
    """That somebody has to be told of a SKU that can be had again."""

    event_id: int
    wish_id: UUID


@dataclass(frozen=True, slots=True)
class OweCart:
    """That somebody has to be sent the link of a basket, or be reminded of one they left."""

    event_id: int
    cart_id: UUID
    contact_id: UUID
    template: Template = Template.CART


@dataclass(frozen=True, slots=True)
class OweCode:
    """That a contact point is to be sent the code that proves it."""

    event_id: int
    challenge_id: UUID


@dataclass(frozen=True, slots=True)
class OweAnswer:
    """That somebody has to be told what we answered them: one entry of a conversation."""

    event_id: int
    thread_id: UUID
    entry_id: int


@dataclass(frozen=True, slots=True)
class OweStaff:
    """That people of the retailer have to be told: of a case, or of what runs low at a store.

    Exactly one of `case_id` and `location_id` says of what. `level` is a case's: at 2 head office
    is told as well.
    """

    event_id: int
    template: Template
    case_id: UUID | None = None
    location_id: UUID | None = None
    level: int = 1


@dataclass(frozen=True, slots=True)
class OpenWebhook:
    """Where a follower wants to be rung, and about which events: all when none is named."""

    url: str
    events: frozenset[str] = frozenset()


class ConnectorKind(StrEnum):
    """What a connector brings: messages of a social network, or e-mails."""

    SOCIAL = "social"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class OpenConnector:
    """A program that brings what comes in elsewhere, and takes our answers there to `url`.

    `source` is its name in addresses and signatures, and never changes. `brand` is the code of the
    one it brings things to; without it, who writes is taken for a customer of the shop's pages.
    """

    source: str
    name: str
    kind: ConnectorKind
    url: str | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class ComeMessage:
    """A message of a social network; `sender` is what its writer is called there."""

    id: str
    sender: str
    text: str
    name: str = ""
    language: str | None = None
