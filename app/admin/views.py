"""Everything the back office shows, gathered under its blueprint."""

from app.admin import messages, orders, people, places, signing_in, stock
from app.admin.blueprint import blueprint

__all__ = ["blueprint", "messages", "orders", "people", "places", "signing_in", "stock"]
