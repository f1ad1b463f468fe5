"""What happens to stores and to the keys that open them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StorePaused(Event):
    """The store takes no new pickup orders until then."""

    name = "store.paused.v1"
    aggregate = "location"
    location_id: UUID
    until: datetime


@dataclass(frozen=True, kw_only=True)
class StoreResumed(Event):
    """The store takes orders again."""

    name = "store.resumed.v1"
    aggregate = "location"
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class KeyIssued(Event):
    """A bearer key was issued with these scopes."""

    name = "key.issued.v1"
    aggregate = "key"
    key_id: UUID
    scopes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class KeyRevoked(Event):
    """A bearer key died."""

    name = "key.revoked.v1"
    aggregate = "key"
    key_id: UUID
