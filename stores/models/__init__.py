"""Tables of stores. Every invariant that one row can express is a constraint here."""

from stores.models.people import (
    ApiKey,
    Enrolment,
    Staff,
    StaffLocation,
    StaffSession,
    Tablet,
    Terminal,
)
from stores.models.places import (
    Brand,
    ExceptionalDays,
    Location,
    LocationBrand,
    LocationMethod,
    StoreGroup,
)
from stores.models.trade import Booking, DayLoad, Setting, Slot, SlotPattern

__all__ = [
    "ApiKey",
    "Booking",
    "Brand",
    "DayLoad",
    "Enrolment",
    "ExceptionalDays",
    "Location",
    "LocationBrand",
    "LocationMethod",
    "Setting",
    "Slot",
    "SlotPattern",
    "Staff",
    "StaffLocation",
    "StaffSession",
    "StoreGroup",
    "Tablet",
    "Terminal",
]
