"""Orders over HTTP: placing and reading, preparing, handing over."""

from orders.routes import counter, opening, ordering, preparing, slots
from orders.routes.blueprint import blueprint

__all__ = ["blueprint", "counter", "opening", "ordering", "preparing", "slots"]
