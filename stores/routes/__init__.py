"""Stores over HTTP."""

from stores.routes import hours, locations, methods, settings, slots
from stores.routes.blueprint import blueprint

__all__ = ["blueprint", "hours", "locations", "methods", "settings", "slots"]
