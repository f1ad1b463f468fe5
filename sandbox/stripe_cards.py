"""Stripe's published test cards and the payment methods that stand for them."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What happens when a card is charged."""

    PAYS = "pays"
    DECLINES = "declines"
    ASKS = "asks"


@dataclass(frozen=True)
class Card:
    """A test card; `decline_code` where it declines."""

    number: str
    brand: str
    outcome: Outcome
    decline_code: str = ""

    @property
    def last4(self) -> str:
        """The digits that are shown."""
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "visa", Outcome.PAYS),
        Card("5555555555554444", "mastercard", Outcome.PAYS),
        Card("4000000000000002", "visa", Outcome.DECLINES, "generic_decline"),
        Card("4000000000009995", "visa", Outcome.DECLINES, "insufficient_funds"),
        Card("4000002500003155", "visa", Outcome.ASKS),
    )
}
METHODS = {
    "pm_card_visa": CARDS["4242424242424242"],
    "pm_card_mastercard": CARDS["5555555555554444"],
    "pm_card_visa_chargeDeclined": CARDS["4000000000000002"],
    "pm_card_visa_chargeDeclinedInsufficientFunds": CARDS["4000000000009995"],
    "pm_card_authenticationRequired": CARDS["4000002500003155"],
}
