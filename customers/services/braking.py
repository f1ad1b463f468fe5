"""How often codes are sent and secrets looked at, on every door: the door takes these attempts.

`network` is where the asker is: an address, or the key of an integration that asks for many.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from customers.commands import PointKind
from kernel.attempts import Limit

HOUR_S: Final = 3_600
DAY_S: Final = 86_400
QUARTER_S: Final = 900
CODES_OF_POINT: Final = 5
CODES_OF_POINT_A_DAY: Final = 12
CODES_OF_BROWSER: Final = 10
CODES_OF_NETWORK: Final = 60
ANSWERS_OF_NETWORK: Final = 60
PASSWORDS_OF_ADDRESS: Final = 8
PASSWORDS_OF_NETWORK: Final = 40
KEY: Final = "key:"
SHOPPERS_OF_KEY: Final = 20
"""So many times as much may come from an integration, whose shoppers have one address."""


def limit_codes(
    kind: PointKind, value: str, *, network: str, session_id: UUID | None = None
) -> list[Limit]:
    """Return how often codes are sent to a contact point, for a browser, from a network."""
    point = f"{kind}:{_hidden(value)}"
    found = [
        Limit(f"code:point:{point}", CODES_OF_POINT, HOUR_S),
        Limit(f"code:day:{point}", CODES_OF_POINT_A_DAY, DAY_S),
        _of_network("code", network, CODES_OF_NETWORK, HOUR_S),
    ]
    if session_id is not None:
        found.append(Limit(f"code:browser:{session_id}", CODES_OF_BROWSER, HOUR_S))
    return found


def limit_answers(*, network: str) -> list[Limit]:
    """Return how many answers to codes are looked at."""
    return [_of_network("answer", network, ANSWERS_OF_NETWORK, QUARTER_S)]


def limit_passwords(email: str, *, network: str) -> list[Limit]:
    """Return how often a password is looked at; what was typed is kept as its hash only."""
    return [
        Limit(f"password:address:{_hidden(email)}", PASSWORDS_OF_ADDRESS, QUARTER_S),
        _of_network("password", network, PASSWORDS_OF_NETWORK, QUARTER_S),
    ]


def _of_network(what: str, network: str, tries: int, window_s: int) -> Limit:
    times = SHOPPERS_OF_KEY if network.startswith(KEY) else 1
    return Limit(f"{what}:network:{network}", tries * times, window_s)


def _hidden(text: str) -> str:
    return sha256(text.strip().lower().encode()).hexdigest()
