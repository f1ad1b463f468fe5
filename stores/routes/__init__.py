"""Stores over HTTP."""

from stores.routes import (
    groups,
    hours,
    locations,
    methods,
    opening,
    settings,
    slots,
    staff,
    terminals,
)
from stores.routes.blueprint import blueprint

__all__ = [
    "blueprint",
    "groups",
    "hours",
    "locations",
    "methods",
    "opening",
    "settings",
    "slots",
    "staff",
    "terminals",
]
