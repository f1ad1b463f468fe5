"""Everything the back office shows, gathered under its blueprint."""

from app.admin import (
    messages,
    orders,
    people,
    places,
    signing_in,
    stock,
    store_groups,
    store_hours,
    store_opening,
    store_people,
    store_settings,
    store_slots,
    store_ways,
)
from app.admin.blueprint import blueprint

__all__ = [
    "blueprint",
    "messages",
    "orders",
    "people",
    "places",
    "signing_in",
    "stock",
    "store_groups",
    "store_hours",
    "store_opening",
    "store_people",
    "store_settings",
    "store_slots",
    "store_ways",
]
