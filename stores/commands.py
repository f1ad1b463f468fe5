"""Inputs of the stores' use cases."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID


class StaffRole(StrEnum):
    """What somebody does for the retailer; `app/access.py` says what each may do."""

    ASSOCIATE = "associate"
    MANAGER = "manager"
    AGENT = "agent"
    ADMIN = "admin"


class StoreMethod(StrEnum):
    """A way in which a location serves orders; each is switched and paused by itself."""

    PICKUP = "pickup"
    DRIVE = "drive"
    SHIP = "ship"
    RESERVATION = "reservation"


@dataclass(frozen=True, slots=True)
class OpenBrand:
    """A brand as it is set up."""

    code: str
    name: str
    currency: str
    languages: tuple[str, ...]
    sender_email: str
    sms_sender: str


@dataclass(frozen=True, slots=True)
class TrustKey:
    """That a key brings the orders of a shop, at most so much an order and within 24 hours.

    Minor units, in whatever currency; None is no limit.
    """

    key_id: UUID
    source: str
    order_max_minor: int | None = None
    day_max_minor: int | None = None


@dataclass(frozen=True, slots=True)
class OpenLocation:
    """A store or warehouse as an import or an editor gives it.

    Without `prepare_min` and `hold_days` it keeps to what holds for everybody.
    """

    brand_id: UUID
    code: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    phone: str | None
    latitude: float
    longitude: float
    time_zone: str
    opening_hours: str | None
    holiday_region: str | None = None
    sells: bool = True
    collects: bool = True
    ships: bool = False
    receives: bool = True
    prepare_min: int | None = None
    hold_days: int | None = None


@dataclass(frozen=True, slots=True)
class HireStaff:
    """Somebody who begins to work for the retailer; with a brand, they see its customers only."""

    name: str
    role: StaffRole
    location_ids: tuple[UUID, ...] = ()
    email: str | None = None
    pin: str | None = None
    password: str | None = None
    brand_id: UUID | None = None


class Scope(StrEnum):
    """For whom a setting of the trade holds; a narrower one wins."""

    GLOBAL = "global"
    BRAND = "brand"
    GROUP = "group"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class SetRule:
    """A setting of the trade at one scope: `code` names the brand, group or store.

    Without `valid_from` it holds at once, without `valid_to` until something newer is set.
    """

    scope: Scope
    code: str | None
    key: str
    value: int | str | None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddPattern:
    """Slots a location offers each week; weekdays are 1 (Monday) to 7, times are its own."""

    method: StoreMethod
    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    minutes: int
    capacity: int


@dataclass(frozen=True, slots=True)
class BookCapacity:
    """What one parcel takes of a location: a slot, a place in a day that is limited, or both.

    `earliest` is when the parcel can be ready, `day` the day it counts for without a slot.
    """

    fulfillment_id: UUID
    location_id: UUID
    time_zone: str
    method: StoreMethod
    earliest: datetime
    day: date
    slot_id: UUID | None = None
    orders_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class ExceptDays:
    """Days, first to last, on which a location keeps other hours than usual; None is closed."""

    first_day: date
    last_day: date
    hours: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class StartOpening:
    """A location to be set up, like another one where `like` names it.

    Copied are its own settings, its ways to get an order, weekly slots, hours (unless given) and
    group; never its people, stock or exceptional days.
    """

    place: OpenLocation
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What other parts of the trade know of a location that is being set up."""

    has_stock: bool
    practised: bool
