"""Refusals of orders."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownOrder(NotFound):
    """There is no such order, or it is not yours to see."""

    code = "unknown-order"
    title = "No such order"
    way_out = "Check the number; orders of other stores are not shown."


class EmptyOrder(Invalid):
    """An order needs at least one article."""

    code = "empty-order"
    title = "Nothing was ordered"
    way_out = "Add at least one article."


class PriceChanged(Conflict):
    """The basket does not cost what the customer saw: `seen_minor` was told, it is `total_minor`.

    Both are in `currency`. `lines` has what each article costs now; `charges` what having it
    brought does.
    """

    code = "price-changed"
    title = "The price has changed"
    way_out = "Show the customer the new price, and send it as `seen_total_minor` when they agree."


class PaidBeforehand(Invalid):
    """What is brought to a door or taken along at once is paid before it leaves: all of the order.

    `methods` names what of it cannot wait.
    """

    code = "paid-beforehand"
    title = "This has to be paid beforehand"
    way_out = "Have it paid by card, or at the till of the store it is begun in."


class ChannelNotAllowed(Forbidden):
    """The asker may not begin orders on this channel; `channels` names those they may."""

    code = "channel-not-allowed"
    title = "Not your channel"
    way_out = "Use one of `channels`, or a key that may use this one."


class OrderNotCancellable(Conflict):
    """Something of the order has already left the store; `state` says how far it is."""

    code = "order-not-cancellable"
    title = "Too late to cancel"
    way_out = "Take the articles back as a return instead."


class HoldEnded(Conflict):
    """The stock was held as long as it can be for an order that is not paid."""

    code = "hold-ended"
    title = "The time to pay is over"
    way_out = "Order again: the articles may still be there."


class PromiseBeyondHold(Conflict):
    """A card lets go of its money before `promised_at`; `pay_by` says how else to pay."""

    code = "promise-beyond-hold"
    title = "It is there later than a card holds its money"
    way_out = "Order it again, paid in one of the ways `pay_by` names."


class UnknownWish(NotFound):
    """There is no such wish to be told."""

    code = "unknown-wish"
    title = "No such request"
    way_out = "Open the link of the message again, or ask anew on the article's page."


class UnknownPayLink(NotFound):
    """There is no such link to pay, or its order is not the asker's."""

    code = "unknown-pay-link"
    title = "No such payment link"
    way_out = "Open the link of the newest message, or ask for another one."


class PayLinkEnded(Conflict):
    """The link's time is over, or another link took its place."""

    code = "pay-link-ended"
    title = "This payment link has ended"
    way_out = "Open the link of the newest message, or ask the store for another one."


class TooLittleForCard(Conflict):
    """Cards take no less than `least_minor`, and `amount_minor` would have to be paid by one."""

    code = "too-little-for-card"
    title = "This is too little for a card"
    way_out = "Add an article, have it paid at the till, or leave the order as it is."


class NothingToPay(Conflict):
    """No card can pay anything of this order now; `state` says how far it is."""

    code = "nothing-to-pay"
    title = "Nothing is to be paid from a link"
    way_out = "Look at the order: it was paid, it has ended, or nobody is known to write to."
