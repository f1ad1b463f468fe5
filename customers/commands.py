"""Inputs of the customers' use cases."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PointKind(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class GiveContact:
    """Who to write to about one order, as they gave it; `country` reads national numbers."""

    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    language: str
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class GiveAddress:
    """Where something is delivered to, as they said it; `country` is ISO 3166."""

    line1: str
    postcode: str
    city: str
    line2: str | None = None
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody looks for stores: what they called it, and where that is (WGS84)."""

    label: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class AskCode:
    """That a code is to be sent to a contact point, for the browser that asks to answer."""

    kind: PointKind
    value: str
    language: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A contact point whose owner has just shown that they read what arrives there."""

    kind: PointKind
    value: str
    language: str


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """That a customer agreed to something or refused it, with what shows it.

    An empty `topic` is all of them. `given_at` is when they said so.
    """

    customer_id: UUID
    purpose: str
    channel: str
    granted: bool
    wording: str
    proof: str
    source: str
    given_at: datetime
    topic: str = ""
