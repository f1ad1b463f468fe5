"""Words of notifications."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class Template(StrEnum):
    """What a message says. Each is of the service class: none advertises."""

    CONFIRMATION = "confirmation"
    READY = "ready"
    REMINDER = "reminder"
    LAST_DAY = "last_day"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RECEIPT = "receipt"
    BACK_IN_STOCK = "back_in_stock"
    SUBSTITUTE = "substitute"


OPENS_PARCEL = frozenset({Template.READY, Template.REMINDER, Template.LAST_DAY})
"""Templates that carry the code: they are true only while the parcel waits."""


class MessageStatus(StrEnum):
    """The truth about a message's way."""

    DUE = "due"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Owe:
    """That an event of a parcel has to be told to its customer in this template's words."""

    event_id: int
    fulfillment_id: UUID
    template: Template


@dataclass(frozen=True, slots=True)
class OweWish:
    """That somebody has to be told of a SKU that can be had again."""

    event_id: int
    wish_id: UUID
