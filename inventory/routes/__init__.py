"""Stock over HTTP."""

from inventory.routes import booking, counts, feeding, levels, tasks
from inventory.routes.blueprint import blueprint

__all__ = ["blueprint", "booking", "counts", "feeding", "levels", "tasks"]
