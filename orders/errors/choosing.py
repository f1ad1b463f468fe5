"""Refusals of what a shopper chooses after a store rejected their parcel."""

from kernel.errors import Conflict, Invalid, NotFound


class UnknownChoice(NotFound):
    """There is no such choice, or it is not yours to make."""

    code = "unknown-choice"
    title = "No such choice"
    way_out = "Open the link of the newest message about the order."


class ChoiceAnswered(Conflict):
    """The choice was made before: `answer` says which, `at` when. It is made once."""

    code = "choice-answered"
    title = "This was answered before"
    way_out = "Look at the order: it says what was chosen and where it stands."


class AnswerNotOffered(Conflict):
    """This cannot be chosen for this order; `answer` names it."""

    code = "answer-not-offered"
    title = "This cannot be chosen now"
    way_out = "Read the choice again and take one of what it offers."


class StoreNotNamed(Invalid):
    """Another store was chosen, but not which."""

    code = "store-not-named"
    title = "Which store?"
    way_out = "Name one of the stores that the choice offers."


class AddressNeeded(Invalid):
    """Delivery was chosen, and nobody knows where to."""

    code = "address-needed"
    title = "An address is needed"
    way_out = "Give street, postcode and town."


class NothingToSplit(Conflict):
    """The parcel is not partly there: nothing of it waits for goods from elsewhere."""

    code = "nothing-to-split"
    title = "There is nothing to split"
    way_out = "Prepare it as it is: all of it is in one place."


class UnreadableReason(Invalid):
    """A reason has a code of small letters, digits and _, and words in both languages."""

    code = "unreadable-reason"
    title = "This cannot be a reason"
    way_out = "Give a code like `no_stock`, and the words in French and English."
