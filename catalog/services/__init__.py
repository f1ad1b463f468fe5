"""Use cases of the catalogue."""

from catalog.services.listing import list_category, list_skus
from catalog.services.pricing import set_prices

__all__ = ["list_category", "list_skus", "set_prices"]
