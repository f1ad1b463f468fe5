"""How each replayed order goes: most are collected, some take one of the other ways. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from app.cli.replay.channels import Entry
from app.cli.replay.lots import lot_for


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
    BOTH = "one part collected, the other brought home"
    REMINDED = "paid from a link after a reminder, collected"
    UNPAID = "a link to pay, not paid in time"
    PARTLY_BOUGHT = "reserved, bought in part"
    UNCONFIRMED = "reserved, not confirmed in time"
    TAKEN = "taken along at once, or collected later"
    SOLD = "sold at a till"


class Turn(StrEnum):
    """What its customer has changed about an order before anybody is at it."""

    NONE = "nothing"
    FEWER = "amended, less of it"
    MORE = "amended, more of it"
    ELSEWHERE = "amended, collected at another store"
    REMORSE = "called off in the time to think again"
    MERGED = "its customer was two, and made one"
    PARTED = "its customer was made one, and two again"


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
"""In a hundred orders that are collected."""
CHANCES_OF: Final[Mapping[Entry, Mapping[Fate, int]]] = {
    Entry.HOME: {Fate.HOME: 19, Fate.HOME_BACK: 1},
    Entry.MIXED: {Fate.BOTH: 1},
    Entry.PHONE: {**CHANCES, Fate.REMINDED: 20, Fate.UNPAID: 15},
    Entry.TABLET: {Fate.TAKEN: 1},
    Entry.RESERVED: {
        Fate.PARTLY_BOUGHT: 50,
        Fate.COLLECTED: 30,
        Fate.UNCONFIRMED: 15,
        Fate.NO_SHOW: 5,
    },
    Entry.TILL: {Fate.SOLD: 1},
    Entry.SHOP: {**CHANCES, Fate.HOME: 30},
}
"""Of orders that entered so; of all others it is `CHANCES`. The first is that of a calm day."""
CALM: Final[Mapping[Entry, Fate]] = {
    **{entry: next(iter(chances)) for entry, chances in CHANCES_OF.items()},
    Entry.RESERVED: Fate.COLLECTED,
}
TURNS: Final[Mapping[Turn, int]] = {
    Turn.NONE: 86,
    Turn.FEWER: 4,
    Turn.MORE: 3,
    Turn.ELSEWHERE: 2,
    Turn.REMORSE: 3,
    Turn.MERGED: 1,
    Turn.PARTED: 1,
}
"""In a hundred orders that nothing else happens to."""
REJECTED: Final = frozenset({Fate.OTHER_STORE, Fate.WAIT, Fate.REFUND, Fate.UNANSWERED})
WAITED_FOR: Final = frozenset({Fate.LATE, Fate.NO_SHOW})
_CHANGING: Final = frozenset({Entry.WEB, Entry.PHONE, Entry.ADVISED, Entry.HOME})
"""Entries whose customers change their mind."""


def draw_fate(number: str, entry: Entry, *, seed: int) -> Fate:
    """Return how an order goes; the same seed draws the same."""
    draw = lot_for(seed, number, "fate")
    chances = CHANCES_OF.get(entry, CHANCES)
    return draw.choices(list(chances), weights=list(chances.values()))[0]


def draw_turn(number: str, entry: Entry, fate: Fate, *, seed: int) -> Turn:
    """Return what is changed about an order; the same seed draws the same."""
    draw = lot_for(seed, number, "turn")
    turn = draw.choices(list(TURNS), weights=list(TURNS.values()))[0]
    if entry not in _CHANGING or fate not in {Fate.COLLECTED, Fate.HOME}:
        return Turn.NONE
    if turn is Turn.ELSEWHERE and fate is Fate.HOME:
        return Turn.NONE
    return turn


def draw_second_store(
    number: str, store_code: str, store_codes: Sequence[str], *, seed: int
) -> str | None:
    """Return another store, for whoever needs one; None where there is none."""
    draw = lot_for(seed, number, "second")
    others = [code for code in store_codes if code != store_code]
    return draw.choice(others) if others else None
