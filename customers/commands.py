"""Inputs of the customers' use cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class PointKind(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    PHONE = "phone"


class TouchChannel(StrEnum):
    """Where a customer and we met: more ways than an order can come in."""

    WEB = "web"
    PHONE = "phone"
    STORE = "store"
    POS = "pos"
    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    FORM = "form"
    SOCIAL = "social"
    POST = "post"
    EXTERNAL = "external"
    SYSTEM = "system"


class Direction(StrEnum):
    """Who turned to whom; `within` is what we did among ourselves about it."""

    IN = "in"
    OUT = "out"
    WITHIN = "within"


class Topic(StrEnum):
    """What a message of ours may be about without having been asked for."""

    BASKETS = "baskets"
    NEWS = "news"


class Way(StrEnum):
    """On which channel we may turn to somebody who did not ask."""

    EMAIL = "email"
    SMS = "sms"
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
class GivenConsent:
    """What somebody agreed to or refused elsewhere, with what shows it, and when they said so."""

    purpose: str
    channel: str
    granted: bool
    wording: str
    proof: str
    source: str
    given_at: datetime
    topic: str = ""


@dataclass(frozen=True, slots=True)
class BringCustomer:
    """A person of another system: its own name for them, and what it knows."""

    source: str
    former_id: str
    contact: GiveContact
    addresses: tuple[GiveAddress, ...] = ()
    consents: tuple[GivenConsent, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """That a customer agreed to something or refused it, with what shows it.

    An empty `topic` is all of them. `given_at` is when they said so, now where it is None.
    `wording` is the version of what they were shown or read out, `language` which of it.
    """

    customer_id: UUID
    purpose: str
    channel: str
    granted: bool
    wording: str
    proof: str
    source: str
    given_at: datetime | None = None
    topic: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose of all that may be told: the topics per way they agreed to.

    `wording` is the one they saw, `language` which of it; `proof` shows it, `source` is the door.
    """

    customer_id: UUID
    granted: frozenset[tuple[Way, Topic]]
    wording: str
    language: str
    proof: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """That somebody agreed to be told of a topic on some ways, or refused it; no topic is all."""

    customer_id: UUID
    granted: bool
    wording: str
    language: str
    proof: str
    source: str
    ways: frozenset[Way] = frozenset(Way)
    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class RecordInteraction:
    """That something happened between a customer and us.

    `kind` is what, as `call` or `order.placed`; `text` what was said, in somebody's own words;
    `facts` hold nothing personal. Of one `event_id`, and of one `reference` of a `source`, the
    first is kept.
    """

    customer_id: UUID
    kind: str
    channel: TouchChannel
    direction: Direction
    happened_at: datetime | None = None
    contact_id: UUID | None = None
    order_id: UUID | None = None
    fulfillment_id: UUID | None = None
    sku: str | None = None
    location_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    event_id: int | None = None
    source: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NameCompany:
    """A company as somebody names it; a VAT number begins with the two letters of its country."""

    name: str
    siren: str | None = None
    vat_number: str | None = None

    @property
    def numbers(self) -> str:
        """Return its numbers as they stand on a document; empty without any."""
        said = [f"SIREN {self.siren}"] if self.siren else []
        return ", ".join([*said, *filter(None, [self.vat_number])])

    @property
    def line(self) -> str:
        """Return it as it stands on a document: its name and its numbers."""
        return ", ".join(filter(None, [self.name, self.numbers]))


@dataclass(frozen=True, slots=True)
class Prefer:
    """Where somebody likes to collect, how they like to be told, and which language they read.

    Without a store or a channel they have no preference; without a language theirs stays.
    """

    location_id: UUID | None = None
    channel: PointKind | None = None
    language: str | None = None


class Alike(StrEnum):
    """Why two customers may be one person: never sure enough to join them without being asked."""

    PHONE = "phone"
    EMAIL = "email"
    NAME_AND_POSTCODE = "name_and_postcode"
