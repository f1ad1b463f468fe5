"""Use cases of stock: the only writer of levels, reservations and the ledger."""

from inventory.services.applying import Step, Window, apply_lines, make_levels, open_window
from inventory.services.booking import doubt, receive, set_counted
from inventory.services.feeding import (
    EMPTY_DIGEST,
    Receiving,
    chain,
    close_receiving,
    complete_store,
    declare_feed,
    forget_refused,
    receive_batch,
)
from inventory.services.promising import hand_over, release, reserve

__all__ = [
    "EMPTY_DIGEST",
    "Receiving",
    "Step",
    "Window",
    "apply_lines",
    "chain",
    "close_receiving",
    "complete_store",
    "declare_feed",
    "doubt",
    "forget_refused",
    "hand_over",
    "make_levels",
    "open_window",
    "receive",
    "receive_batch",
    "release",
    "reserve",
    "set_counted",
]
