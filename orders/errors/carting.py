"""Refusals of baskets."""

from kernel.errors import Conflict, Invalid, NotFound


class UnknownCart(NotFound):
    """There is no such basket: the link or the code is not one of ours, or it is too old."""

    code = "unknown-cart"
    title = "No such basket"
    way_out = "Check the code, or ask whoever gave it for a new link. Baskets are kept 90 days."


class CartChanged(Conflict):
    """Somebody changed the basket on another device; `version`, `store` and `items` say how it is.

    Nothing of what was asked was done.
    """

    code = "cart-changed"
    title = "The basket was changed meanwhile"
    way_out = "Read the present basket, and send the change again with its `version`."


class CartOrdered(Conflict):
    """The basket has become an order: it can be neither changed nor ordered again."""

    code = "cart-ordered"
    title = "The basket was ordered already"
    way_out = "Begin a new basket. The order itself is followed by its own link or number."


class EmptyCart(Conflict):
    """Nothing is in the basket that could be ordered."""

    code = "empty-cart"
    title = "The basket is empty"
    way_out = "Put at least one article into it."


class NoStoreChosen(Invalid):
    """The basket is to be collected, but nobody said at which store."""

    code = "no-store-chosen"
    title = "No store was chosen"
    way_out = "Choose the store where the basket is collected, or have it brought."
