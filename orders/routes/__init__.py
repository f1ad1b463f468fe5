"""Orders over HTTP: where to be had, placing and reading, preparing, handing over."""

from orders.routes import availability, counter, ordering, preparing
from orders.routes.blueprint import blueprint

__all__ = ["availability", "blueprint", "counter", "ordering", "preparing"]
