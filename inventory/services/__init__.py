"""Use cases of stock: the only writer of levels, reservations and the ledger."""

from inventory.services.booking import doubt, receive, set_counted
from inventory.services.holding import HOLD_EXPIRED, extend_hold, free_expired, settle_hold
from inventory.services.promising import hand_over, release, reserve

__all__ = [
    "HOLD_EXPIRED",
    "doubt",
    "extend_hold",
    "free_expired",
    "hand_over",
    "receive",
    "release",
    "reserve",
    "set_counted",
    "settle_hold",
]
