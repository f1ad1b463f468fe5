"""Refusals of what is said to have happened between a customer and us."""

from kernel.errors import Invalid


class InTheFuture(Invalid):
    """Something is said to have happened later than now."""

    code = "in-the-future"
    title = "That has not happened yet"
    way_out = "Send `happened_at` as the time it happened, with its zone; or leave it out for now."


class OrderOfAnother(Invalid):
    """The order that is named is not one of this customer's."""

    code = "order-of-another"
    title = "This order is another customer's"
    way_out = "Leave the order's number out, or merge the customers if they are one person."
