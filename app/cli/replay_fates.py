"""How each replayed order goes: most are collected, some take one of the other ways. Pure."""

import random
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What happens to an order on its way."""

    COLLECTED = "collected as ordered"
    SHORT = "an article was missing"
    OTHER_STORE = "rejected, another store took it"
    WAIT = "rejected, the customer waited"
    REFUND = "rejected, the customer gave it up"
    UNANSWERED = "rejected, nobody answered"
    PROXY = "somebody else collected it"
    REFUSED = "an article was refused at the counter"
    LATE = "kept longer, then collected"
    NO_SHOW = "never collected"
    CALLED_OFF = "called off when it was ready"
    HOME = "brought home"
    HOME_BACK = "brought home, nobody was there, came back"


CHANCES: Final[Mapping[Fate, int]] = {
    Fate.COLLECTED: 72,
    Fate.SHORT: 7,
    Fate.OTHER_STORE: 3,
    Fate.WAIT: 1,
    Fate.REFUND: 1,
    Fate.UNANSWERED: 1,
    Fate.PROXY: 4,
    Fate.REFUSED: 2,
    Fate.LATE: 3,
    Fate.NO_SHOW: 5,
    Fate.CALLED_OFF: 1,
}
"""In a hundred orders."""
REJECTED: Final = frozenset({Fate.OTHER_STORE, Fate.WAIT, Fate.REFUND, Fate.UNANSWERED})


def draw_fate(
    number: str, store_code: str, store_codes: Sequence[str], *, seed: int
) -> tuple[Fate, str | None]:
    """Return how an order goes, and which store takes it over; the same seed draws the same.

    Where there is no other store, the customer waits.
    """
    draw = random.Random(f"{seed}:{number}:fate")  # noqa: S311 (a lot, not a secret)
    fate = draw.choices(list(CHANCES), weights=list(CHANCES.values()))[0]
    if fate is not Fate.OTHER_STORE:
        return fate, None
    others = [code for code in store_codes if code != store_code]
    return (fate, draw.choice(others)) if others else (Fate.WAIT, None)
