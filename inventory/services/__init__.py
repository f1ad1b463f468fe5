"""Use cases of stock: the only writer of levels, reservations and the ledger."""

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
    "adjust",
    "approve_count",
    "ask_count",
    "assign_shortage",
    "assign_task",
    "cancel_count",
    "close_shortage",
    "doubt",
    "enter_count",
    "hand_over",
    "open_count",
    "open_shortages",
    "open_tasks",
    "receive",
    "reject_count",
    "release",
    "reserve",
    "sell",
    "set_aside",
    "set_counted",
    "settle_shortages",
    "submit_count",
    "take_back",
    "take_shortage",
    "take_task",
    "weigh_shortages",
]
