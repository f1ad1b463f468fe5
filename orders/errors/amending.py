"""Refusals of changing an open order."""

from kernel.errors import Conflict, Invalid


class StaleOrder(Conflict):
    """Somebody changed the order meanwhile: it is at `version` now."""

    code = "stale-order"
    title = "The order was changed meanwhile"
    way_out = "Read the order again, and send what is still wanted with its present version."


class TooLateToAmend(Conflict):
    """The store is at the parcel already, or it has ended: `state` says how far it is."""

    code = "too-late-to-amend"
    title = "Too late to change this"
    way_out = "Ask the store, or order beside what is wanted more."


class LinePriceChanged(Conflict):
    """Articles cost something else today than in the order: `lines` has both for one, by SKU.

    `agreed_minor` is what the order pays for what is to be added, `today_minor` what it costs now.
    """

    code = "line-price-changed"
    title = "The price of an article has changed since"
    way_out = "Order what is wanted more as an order of its own, at today's price."


class NothingToAmend(Invalid):
    """The order is like that already."""

    code = "nothing-to-amend"
    title = "Nothing would change"
    way_out = "Say what is to be different: articles, store, slot, address or who collects."
