"""Reads of stores and of the people who work there."""

from stores.queries.devices import DeviceFacts, get_names, list_tablets
from stores.queries.groups import find_group_id, select_codes, select_grouped, select_groups
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

__all__ = [
    "BrandFacts",
    "DeviceFacts",
    "KeyFacts",
    "Near",
    "SignedIn",
    "StaffFacts",
    "StoreFacts",
    "TabletFacts",
    "find_brand",
    "find_group_id",
    "find_key",
    "find_signed_in",
    "find_tablet",
    "get_brand",
    "get_names",
    "get_store",
    "get_store_by_id",
    "list_staff",
    "list_stores",
    "list_tablets",
    "select_codes",
    "select_grouped",
    "select_groups",
    "select_stores",
    "store_from",
]
