"""Refusals of money."""

from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.web import MalformedBody


class UnknownObligation(NotFound):
    """Nothing is owed under this id."""

    code = "unknown-obligation"
    title = "No such obligation"
    way_out = "Read the order again for what is owed."


class UnknownRefund(NotFound):
    """There is no such refund, or it was not refused."""

    code = "unknown-refund"
    title = "No refused refund"
    way_out = "Read the case again: the refund may be on its way, or done."


class NotPayable(Conflict):
    """It is paid, being paid, or owed no longer; `status` says which."""

    code = "not-payable"
    title = "There is nothing to pay here"
    way_out = "Read the order again: `status` says whether it is paid or cancelled."


class NotAuthorised(Conflict):
    """No card holds the money that was to be captured."""

    code = "not-authorised"
    title = "No card payment is authorised"
    way_out = "Send the customer a pay link, or take the payment at the till."


class AmountTooHigh(Conflict):
    """More was asked for than is there; `available_minor` says how much is, in minor units."""

    code = "amount-too-high"
    title = "More money than is there"
    way_out = "Ask for at most `available_minor`."


class UnreadableAmount(Invalid):
    """An amount of money has to be a positive whole number of minor units."""

    code = "unreadable-amount"
    title = "Not an amount of money"
    way_out = "Send a whole number of minor units above zero, e.g. 1250 for €12.50."


class CheckoutUnavailable(Unavailable):
    """Stripe does not answer, or card payment is switched off; nothing was charged."""

    code = "checkout-unavailable"
    title = "The payment page cannot be opened now"
    way_out = "Try again in a moment, or pay at pickup; nothing was charged."


class UnprovenWebhook(MalformedBody):
    """The call is not Stripe's: unsigned, wrongly signed, too old, altered, or not for us."""

    code = "unproven-webhook"
    title = "This call does not prove that it comes from Stripe"
    way_out = "Check `STRIPE_WEBHOOK_SECRET`, the clock, and that test and live mode agree."


class TicketUsed(Conflict):
    """This till ticket paid for a part of this order already, or an order of somebody else."""

    code = "ticket-used"
    title = "This ticket was already recorded"
    way_out = "Give the number of the ticket that the till printed for this order."
