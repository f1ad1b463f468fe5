"""The tablet's pages: entering, preparing, handing over, the shelf, finding articles, printing."""

from app.staff.views import (
    correcting,
    counter,
    counting,
    entering,
    finding,
    preparing,
    printing,
    putting_back,
    receiving,
    shelf,
    substituting,
    transferring,
    waving,
)
from app.staff.views.base import blueprint

__all__ = [
    "blueprint",
    "correcting",
    "counter",
    "counting",
    "entering",
    "finding",
    "preparing",
    "printing",
    "putting_back",
    "receiving",
    "shelf",
    "substituting",
    "transferring",
    "waving",
]
