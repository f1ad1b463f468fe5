"""Stock over HTTP."""

from inventory.routes import (
    booking,
    counts,
    feeding,
    following,
    incoming,
    levels,
    safety,
    shelves,
    tasks,
    transfers,
)
from inventory.routes.blueprint import blueprint

__all__ = [
    "blueprint",
    "booking",
    "counts",
    "feeding",
    "following",
    "incoming",
    "levels",
    "safety",
    "shelves",
    "tasks",
    "transfers",
]
