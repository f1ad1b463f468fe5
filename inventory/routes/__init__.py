"""Stock over HTTP."""

from inventory.routes import feeding, levels, safety
from inventory.routes.blueprint import blueprint

__all__ = ["blueprint", "feeding", "levels", "safety"]
