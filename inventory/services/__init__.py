"""Use cases of stock: the only writer of levels, reservations and the ledger."""

from inventory.services.applying import Step, Window, apply_lines, make_levels, open_window
from inventory.services.asking import ask_count, assign_task, open_tasks, take_task
from inventory.services.booking import adjust, doubt, receive, set_counted
from inventory.services.braking import hold_feed, is_emptied, let_through
from inventory.services.carrying import reassign_transfer, unbind_transfers
from inventory.services.counting import (
    approve_count,
    cancel_count,
    enter_count,
    open_count,
    reject_count,
    submit_count,
    tally_count,
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
from inventory.services.incoming import (
    close_incoming,
    expect_goods,
    lock_expected,
    match_incoming,
    move_incoming,
)
from inventory.services.low import note_low
from inventory.services.promising import hand_over, pass_on, release, reserve, set_aside
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
from inventory.services.selling import sell, take_back
from inventory.services.shelves import place_skus
from inventory.services.shortages import (
    assign_shortage,
    close_shortage,
    open_shortages,
    settle_shortages,
    take_shortage,
    weigh_shortages,
)
from inventory.services.statements import lock_levels
from inventory.services.transferring import (
    cancel_transfer,
    change_transfer,
    close_transfer,
    draft_transfer,
    receive_transfer,
    send_transfer,
)

__all__ = [
    "EMPTY_DIGEST",
    "HOLD_EXPIRED",
    "ROWS_AT_ONCE",
    "Receiving",
    "Step",
    "Window",
    "add_rule",
    "adjust",
    "apply_lines",
    "approve_count",
    "ask_count",
    "assign_shortage",
    "assign_task",
    "cancel_count",
    "cancel_transfer",
    "chain",
    "change_transfer",
    "close_incoming",
    "close_receiving",
    "close_shortage",
    "close_transfer",
    "complete_store",
    "declare_feed",
    "doubt",
    "draft_transfer",
    "end_rule",
    "enter_count",
    "expect_goods",
    "extend_hold",
    "find_unresolved",
    "forget_refused",
    "free_expired",
    "hand_over",
    "hold_feed",
    "is_emptied",
    "let_through",
    "lock_expected",
    "lock_levels",
    "make_levels",
    "match_incoming",
    "move_incoming",
    "note_low",
    "note_resolved",
    "open_count",
    "open_shortages",
    "open_tasks",
    "open_window",
    "pass_on",
    "place_skus",
    "reassign_transfer",
    "receive",
    "receive_batch",
    "receive_transfer",
    "refresh_levels",
    "reject_count",
    "release",
    "require_clear",
    "require_reach",
    "reserve",
    "sell",
    "send_transfer",
    "set_aside",
    "set_counted",
    "settle_hold",
    "settle_shortages",
    "submit_count",
    "take_back",
    "take_shortage",
    "take_task",
    "tally_count",
    "unbind_transfers",
    "weigh_shortages",
]
