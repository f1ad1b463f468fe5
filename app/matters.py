"""Which matter can be dealt with on which channel, and where it is handed over.

What is claimed stands here; what is proven stands in the tests: a scenario that performs a matter
on a channel bears `pytest.mark.matter`; `python -m tools.matters` lists them in `matters.json`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from app.i18n import N_
from customers.commands import TouchChannel

PROOFS: Final = Path(__file__).with_suffix(".json")


class Matter(StrEnum):
    """What somebody wants of us."""

    AVAILABILITY = "availability"
    BUY = "buy"
    RESERVE = "reserve"
    PAY = "pay"
    STATE = "state"
    CHANGE = "change"
    CANCEL = "cancel"
    LONGER = "longer"
    COLLECTOR = "collector"
    COLLECT = "collect"
    DELIVERY = "delivery"
    BRING_BACK = "bring_back"
    CONTACT = "contact"
    REFUSE = "refuse"
    COMPLAIN = "complain"
    PERSON = "person"


LABELS: Final[Mapping[Matter, str]] = {
    Matter.AVAILABILITY: N_("Is it there?"),
    Matter.BUY: N_("Place an order"),
    Matter.RESERVE: N_("Reserve and try"),
    Matter.PAY: N_("Pay"),
    Matter.STATE: N_("Where is my order?"),
    Matter.CHANGE: N_("Change an order"),
    Matter.CANCEL: N_("Cancel"),
    Matter.LONGER: N_("Have it kept longer"),
    Matter.COLLECTOR: N_("Have somebody else collect"),
    Matter.COLLECT: N_("Collect an order"),
    Matter.DELIVERY: N_("Have it brought"),
    Matter.BRING_BACK: N_("Bring something back"),
    Matter.CONTACT: N_("Correct a number or an address"),
    Matter.REFUSE: N_("No more advertising"),
    Matter.COMPLAIN: N_("Complain"),
    Matter.PERSON: N_("Talk to a person"),
}

WEB, PHONE, STORE = TouchChannel.WEB, TouchChannel.PHONE, TouchChannel.STORE
POS, EMAIL, SMS = TouchChannel.POS, TouchChannel.EMAIL, TouchChannel.SMS
CHAT, SOCIAL, EXTERNAL = TouchChannel.CHAT, TouchChannel.SOCIAL, TouchChannel.EXTERNAL
ON: Final[Sequence[TouchChannel]] = (WEB, PHONE, STORE, POS, EMAIL, SMS, CHAT, SOCIAL, EXTERNAL)
"""The channels that are asked of: the columns."""

DEALT_WITH: Final[Mapping[Matter, frozenset[TouchChannel]]] = {
    Matter.AVAILABILITY: frozenset({WEB, PHONE, STORE, POS, EXTERNAL}),
    Matter.BUY: frozenset({WEB, PHONE, STORE, POS, SMS, EXTERNAL}),
    Matter.RESERVE: frozenset({WEB}),
    Matter.PAY: frozenset({WEB, POS, SMS, EMAIL}),
    Matter.STATE: frozenset({WEB, PHONE, STORE, POS, CHAT, EXTERNAL}),
    Matter.CHANGE: frozenset({WEB, PHONE, STORE, CHAT}),
    Matter.CANCEL: frozenset({WEB, PHONE, EXTERNAL}),
    Matter.LONGER: frozenset({WEB, EMAIL, CHAT}),
    Matter.COLLECTOR: frozenset({WEB}),
    Matter.COLLECT: frozenset({STORE, POS}),
    Matter.DELIVERY: frozenset({WEB, PHONE, STORE, EXTERNAL}),
    Matter.BRING_BACK: frozenset({POS}),
    Matter.CONTACT: frozenset({WEB, PHONE}),
    Matter.REFUSE: frozenset({WEB, PHONE, EMAIL, SMS}),
    Matter.COMPLAIN: frozenset({EMAIL}),
    Matter.PERSON: frozenset({WEB, PHONE, EMAIL, SMS, CHAT, SOCIAL}),
}
"""What can be dealt with to its end on a channel."""

HANDED_OVER: Final[Mapping[Matter, Mapping[TouchChannel, TouchChannel]]] = {
    Matter.PAY: {PHONE: SMS, STORE: POS},
    Matter.COLLECT: dict.fromkeys((WEB, PHONE, EMAIL, SMS, CHAT, SOCIAL, EXTERNAL), STORE),
    Matter.RESERVE: dict.fromkeys((PHONE, STORE), WEB),
    Matter.BRING_BACK: dict.fromkeys((WEB, PHONE, STORE), POS),
    Matter.STATE: dict.fromkeys((EMAIL, SMS, SOCIAL), PHONE),
    Matter.CHANGE: dict.fromkeys((EMAIL, SMS, SOCIAL), PHONE),
    Matter.CANCEL: dict.fromkeys((EMAIL, SMS, CHAT, SOCIAL), PHONE),
}
"""Where a matter goes on that a channel only begins."""


class Standing(StrEnum):
    """How a matter stands on a channel; `claimed` is said to be dealt with, and not proven."""

    DEALT_WITH = "dealt_with"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Cell:
    """A matter on a channel: how it stands, where it goes on, and what proves it."""

    matter: Matter
    channel: TouchChannel
    standing: Standing
    goes_to: TouchChannel | None
    proofs: tuple[str, ...]


def read_cells() -> Iterator[tuple[Matter, tuple[Cell, ...]]]:
    """Yield each matter with its cells, one per channel of `ON`."""
    for matter in Matter:
        yield matter, tuple(_cell(matter, channel) for channel in ON)


def _cell(matter: Matter, channel: TouchChannel) -> Cell:
    proofs = tuple(_proofs().get(f"{matter}/{channel}", ()))
    goes_to = HANDED_OVER.get(matter, {}).get(channel)
    if channel in DEALT_WITH[matter]:
        standing = Standing.DEALT_WITH if proofs else Standing.CLAIMED
    else:
        standing = Standing.HANDED_OVER if goes_to else Standing.ABSENT
    return Cell(matter, channel, standing, goes_to, proofs)


@cache
def _proofs() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = json.loads(PROOFS.read_text())
    return found
