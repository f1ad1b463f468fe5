"""Refusals of the catalogue."""

from kernel.errors import Invalid, NotFound


class UnknownArticle(NotFound):
    """There is no article with this code."""

    code = "unknown-article"
    title = "No such article"
    way_out = "Search the catalogue: `GET /api/v1/articles?q=…`."


class UnknownSku(Invalid):
    """At least one SKU is not in the catalogue, or has no price today; `skus` names them."""

    code = "unknown-sku"
    title = "Not an article we sell"
    way_out = "Leave out the SKUs named in `skus`, or find their present codes in the catalogue."


class UnknownCategory(NotFound):
    """There is no such category."""

    code = "unknown-category"
    title = "No such category"
    way_out = "Use the `category` of an article."


class PriceInThePast(Invalid):
    """A price would begin before now, or end before it begins; `sku` names it."""

    code = "price-in-the-past"
    title = "A price begins now or later, and ends after that"
    way_out = "Leave out `valid_from` for now, or give later instants."


class PriceBelowEco(Invalid):
    """A price would be below the éco-participation that it includes, `eco_minor`."""

    code = "price-below-eco"
    title = "The price is below the éco-participation it includes"
    way_out = "Give a price of at least `eco_minor`, or correct the éco-participation first."
