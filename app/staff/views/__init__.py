"""The tablet's pages: entering, preparing, handing over, finding articles, printing."""

from app.staff.views import counter, entering, finding, preparing, printing
from app.staff.views.base import blueprint

__all__ = ["blueprint", "counter", "entering", "finding", "preparing", "printing"]
