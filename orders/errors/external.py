"""Refusals of orders another shop brings."""

from kernel.errors import Conflict, Forbidden, Invalid


class StatedTotalDiffers(Invalid):
    """The shop says its order comes to `stated_minor`; its lines and charges are `lines_minor`.

    Both are in `currency`. `lines` has what each SKU comes to, `charges` what having it brought
    does.
    """

    code = "stated-total-differs"
    title = "The total is not that of the lines"
    way_out = "State unit prices with tax and discounts that add up to the total that was agreed."


class BroughtOtherwise(Conflict):
    """Another order was brought under this number already: it is `order_number` here."""

    code = "brought-otherwise"
    title = "This number is another order's"
    way_out = "Repeat an order word for word, or bring the new one under a number of its own."


class OrderAboveLimit(Forbidden):
    """The key brings no order of more than `order_max_minor`; this one is `total_minor`."""

    code = "order-above-limit"
    title = "More than this key may bring in one order"
    way_out = "Ask the retailer to raise the limit of the key."


class DayLimitReached(Conflict):
    """The key brought `brought_minor` within 24 hours, and no more than `day_max_minor` may be."""

    code = "day-limit-reached"
    title = "More than this key may bring in a day"
    way_out = "Bring it later, or ask the retailer to raise the limit of the key."
