"""Refusals of cases."""

from kernel.errors import NotFound


class UnknownCase(NotFound):
    """There is no such open case, or it is not yours to see."""

    code = "unknown-case"
    title = "No such open case"
    way_out = "Somebody may have resolved it: read the list again."
