"""Reads of stock, and the shapes others may see."""

from inventory.queries.feeding import (
    ConflictFacts,
    FeedFacts,
    find_next_feed,
    get_feed,
    list_conflicts,
    list_feeds,
)
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

__all__ = [
    "ConflictFacts",
    "FeedFacts",
    "LevelFacts",
    "MovementFacts",
    "Reach",
    "find_next_feed",
    "get_feed",
    "get_level",
    "list_conflicts",
    "list_feeds",
    "list_levels",
    "list_levels_of",
    "list_movements",
    "list_reserved",
    "reach",
    "sum_levels",
]
