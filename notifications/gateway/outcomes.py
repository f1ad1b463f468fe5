"""How a call to a vendor ended. Notes carry codes only: a vendor's sentence may hold an address."""

from dataclasses import dataclass

ANSWER_S = 10.0
"""Seconds each answer of a vendor may take."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The vendor took the message and knows it by this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """The message was certainly not taken; another try may be."""

    note: str
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """The message was certainly not taken and never will be."""

    note: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The call began and nobody knows how it ended."""

    note: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """The vendor does not know a message whose call began earlier."""

    note: str = "not found at the provider"


Outcome = Sent | RefusedForNow | RefusedForGood | Unanswered | NotFound
