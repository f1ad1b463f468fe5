"""Orders over HTTP: where to be had, placing and reading, slots, preparing, handing over."""

from orders.routes import (
    availability,
    choosing,
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
    "choosing",
    "counter",
    "opening",
    "ordering",
    "preparing",
    "slots",
    "wishing",
]
