"""Bulk input of stock: tables of what was counted, and feeds of other systems."""

from inventory.imports.counted import Counted, count_rows, read_header, read_row
from inventory.imports.feeds import FeedForm, read_feed, unzip
from inventory.imports.placed import read_places

__all__ = [
    "Counted",
    "FeedForm",
    "count_rows",
    "read_feed",
    "read_header",
    "read_places",
    "read_row",
    "unzip",
]
