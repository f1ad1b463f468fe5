"""Refusals of what tills send."""

from kernel.errors import Conflict, Invalid, Refusal


class SignatureRefused(Refusal):
    """The request is not signed by a till of ours, or not now; `why` says what to look at.

    It is `signature` also for tills we do not know and for keys that no longer work, and `revoked`
    for a till that was, by hand or as its store closed.
    """

    code = "signature-refused"
    title = "The signature is not accepted"
    way_out = (
        "Look at `why`: the headers, the till's clock, a fresh nonce, or the key and text. "
        "A till that was `revoked` stops sending."
    )


class ReceiptAltered(Conflict):
    """A receipt with this number was taken in before, and it said something else."""

    code = "receipt-altered"
    title = "This receipt number tells something else"
    way_out = "Send a new receipt under its own number: what was taken in stays as it is."


class ReceiptTooFarAhead(Conflict):
    """The number is far beyond the last one that came, `last_seq`; `at_most` is accepted.

    A till counts without gaps: such a number is a slip, and would leave a gap nobody can fill.
    """

    code = "receipt-too-far-ahead"
    title = "This receipt number is too far ahead"
    way_out = "Set the till's counter right: the next number is the one after `last_seq`."


class ReceiptUnbalanced(Invalid):
    """The amounts of the lines do not add up to the total: `lines_minor`, `total_minor`."""

    code = "receipt-unbalanced"
    title = "The lines do not add up to the total"
    way_out = "Send each line with what was taken for it, discounts included."


class ForeignCurrency(Invalid):
    """The store's money is another: `currency`."""

    code = "foreign-currency"
    title = "Not the currency of this store"
    way_out = "Send amounts in the currency named."


class MixedLines(Invalid):
    """One article stands in lines that cannot be told together: `skus`."""

    code = "mixed-lines"
    title = "The same article in two ways"
    way_out = "Send the same VAT rate and the same whereabouts for each line of an article."


class AmountDiffers(Conflict):
    """The ticket is not for what is due: `due_minor`."""

    code = "amount-differs"
    title = "The ticket is not for what is due"
    way_out = "Take exactly `due_minor`, or correct the ticket, and send it again."
