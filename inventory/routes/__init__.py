"""Stock over HTTP."""

from inventory.routes import booking, counts, levels, tasks
from inventory.routes.blueprint import blueprint

__all__ = ["blueprint", "booking", "counts", "levels", "tasks"]
