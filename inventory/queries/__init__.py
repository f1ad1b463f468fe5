"""Reads of stock, and the shapes others may see."""

from inventory.queries.counting import (
    CountFacts,
    CountLineFacts,
    ShortageFacts,
    TaskFacts,
    get_count,
    list_count_lines,
    list_counts,
    list_shortages,
    list_tasks,
)
from inventory.queries.feeding import (
    ConflictFacts,
    FeedFacts,
    find_next_feed,
    get_feed,
    list_conflicts,
    list_feeds,
)
from inventory.queries.holding import select_given_back
from inventory.queries.incoming import IncomingFacts, list_incoming
from inventory.queries.levels import (
    LevelFacts,
    MovementFacts,
    get_level,
    list_levels,
    list_levels_of,
    list_movements,
    list_reserved,
    select_available,
    sum_levels,
)
from inventory.queries.reaching import Delivery, Reach, reach
from inventory.queries.transferring import (
    TransferFacts,
    TransferLineFacts,
    get_transfer,
    list_transfer_lines,
    list_transfers,
)

__all__ = [
    "ConflictFacts",
    "CountFacts",
    "CountLineFacts",
    "Delivery",
    "FeedFacts",
    "IncomingFacts",
    "LevelFacts",
    "MovementFacts",
    "Reach",
    "ShortageFacts",
    "TaskFacts",
    "TransferFacts",
    "TransferLineFacts",
    "find_next_feed",
    "get_count",
    "get_feed",
    "get_level",
    "get_transfer",
    "list_conflicts",
    "list_count_lines",
    "list_counts",
    "list_feeds",
    "list_incoming",
    "list_levels",
    "list_levels_of",
    "list_movements",
    "list_reserved",
    "list_shortages",
    "list_tasks",
    "list_transfer_lines",
    "list_transfers",
    "reach",
    "select_available",
    "select_given_back",
    "sum_levels",
]
