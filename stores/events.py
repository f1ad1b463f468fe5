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


@dataclass(frozen=True, kw_only=True)
class TabletEnrolled(Event):
    """A device became a tablet of a store."""

    name = "tablet.enrolled.v1"
    aggregate = "tablet"
    tablet_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class TabletRevoked(Event):
    """A tablet died, and with it everybody's session on it."""

    name = "tablet.revoked.v1"
    aggregate = "tablet"
    tablet_id: UUID


@dataclass(frozen=True, kw_only=True)
class StaffHired(Event):
    """Somebody joined the staff."""

    name = "staff.hired.v1"
    aggregate = "staff"
    staff_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class StaffDisabled(Event):
    """Somebody left the staff: their sessions and keys are dead."""

    name = "staff.disabled.v1"
    aggregate = "staff"
    staff_id: UUID


@dataclass(frozen=True, kw_only=True)
class StaffSignedIn(Event):
    """Somebody signed in, on a tablet or elsewhere."""

    name = "staff.signed_in.v1"
    aggregate = "sign_in"
    sign_in_id: UUID
    staff_id: UUID
    tablet_id: UUID | None
