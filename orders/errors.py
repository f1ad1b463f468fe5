"""Refusals of orders."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownOrder(NotFound):
    """There is no such order, or it is not yours to see."""

    code = "unknown-order"
    title = "No such order"
    way_out = "Check the number; orders of other stores are not shown."


class UnknownFulfillment(NotFound):
    """There is no such fulfillment, or it is not yours to see."""

    code = "unknown-fulfillment"
    title = "No such parcel"
    way_out = "List the parcels of your store: `GET /api/v1/fulfillments?store=…`."


class EmptyOrder(Invalid):
    """An order needs at least one article."""

    code = "empty-order"
    title = "Nothing was ordered"
    way_out = "Add at least one article."


class ChannelNotAllowed(Forbidden):
    """The asker may not begin orders on this channel; `channels` names those they may."""

    code = "channel-not-allowed"
    title = "Not your channel"
    way_out = "Use one of `channels`, or a key that may use this one."


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
    """A line is neither picked nor reported short, so the parcel cannot be ready."""

    code = "lines-undecided"
    title = "Some articles are neither picked nor reported short"
    way_out = "Pick or report short each article in `undecided`."


class NotBinned(Conflict):
    """The parcel has no bin yet: whoever hands it over would have to search for it."""

    code = "not-binned"
    title = "No bin was scanned"
    way_out = "Put the parcel into a bin and scan the bin's label."


class NothingToCollect(Conflict):
    """Nothing is left in this parcel: there is nothing to hand over."""

    code = "nothing-to-collect"
    title = "Nothing left to collect"
    way_out = "Cancel the order or order again."


class PassNotValid(NotFound):
    """The code is not one of ours, was altered, or means nothing at this store."""

    code = "pass-not-valid"
    title = "This code is not valid here"
    way_out = "Type the code under the QR, or find the parcel by name and look at an identity card."


class PassRevoked(Conflict):
    """The code is dead: the order was cancelled, or another code was issued. `why` says which."""

    code = "pass-revoked"
    title = "This code is no longer valid"
    way_out = "Ask for the newest message, or find the parcel by name."


class WrongStore(Conflict):
    """The parcel waits at another store, named in `store`."""

    code = "wrong-store"
    title = "This parcel waits at another store"
    way_out = "Send the customer to the store named in `store`."


class NotReady(Conflict):
    """The parcel is not ready yet; `promised_at` is the time the customer was told."""

    code = "not-ready"
    title = "Not ready yet"
    way_out = "Prepare it now, or ask the customer to wait for our message."


class AlreadyCollected(Conflict):
    """The parcel was handed over before; `at`, `by` and `store` say when, by whom and where."""

    code = "already-collected"
    title = "Already collected"
    way_out = "Show the customer who collected it and when; call a manager if they deny it."


class PickupExpired(Conflict):
    """The collection period ended on `collect_by` and the articles are for sale again."""

    code = "pickup-expired"
    title = "The collection period is over"
    way_out = "Check the shelf and place a new order."


class OrderCancelled(Conflict):
    """The order was cancelled."""

    code = "order-cancelled"
    title = "This order was cancelled"
    way_out = "Place a new order."


class PaymentDue(Conflict):
    """The parcel is not paid; `due_minor` is owed before it may leave."""

    code = "payment-due"
    title = "Not paid yet"
    way_out = "Take the payment at the till and give its ticket number."


class OrderNotCancellable(Conflict):
    """Something of the order has already left the store; `state` says how far it is."""

    code = "order-not-cancellable"
    title = "Too late to cancel"
    way_out = "Take the articles back as a return instead."


class NoMoreExtensions(Conflict):
    """The collection period was extended as often as the store allows."""

    code = "no-more-extensions"
    title = "The collection period cannot be extended again"
    way_out = "Collect it by `collect_by`, or order again later."


class HoldEnded(Conflict):
    """The stock was held as long as it can be for an order that is not paid."""

    code = "hold-ended"
    title = "The time to pay is over"
    way_out = "Order again: the articles may still be there."


class PaymentUnsettled(Conflict):
    """The card's money is being taken at this moment; nobody needs to pay at the till."""

    code = "payment-unsettled"
    title = "The card payment is still being confirmed"
    way_out = "Wait a moment and scan again."


class UnknownWish(NotFound):
    """There is no such wish to be told."""

    code = "unknown-wish"
    title = "No such request"
    way_out = "Open the link of the message again, or ask anew on the article's page."
