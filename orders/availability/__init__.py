"""Availability of a basket: which stores have it, when it is ready, and what else could be done."""

from orders.availability.answers import Answers, StoreAnswer, list_answers, list_shippers
from orders.availability.local import Assortment, LocalOffer, Plenty, read_assortment
from orders.availability.offers import ANYWHERE, Coverage, Later, Reason, StoreOffer, find_offers
from orders.availability.sources import Source, find_sources, lacking
from orders.availability.ways import Part, Way, WayKind, rank_ways

__all__ = [
    "ANYWHERE",
    "Answers",
    "Assortment",
    "Coverage",
    "Later",
    "LocalOffer",
    "Part",
    "Plenty",
    "Reason",
    "Source",
    "StoreAnswer",
    "StoreOffer",
    "Way",
    "WayKind",
    "find_offers",
    "find_sources",
    "lacking",
    "list_answers",
    "list_shippers",
    "rank_ways",
    "read_assortment",
]
