"""Refusals of waves, substitutes, and what goes back to the shelf."""

from kernel.errors import Conflict, Invalid, NotFound


class NothingToPick(Conflict):
    """No order waits to be picked here that is not in somebody's wave already."""

    code = "nothing-to-pick"
    title = "Nothing waits to be picked"
    way_out = "Somebody else may have taken it: look at the list again."


class UnknownWave(NotFound):
    """There is no such wave, or it is not yours to see."""

    code = "unknown-wave"
    title = "No such wave"
    way_out = "List the waves of your store: `GET /api/v1/stores/{code}/waves`."


class NotOnThisList(Invalid):
    """What was scanned is not on this list; `said` repeats it."""

    code = "not-on-this-list"
    title = "This article is not on this list"
    way_out = "Put it back and look for the article named on the list."


class NotASubstitute(Invalid):
    """An article cannot replace itself."""

    code = "not-a-substitute"
    title = "An article cannot replace itself"
    way_out = "Name another article."


class SubstituteOnOrder(Conflict):
    """The other article is on this order already, or was offered for something else on it."""

    code = "substitute-on-order"
    title = "This article is on the order already"
    way_out = "Offer another article, or report this one missing."


class SubstituteAsked(Conflict):
    """The customer is being asked about a substitute for this article; `answer_by` until when."""

    code = "substitute-asked"
    title = "The customer is being asked already"
    way_out = "Wait for the answer, or withdraw the question."


class UnknownSubstitute(NotFound):
    """There is no such offer of a substitute, or it is not yours to see."""

    code = "unknown-substitute"
    title = "No such offer of a substitute"
    way_out = "Read the parcel's substitutes again."


class SubstituteAnswered(Conflict):
    """The offer of a substitute was answered or is over; `status` says how."""

    code = "substitute-answered"
    title = "This was answered already"
    way_out = "Look at the order: it shows what was decided."


class UnknownPutBack(NotFound):
    """There is nothing open to put back with this id, or it is not yours to see."""

    code = "unknown-put-back"
    title = "Nothing to put back here"
    way_out = "Somebody may have put it back: read the list again."


class NotInBin(Invalid):
    """More was named than lies in the bin; `in_bin` maps SKU to what does."""

    code = "not-in-bin"
    title = "More than lies in the bin"
    way_out = "Name at most the quantities in `in_bin`."
