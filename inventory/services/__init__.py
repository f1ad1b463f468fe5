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
from inventory.services.safety import (
    ROWS_AT_ONCE,
    add_rule,
    end_rule,
    find_unresolved,
    note_resolved,
    refresh_levels,
    require_clear,
    require_reach,
)

__all__ = [
    "EMPTY_DIGEST",
    "ROWS_AT_ONCE",
    "Receiving",
    "Step",
    "Window",
    "add_rule",
    "apply_lines",
    "chain",
    "close_receiving",
    "complete_store",
    "declare_feed",
    "doubt",
    "end_rule",
    "find_unresolved",
    "forget_refused",
    "hand_over",
    "make_levels",
    "note_resolved",
    "open_window",
    "receive",
    "receive_batch",
    "refresh_levels",
    "release",
    "require_clear",
    "require_reach",
    "reserve",
    "set_counted",
]
