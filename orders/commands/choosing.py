"""Inputs of what a shopper chooses after a store rejected their parcel."""

from dataclasses import dataclass

from customers.commands import GiveAddress
from inventory.commands import StockEffect
from orders.commands.words import Answer, ReasonKind


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """What somebody chose: `store_code` for another store, `address` for delivery.

    Without an address a delivery goes where the order was delivered to before.
    """

    answer: Answer
    store_code: str | None = None
    address: GiveAddress | None = None


@dataclass(frozen=True, slots=True)
class SetReason:
    """A reason as it is to be; a closed one is offered no more."""

    kind: ReasonKind
    code: str
    label_fr: str
    label_en: str
    effect: StockEffect
    position: int
    closed: bool = False
