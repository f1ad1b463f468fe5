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
from inventory.queries.safety import (
    Hidden,
    HiddenAt,
    Preview,
    RuleFacts,
    Verdict,
    get_rule,
    list_rules,
    preview_rule,
    select_resolved,
    which_rule,
)

__all__ = [
    "ConflictFacts",
    "FeedFacts",
    "Hidden",
    "HiddenAt",
    "LevelFacts",
    "MovementFacts",
    "Preview",
    "Reach",
    "RuleFacts",
    "Verdict",
    "find_next_feed",
    "get_feed",
    "get_level",
    "get_rule",
    "list_conflicts",
    "list_feeds",
    "list_levels",
    "list_levels_of",
    "list_movements",
    "list_reserved",
    "list_rules",
    "preview_rule",
    "reach",
    "select_resolved",
    "sum_levels",
    "which_rule",
]
