"""Use cases of stock: the only writer of levels, reservations and the ledger."""

from inventory.services.applying import Step, Window, apply_lines, open_window
from inventory.services.asking import ask_count, assign_task, open_tasks, take_task
from inventory.services.booking import adjust, doubt, receive, set_counted
from inventory.services.counting import (
    approve_count,
    cancel_count,
    enter_count,
    open_count,
    reject_count,
    submit_count,
)
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
from inventory.services.holding import HOLD_EXPIRED, extend_hold, free_expired, settle_hold
from inventory.services.promising import hand_over, release, reserve, set_aside
from inventory.services.selling import sell, take_back
from inventory.services.shortages import (
    assign_shortage,
    close_shortage,
    open_shortages,
    settle_shortages,
    take_shortage,
    weigh_shortages,
)

__all__ = [
    "EMPTY_DIGEST",
    "HOLD_EXPIRED",
    "Receiving",
    "Step",
    "Window",
    "adjust",
    "apply_lines",
    "approve_count",
    "ask_count",
    "assign_shortage",
    "assign_task",
    "cancel_count",
    "chain",
    "close_receiving",
    "close_shortage",
    "complete_store",
    "declare_feed",
    "doubt",
    "enter_count",
    "extend_hold",
    "forget_refused",
    "free_expired",
    "hand_over",
    "open_count",
    "open_shortages",
    "open_tasks",
    "open_window",
    "receive",
    "receive_batch",
    "reject_count",
    "release",
    "reserve",
    "sell",
    "set_aside",
    "set_counted",
    "settle_hold",
    "settle_shortages",
    "submit_count",
    "take_back",
    "take_shortage",
    "take_task",
    "weigh_shortages",
]
