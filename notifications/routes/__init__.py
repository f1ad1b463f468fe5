"""Messages over HTTP: followers, and whoever brings what people write to us."""

from notifications.routes import arriving, connectors, following
from notifications.routes.blueprint import blueprint

__all__ = ["arriving", "blueprint", "connectors", "following"]
