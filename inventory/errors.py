"""Refusals of stock."""

from kernel.errors import Conflict, NotFound


class OutOfStock(Conflict):
    """At least one article is short at the chosen store; `shortages` maps SKU to what is left."""

    code = "out-of-stock"
    title = "Not enough stock at this store"
    way_out = "Order at most what is left, or ask the availability of other stores."


class NoStockRecord(NotFound):
    """This article was never stocked at this location."""

    code = "no-stock-record"
    title = "Never stocked here"
    way_out = "Receive the article at this location first."


class NotOnShelf(Conflict):
    """More was to be taken from the shelf than is booked there."""

    code = "not-on-shelf"
    title = "The shelf does not hold that many"
    way_out = "Count the shelf and book the difference."
