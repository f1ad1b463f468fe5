"""The tablet's pages: entering, preparing, handing over, the shelf, finding articles, printing."""

from app.staff.views import (
    cases,
    correcting,
    counter,
    counting,
    entering,
    fetching,
    finding,
    packing,
    preparing,
    printing,
    putting_back,
    receiving,
    rejecting,
    shelf,
    substituting,
    transferring,
    waving,
)
from app.staff.views.base import blueprint

__all__ = [
    "blueprint",
    "cases",
    "correcting",
    "counter",
    "counting",
    "entering",
    "fetching",
    "finding",
    "packing",
    "preparing",
    "printing",
    "putting_back",
    "receiving",
    "rejecting",
    "shelf",
    "substituting",
    "transferring",
    "waving",
]
