"""Refusals at the counter."""

from kernel.errors import Conflict, NotFound


class NothingToCollect(Conflict):
    """Nothing is left to hand over: it was collected, or the order has ended."""

    code = "nothing-to-collect"
    title = "Nothing left to collect"
    way_out = "Look at what became of the order, or order again."


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
    """The parcel waits at another store, named in `store`: `today` are its hours of today."""

    code = "wrong-store"
    title = "This parcel waits at another store"
    way_out = "Send the customer to the store named in `store`."


class NotReady(Conflict):
    """The parcel is not ready yet; `promised_at` is the time the customer was told."""

    code = "not-ready"
    title = "Not ready yet"
    way_out = "Prepare it now, or ask the customer to wait for our message."


class AlreadyCollected(Conflict):
    """The parcel was handed over before; `at`, `by` and `store_name` say more."""

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


class IdentityNeeded(Conflict):
    """Somebody has to look at an identity card first; `name` is what it has to say."""

    code = "identity-needed"
    title = "An identity card has to be looked at"
    way_out = "Compare the name, then say so with `identity_seen`, or give a reason with `forced`."


class PaymentDue(Conflict):
    """The parcel is not paid; `due_minor` is owed before it may leave."""

    code = "payment-due"
    title = "Not paid yet"
    way_out = "Take the payment at the till and give its ticket number."


class PaymentUnsettled(Conflict):
    """The card's money is being taken at this moment, or its payment page could not be ended."""

    code = "payment-unsettled"
    title = "The card payment is still being confirmed"
    way_out = "Wait a moment and try again."


class NotServedOutside(Conflict):
    """This store hands parcels over at its counter only."""

    code = "not-served-outside"
    title = "Nothing is brought out to cars here"
    way_out = "Come to the counter with the code."


class TooManyProxies(Conflict):
    """As many people as the store allows may collect this order already: `most`."""

    code = "too-many-proxies"
    title = "Enough people may collect it already"
    way_out = "Withdraw one of them first."


class UnknownProxy(NotFound):
    """Nobody of this id may collect this order."""

    code = "unknown-proxy"
    title = "No such person"
    way_out = "List who may collect the order: `GET /api/v1/orders/{id}/proxies`."


class NoMoreExtensions(Conflict):
    """The collection period was extended as often as the store allows."""

    code = "no-more-extensions"
    title = "The collection period cannot be extended again"
    way_out = "Collect it by `collect_by`, or order again later."
