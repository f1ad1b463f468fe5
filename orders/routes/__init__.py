"""Orders over HTTP: where to be had, placing and reading, slots, preparing, handing over."""

from orders.routes import (
    availability,
    cases,
    choosing,
    coming,
    counter,
    fetching,
    keeping,
    offline,
    opening,
    ordering,
    preparing,
    putting_back,
    shipping,
    slots,
    substituting,
    waving,
    wishing,
)
from orders.routes.blueprint import blueprint

__all__ = [
    "availability",
    "blueprint",
    "cases",
    "choosing",
    "coming",
    "counter",
    "fetching",
    "keeping",
    "offline",
    "opening",
    "ordering",
    "preparing",
    "putting_back",
    "shipping",
    "slots",
    "substituting",
    "waving",
    "wishing",
]
