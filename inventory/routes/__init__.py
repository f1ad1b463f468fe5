"""Stock over HTTP."""

from inventory.routes import feeding, following, levels, safety
from inventory.routes.blueprint import blueprint

__all__ = ["blueprint", "feeding", "following", "levels", "safety"]
