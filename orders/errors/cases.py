"""Refusals of cases."""

from kernel.errors import Conflict, NotFound


class UnknownCase(NotFound):
    """There is no such open case, or it is not yours to see."""

    code = "unknown-case"
    title = "No such open case"
    way_out = "Somebody may have resolved it: read the list again."


class CaseStands(Conflict):
    """What the case is about is still so; no sentence changes that, but what `first` names does.

    It is `cover-shortage`, `move-parcel-on`, `refund-again` or `let-money-go`. Money given back in
    another way is closed by whoever holds `cases.refund`.
    """

    code = "case-stands"
    title = "What this case is about still stands"
    way_out = "Do what `first` names: the case then closes by itself."
