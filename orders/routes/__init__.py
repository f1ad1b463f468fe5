"""Orders over HTTP: placing and reading, preparing, handing over."""

from orders.routes import counter, ordering, preparing, slots
from orders.routes.blueprint import blueprint

__all__ = ["blueprint", "counter", "ordering", "preparing", "slots"]
