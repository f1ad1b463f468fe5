"""What happens to stores and to the keys that open them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class StaffLimited(Event):
    """Somebody sees the customers of one brand only from now on; None is of all again."""

    name = "staff.limited.v1"
    aggregate = "staff"
    staff_id: UUID
    brand_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class LocationShared(Event):
    """The location serves exactly these brands beside its own from now on."""

    name = "store.shared.v1"
    aggregate = "location"
    location_id: UUID
    brands: list[str] = field(default_factory=list)


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
class KeyTrusted(Event):
    """A key may bring the orders of `source`, up to these amounts; None is as much as it likes."""

    name = "key.trusted.v1"
    aggregate = "key"
    key_id: UUID
    source: str
    order_max_minor: int | None
    day_max_minor: int | None


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


@dataclass(frozen=True, kw_only=True)
class MethodSwitched(Event):
    """A location offers a way to get an order from now on, or no longer."""

    name = "store.method_switched.v1"
    aggregate = "location"
    location_id: UUID
    method: str
    offered: bool


@dataclass(frozen=True, kw_only=True)
class MethodPaused(Event):
    """A location takes no orders in one way until then."""

    name = "store.method_paused.v1"
    aggregate = "location"
    location_id: UUID
    method: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class MethodResumed(Event):
    """A location takes orders in one way again."""

    name = "store.method_resumed.v1"
    aggregate = "location"
    location_id: UUID
    method: str


@dataclass(frozen=True, kw_only=True)
class SettingSet(Event):
    """A setting of the trade was set for a scope; without `scope_id` for everybody."""

    name = "setting.set.v1"
    aggregate = "setting"
    setting_id: UUID
    scope: str
    scope_id: UUID | None
    key: str
    value: int | str | None


@dataclass(frozen=True, kw_only=True)
class SettingEnded(Event):
    """A setting of the trade holds no longer."""

    name = "setting.ended.v1"
    aggregate = "setting"
    setting_id: UUID
    scope: str
    scope_id: UUID | None
    key: str


@dataclass(frozen=True, kw_only=True)
class HoursChanged(Event):
    """The usual opening hours of a location changed."""

    name = "store.hours_changed.v1"
    aggregate = "location"
    location_id: UUID
    opening_hours: str


@dataclass(frozen=True, kw_only=True)
class DaysExcepted(Event):
    """A location keeps other hours than usual on these days, or is closed."""

    name = "store.days_excepted.v1"
    aggregate = "location"
    location_id: UUID
    exceptional_id: UUID
    first_day: date
    last_day: date
    hours: str | None


@dataclass(frozen=True, kw_only=True)
class ExceptionWithdrawn(Event):
    """Exceptional days are as usual again."""

    name = "store.exception_withdrawn.v1"
    aggregate = "location"
    location_id: UUID
    exceptional_id: UUID


@dataclass(frozen=True, kw_only=True)
class SlotPatternAdded(Event):
    """A location offers slots each week."""

    name = "store.slot_pattern_added.v1"
    aggregate = "location"
    location_id: UUID
    pattern_id: UUID


@dataclass(frozen=True, kw_only=True)
class SlotPatternEnded(Event):
    """A location makes no more slots of a pattern."""

    name = "store.slot_pattern_ended.v1"
    aggregate = "location"
    location_id: UUID
    pattern_id: UUID


@dataclass(frozen=True, kw_only=True)
class StoreGrouped(Event):
    """A location belongs to a group of stores from now on, or to none."""

    name = "store.grouped.v1"
    aggregate = "location"
    location_id: UUID
    group_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class OpeningStarted(Event):
    """A location is being set up."""

    name = "store.opening_started.v1"
    aggregate = "location"
    location_id: UUID
    like_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class StoreOpened(Event):
    """A location was switched on: orders can be placed there."""

    name = "store.opened.v1"
    aggregate = "location"
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class StoreClosed(Event):
    """A location was closed for good."""

    name = "store.closed.v1"
    aggregate = "location"
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class StaffMoved(Event):
    """Somebody works at exactly these stores from now on."""

    name = "staff.moved.v1"
    aggregate = "staff"
    staff_id: UUID
    location_ids: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TerminalEnrolled(Event):
    """A till may speak for its store."""

    name = "terminal.enrolled.v1"
    aggregate = "terminal"
    terminal_id: UUID
    location_id: UUID


@dataclass(frozen=True, kw_only=True)
class TerminalKeyRenewed(Event):
    """A till has a fresh key; the one before works for a while more."""

    name = "terminal.key_renewed.v1"
    aggregate = "terminal"
    terminal_id: UUID
    location_id: UUID
    generation: int


@dataclass(frozen=True, kw_only=True)
class TerminalRevoked(Event):
    """A till speaks for nobody any more."""

    name = "terminal.revoked.v1"
    aggregate = "terminal"
    terminal_id: UUID
    location_id: UUID
