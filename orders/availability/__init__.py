"""Availability of a basket: which stores have it, when it is ready, and what else could be done."""

from orders.availability.offers import (
    ANYWHERE,
    Coverage,
    Later,
    Reason,
    StoreOffer,
    find_offers,
)
from orders.availability.ways import Part, Way, WayKind, rank_ways

__all__ = [
    "ANYWHERE",
    "Coverage",
    "Later",
    "Part",
    "Reason",
    "StoreOffer",
    "Way",
    "WayKind",
    "find_offers",
    "rank_ways",
]
