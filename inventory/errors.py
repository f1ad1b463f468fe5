"""Refusals of stock."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


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


class UnknownFeed(NotFound):
    """There is no such feed."""

    code = "unknown-feed"
    title = "No such feed"
    way_out = "Take the id from the answer to the feed, or from the list of feeds."


class FeedOutOfOrder(Conflict):
    """A source's feeds are numbered upwards and their instants never go back or ahead of now."""

    code = "feed-out-of-order"
    title = "Not the next feed of this source"
    way_out = "Send a sequence above `last_sequence`, true as of an instant since `last_as_of`."


class FeedDiffers(Conflict):
    """This sequence was declared or sent with other content: a feed is never changed afterwards."""

    code = "feed-differs"
    title = "This sequence was something else before"
    way_out = "Send exactly the same again to go on where it stopped, else a higher sequence."


class UnknownRule(NotFound):
    """There is no such rule of safety stock, or it is of another's store."""

    code = "unknown-safety-rule"
    title = "No such rule"
    way_out = "Take the id from the list of rules."


class RuleOutOfReach(Forbidden):
    """A rule for more than the asker's own stores."""

    code = "safety-rule-out-of-reach"
    title = "This rule reaches beyond your stores"
    way_out = "Make it for one of your stores, or ask head office."


class RuleUnclear(Invalid):
    """A rule names what its scope needs and nothing else, and either units or percent."""

    code = "safety-rule-unclear"
    title = "The rule does not say what it is for"
    way_out = "Name exactly what the scope needs, units or percent, and an end after the beginning."
