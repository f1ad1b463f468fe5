"""Use cases of stock: the only writer of levels, reservations and the ledger."""

from inventory.services.booking import doubt, receive, set_counted
from inventory.services.promising import hand_over, release, reserve

__all__ = ["doubt", "hand_over", "receive", "release", "reserve", "set_counted"]
