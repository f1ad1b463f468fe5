"""Signed links: to see one order, make one choice, fill one basket, say no, without signing in.

So is a conversation gone on with. Derived each time they are shown.
"""

from dataclasses import dataclass
from uuid import UUID

from kernel import secret

ORDER, WISH, CHOICE = "order-link", "wish-link", "choice-link"
CART, PAY, THREAD = "cart-link", "pay-link", "thread-link"
SCORE = "score-link"
PREFERENCES = "preferences-link"
SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class OrderLink:
    """Which order a link is of, and the how manieth it is after those that were made void."""

    order_id: UUID
    nth: int


def order_token(order_id: UUID, nth: int = 0) -> str:
    """Return the token that shows this order to whoever holds it, while `nth` is its link."""
    return _token(_nth(nth), order_id, nth)


def read_order_token(token: str) -> OrderLink | None:
    """Return what a token is for, void or not; None when it is not one of ours."""
    data = secret.decode(token) or b""
    nth = int.from_bytes(data[16 + SIGNATURE_BYTES :])
    order_id = _read(_nth(nth), token, nth)
    return OrderLink(order_id, nth) if order_id else None


def _nth(nth: int) -> str:
    return f"{ORDER}-{nth}" if nth else ORDER


def wish_token(wish_id: UUID) -> str:
    """Return the token with which whoever holds it may end this wish."""
    return _token(WISH, wish_id)


def read_wish_token(token: str) -> UUID | None:
    """Return the wish a token is for; None when it is not one of ours."""
    return _read(WISH, token)


def choice_token(choice_id: UUID) -> str:
    """Return the token with which whoever holds it may make this choice, once."""
    return _token(CHOICE, choice_id)


def read_choice_token(token: str) -> UUID | None:
    """Return the choice a token is for; None when it is not one of ours."""
    return _read(CHOICE, token)


def cart_token(cart_id: UUID) -> str:
    """Return the token with which whoever holds it may fill and order this basket."""
    return _token(CART, cart_id)


def read_cart_token(token: str) -> UUID | None:
    """Return the basket a token is for; None when it is not one of ours."""
    return _read(CART, token)


def pay_token(pay_link_id: UUID) -> str:
    """Return the token with which whoever holds it may pay what this link is for."""
    return _token(PAY, pay_link_id)


def read_pay_token(token: str) -> UUID | None:
    """Return the pay link a token is for; None when it is not one of ours."""
    return _read(PAY, token)


def thread_token(thread_id: UUID) -> str:
    """Return the token with which whoever holds it reads a conversation and goes on with it."""
    return _token(THREAD, thread_id)


def read_thread_token(token: str) -> UUID | None:
    """Return the conversation a token is for; None when it is not one of ours."""
    return _read(THREAD, token)


def score_token(about_id: UUID) -> str:
    """Return the token with which whoever holds it says how they found this parcel or talk."""
    return _token(SCORE, about_id)


def read_score_token(token: str) -> UUID | None:
    """Return the parcel or conversation a token lets say something of; None when not ours."""
    return _read(SCORE, token)


def preferences_token(customer_id: UUID) -> str:
    """Return the token with which whoever holds it may choose what this customer is told."""
    return _token(PREFERENCES, customer_id)


def read_preferences_token(token: str) -> UUID | None:
    """Return the customer a token is for; None when it is not one of ours."""
    return _read(PREFERENCES, token)


def _token(purpose: str, what: UUID, nth: int = 0) -> str:
    return secret.encode(what.bytes + _sign(purpose, what) + _bytes(nth))


def _read(purpose: str, token: str, nth: int = 0) -> UUID | None:
    data, end = secret.decode(token), _bytes(nth)
    if data is None or len(data) != 16 + SIGNATURE_BYTES + len(end):
        return None
    found = UUID(bytes=data[:16])
    return found if secret.same(data[16:], _sign(purpose, found) + end) else None


def _bytes(nth: int) -> bytes:
    """Return a number in as few bytes as hold it: none for 0."""
    return nth.to_bytes((nth.bit_length() + 7) // 8)


def _sign(purpose: str, what: UUID) -> bytes:
    return secret.digest(purpose, what.bytes)[:SIGNATURE_BYTES]
