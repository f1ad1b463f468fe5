"""Everything the back office shows, gathered under its blueprint."""

from app.admin import (
    messages,
    orders,
    people,
    places,
    signing_in,
    stock,
    stock_arrivals,
    stock_counts,
    stock_feeds,
    stock_safety,
    stock_tasks,
    stock_transfers,
    stock_why,
)
from app.admin.blueprint import blueprint

__all__ = [
    "blueprint",
    "messages",
    "orders",
    "people",
    "places",
    "signing_in",
    "stock",
    "stock_arrivals",
    "stock_counts",
    "stock_feeds",
    "stock_safety",
    "stock_tasks",
    "stock_transfers",
    "stock_why",
]
