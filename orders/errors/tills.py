"""Refusals of what tills tell."""

from kernel.errors import Conflict


class MoreThanHandedOver(Conflict):
    """More came back than was handed over under this order; `open` maps SKU to what still may."""

    code = "more-than-handed-over"
    title = "More than this customer took"
    way_out = "Take back at most what `open` names, or leave the order's number out."
