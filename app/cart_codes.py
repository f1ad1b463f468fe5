"""Opening a basket by what a person types or scans: its code, its link, or the picture of that.

Attempts at codes are counted in SQL before the code is looked at; whoever knew one gets the attempt
back. Links are signed: there is nothing to guess.
"""

import re
from typing import Final

import orders.queries
from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.ids import read_cart_code
from kernel.links import read_cart_token
from orders.errors import UnknownCart
from orders.queries import CartFacts

TYPED_MAX: Final = 400
TRIES: Final = 10
TRIES_OF_NETWORK: Final = 60
WINDOW_S: Final = 900
LINK: Final = re.compile(r"/baskets/([A-Za-z0-9_-]+)")


def limits_of(holder: object, address: str | None) -> list[Limit]:
    """Return how often somebody, and everybody behind their address, may try codes."""
    return [
        Limit(f"cart-code:by:{holder}", TRIES, WINDOW_S),
        Limit(f"cart-code:network:{address}", TRIES_OF_NETWORK, WINDOW_S),
    ]


def open_typed(typed: str, limits: list[Limit]) -> CartFacts:
    """Return the basket that was typed or scanned.

    Raises UnknownCart or TooManyAttempts.
    """
    link = LINK.search(typed[:TYPED_MAX])
    if link is not None:
        return _open_link(link[1])
    with transaction() as session:
        take_attempt(session, limits)
    code = read_cart_code(typed[:TYPED_MAX])
    if code is None:
        raise UnknownCart
    with transaction() as session:
        found = orders.queries.get_cart_by_code(session, code)
        give_back_attempt(session, limits)
    return found


def _open_link(token: str) -> CartFacts:
    cart_id = read_cart_token(token)
    if cart_id is None:
        raise UnknownCart
    with transaction() as session:
        return orders.queries.get_cart_by_id(session, cart_id)
