"""Reads of stores and of the people who work there."""

from stores.queries.devices import DeviceFacts, get_names, list_tablets
from stores.queries.freeing import FreeSlot, free_slots_from, with_free_slots
from stores.queries.locations import (
    BrandFacts,
    Near,
    StoreFacts,
    find_brand,
    get_brand,
    get_store,
    get_store_by_id,
    list_stores,
    select_stores,
    store_from,
)
from stores.queries.people import (
    KeyFacts,
    SignedIn,
    StaffFacts,
    TabletFacts,
    find_key,
    find_signed_in,
    find_tablet,
    list_staff,
)
from stores.queries.places import PlaceFacts, find_place, fold, get_place

__all__ = [
    "BrandFacts",
    "DeviceFacts",
    "FreeSlot",
    "KeyFacts",
    "Near",
    "PlaceFacts",
    "SignedIn",
    "StaffFacts",
    "StoreFacts",
    "TabletFacts",
    "find_brand",
    "find_key",
    "find_place",
    "find_signed_in",
    "find_tablet",
    "fold",
    "free_slots_from",
    "get_brand",
    "get_names",
    "get_place",
    "get_store",
    "get_store_by_id",
    "list_staff",
    "list_stores",
    "list_tablets",
    "select_stores",
    "store_from",
    "with_free_slots",
]
