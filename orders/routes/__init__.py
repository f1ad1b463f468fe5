"""Orders over HTTP: where to be had, placing and reading, slots, preparing, handing over."""

from orders.routes import (
    availability,
    coming,
    counter,
    opening,
    ordering,
    preparing,
    slots,
    wishing,
)
from orders.routes.blueprint import blueprint

__all__ = [
    "availability",
    "blueprint",
    "coming",
    "counter",
    "opening",
    "ordering",
    "preparing",
    "slots",
    "wishing",
]
