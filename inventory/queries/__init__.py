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
from inventory.queries.incoming import IncomingFacts, list_incoming
from inventory.queries.levels import (
    LevelFacts,
    MovementFacts,
    get_level,
    list_levels,
    list_levels_of,
    list_movements,
    list_reserved,
    sum_levels,
)
from inventory.queries.reaching import Reach, reach
from inventory.queries.transferring import (
    TransferFacts,
    TransferLineFacts,
    get_transfer,
    list_transfer_lines,
    list_transfers,
)

__all__ = [
    "CountFacts",
    "CountLineFacts",
    "IncomingFacts",
    "LevelFacts",
    "MovementFacts",
    "Reach",
    "ShortageFacts",
    "TaskFacts",
    "TransferFacts",
    "TransferLineFacts",
    "get_count",
    "get_level",
    "get_transfer",
    "list_count_lines",
    "list_counts",
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
    "sum_levels",
]
