"""Stock over HTTP."""

from inventory.routes import levels
from inventory.routes.blueprint import blueprint

__all__ = ["blueprint", "levels"]
