"""Refusals of having things brought to a door."""

from kernel.errors import Conflict, Invalid


class UnknownDeliveryMethod(Invalid):
    """There is no such way to a door, or it is not offered; `known` names those there are."""

    code = "unknown-delivery-method"
    title = "No such way to a door"
    way_out = "Ask `GET /api/v1/delivery-options` which ways there are, and name one of them."


class UnreadableZone(Invalid):
    """A way or a zone cannot be meant like that; `detail` says why."""

    code = "unreadable-zone"
    title = "This cannot be a way to a door"
    way_out = "Give beginnings of postcodes no other zone of the way has, and bands that rise."


class NotBroughtThere(Conflict):
    """This way does not lead to that postcode for this basket; `ways` names those that do."""

    code = "not-brought-there"
    title = "Not brought there in this way"
    way_out = "Choose one of `ways`, or collect the order from a store."


class NotDeliverable(Conflict):
    """Nobody can send all of it: `missing` maps SKU to how many, `deliverable` to what can be sent.

    `stores` names where most of it can be collected, the best first, with what each has.
    """

    code = "not-deliverable"
    title = "Not all of this can be sent"
    way_out = "Order what is in `deliverable`, or collect it from one of `stores`."


class NothingDue(Conflict):
    """Nothing is to be paid at a till for this order now; `state` says where it stands."""

    code = "nothing-due"
    title = "Nothing is to be paid for it now"
    way_out = "Look at the order: it may be paid already, or over."
