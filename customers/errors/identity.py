"""Refusals of cards, companies and of who may be the same."""

from kernel.errors import Conflict, Invalid, NotFound


class UnreadableCard(Invalid):
    """The number cannot be one of a card: it has four to thirty-two letters and digits."""

    code = "unreadable-card"
    title = "This number of a card cannot be right"
    way_out = "Scan the card, or type its number again."


class CardOfAnother(Conflict):
    """Somebody else has the card with this number."""

    code = "card-of-another"
    title = "This card is somebody else's"
    way_out = "Look for the customer by the card, and join both if they are one person."


class BlockedCard(Conflict):
    """The card was blocked: it was lost, or another one took its place."""

    code = "blocked-card"
    title = "This card was blocked"
    way_out = "Ask for the telephone number or e-mail address instead, and give another card."


class UnknownCard(NotFound):
    """The customer has no such card."""

    code = "unknown-card"
    title = "This customer has no such card"
    way_out = "Read the customer again: it lists the cards."


class UnreadableCompany(Invalid):
    """A number of the company cannot be one, or both are not of one company; `field` says which."""

    code = "unreadable-company"
    title = "This number of a company cannot be right"
    way_out = "Check it on a letterhead: a SIREN has nine digits, a VAT number begins with letters."


class CompanyOfAnotherNumber(Conflict):
    """The SIREN and the VAT number are known already, as those of two companies."""

    code = "company-of-another-number"
    title = "These numbers are known as those of two companies"
    way_out = "Give one of both numbers."


class UnknownCompany(NotFound):
    """The customer speaks for no such company."""

    code = "unknown-company"
    title = "This customer speaks for no such company"
    way_out = "Read the customer again: it lists the companies."


class UnknownPair(NotFound):
    """Nobody found these two alike, or somebody said already that they are not the same."""

    code = "unknown-pair"
    title = "These two are no longer to be looked at"
    way_out = "Read the list again."
