"""Stores over HTTP."""

from stores.routes import locations, methods, settings, slots
from stores.routes.blueprint import blueprint

__all__ = ["blueprint", "locations", "methods", "settings", "slots"]
