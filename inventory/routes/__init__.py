"""Stock over HTTP."""

from inventory.routes import feeding, levels
from inventory.routes.blueprint import blueprint

__all__ = ["blueprint", "feeding", "levels"]
