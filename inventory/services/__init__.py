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
from inventory.services.incoming import (
    close_incoming,
    expect_goods,
    match_incoming,
    move_incoming,
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
from inventory.services.transferring import (
    cancel_transfer,
    change_transfer,
    close_transfer,
    draft_transfer,
    receive_transfer,
    send_transfer,
)

__all__ = [
    "adjust",
    "approve_count",
    "ask_count",
    "assign_shortage",
    "assign_task",
    "cancel_count",
    "cancel_transfer",
    "change_transfer",
    "close_incoming",
    "close_shortage",
    "close_transfer",
    "doubt",
    "draft_transfer",
    "enter_count",
    "expect_goods",
    "hand_over",
    "match_incoming",
    "move_incoming",
    "open_count",
    "open_shortages",
    "open_tasks",
    "receive",
    "receive_transfer",
    "reject_count",
    "release",
    "reserve",
    "sell",
    "send_transfer",
    "set_aside",
    "set_counted",
    "settle_shortages",
    "submit_count",
    "take_back",
    "take_shortage",
    "take_task",
    "weigh_shortages",
]
