"""Refusals of notifications."""

from kernel.errors import Conflict, NotFound


class UnknownMessage(NotFound):
    """There is no such message, or it is about an order that is not yours to see."""

    code = "unknown-message"
    title = "No such message"
    way_out = "Open the order and pick the message from its list."


class MessageUnderway(Conflict):
    """The message is still on its way: sending it again now would tell the customer twice."""

    code = "message-underway"
    title = "This message is still on its way"
    way_out = "Wait until it was sent or given up, then send it again."
