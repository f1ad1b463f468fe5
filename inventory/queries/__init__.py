"""Reads of stock, and the shapes others may see."""

from inventory.queries.holding import select_given_back
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
    "LevelFacts",
    "MovementFacts",
    "Reach",
    "get_level",
    "list_levels",
    "list_levels_of",
    "list_movements",
    "list_reserved",
    "reach",
    "select_given_back",
    "sum_levels",
]
