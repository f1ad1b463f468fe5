"""Refusals on the way from the shelf to the bin."""

from kernel.errors import Conflict, Invalid, NotFound


class UnknownFulfillment(NotFound):
    """There is no such fulfillment, or it is not yours to see."""

    code = "unknown-fulfillment"
    title = "No such parcel"
    way_out = "List the parcels of your store: `GET /api/v1/fulfillments?store=…`."


class WrongState(Conflict):
    """What was asked does not follow from the fulfillment's present state, named in `state`."""

    code = "wrong-state"
    title = "This cannot be done in the present state"
    way_out = "Read the fulfillment again: somebody else may have moved it on."


class NotOrdered(Invalid):
    """More was named than is still open on this fulfillment; `open` maps SKU to what is."""

    code = "not-ordered"
    title = "More than is open on this order"
    way_out = "Name at most the quantities in `open`."


class LinesUndecided(Conflict):
    """A line is neither picked nor reported short, so the parcel cannot be ready.

    `asked` maps those of which a customer is asked about a substitute to that one.
    """

    code = "lines-undecided"
    title = "Some articles are neither picked nor reported short"
    way_out = "Pick or report short each article in `undecided`; wait for the answer about `asked`."


class NotBinned(Conflict):
    """The parcel has no bin yet: whoever hands it over would have to search for it."""

    code = "not-binned"
    title = "No bin was scanned"
    way_out = "Put the parcel into a bin and scan the bin's label."


class UnknownReason(Invalid):
    """There is no such reason; `known` are those that may be given."""

    code = "unknown-reason"
    title = "No such reason"
    way_out = "Give one of `known`: head office may have changed the list."
