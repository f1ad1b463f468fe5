"""Orders over HTTP: where to be had, placing and reading, slots, preparing, handing over."""

from orders.routes import (
    availability,
    counter,
    opening,
    ordering,
    preparing,
    putting_back,
    slots,
    substituting,
    waving,
    wishing,
)
from orders.routes.blueprint import blueprint

__all__ = [
    "availability",
    "blueprint",
    "counter",
    "opening",
    "ordering",
    "preparing",
    "putting_back",
    "slots",
    "substituting",
    "waving",
    "wishing",
]
