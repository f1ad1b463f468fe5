"""Reads of stores and of the people who work there."""

from stores.queries.devices import DeviceFacts, get_names, list_tablets
from stores.queries.freeing import FreeSlot, free_slots_from
from stores.queries.groups import (
    GroupFacts,
    find_group_id,
    list_groups,
    select_codes,
    select_grouped,
    select_groups,
)
from stores.queries.hours import ExceptionalFacts, list_coming_exceptional, list_exceptional
from stores.queries.locations import (
    BrandFacts,
    find_brand,
    get_brand,
    get_store,
    get_store_by_id,
    list_stores,
)
from stores.queries.methods import MethodFacts, list_methods
from stores.queries.opening import OpeningFacts, OpeningStep, StepFacts, get_opening
from stores.queries.people import (
    KeyFacts,
    SignedIn,
    StaffFacts,
    TabletFacts,
    find_key,
    find_signed_in,
    find_tablet,
    list_staff,
    page_staff,
)
from stores.queries.places import PlaceFacts, find_place, fold, get_place
from stores.queries.rows import StoreFacts, promise_key, store_from
from stores.queries.selecting import Near, WaitingAt, Where, select_stores, select_where
from stores.queries.settings import (
    RuleFacts,
    SettingFacts,
    Standing,
    explain_settings,
    list_settings,
)
from stores.queries.slots import PatternFacts, SlotFacts, list_free_slots, list_patterns, list_slots

__all__ = [
    "BrandFacts",
    "DeviceFacts",
    "ExceptionalFacts",
    "FreeSlot",
    "GroupFacts",
    "KeyFacts",
    "MethodFacts",
    "Near",
    "OpeningFacts",
    "OpeningStep",
    "PatternFacts",
    "PlaceFacts",
    "RuleFacts",
    "SettingFacts",
    "SignedIn",
    "SlotFacts",
    "StaffFacts",
    "Standing",
    "StepFacts",
    "StoreFacts",
    "TabletFacts",
    "WaitingAt",
    "Where",
    "explain_settings",
    "find_brand",
    "find_group_id",
    "find_key",
    "find_place",
    "find_signed_in",
    "find_tablet",
    "fold",
    "free_slots_from",
    "get_brand",
    "get_names",
    "get_opening",
    "get_place",
    "get_store",
    "get_store_by_id",
    "list_coming_exceptional",
    "list_exceptional",
    "list_free_slots",
    "list_groups",
    "list_methods",
    "list_patterns",
    "list_settings",
    "list_slots",
    "list_staff",
    "list_stores",
    "list_tablets",
    "page_staff",
    "promise_key",
    "select_codes",
    "select_grouped",
    "select_groups",
    "select_stores",
    "select_where",
    "store_from",
]
