"""Signed links: the right to see one order, make one choice or end one wish, without signing in.

Derived each time they are shown.
"""

from uuid import UUID

from kernel import secret

ORDER, WISH, CHOICE = "order-link", "wish-link", "choice-link"
SIGNATURE_BYTES = 16


def order_token(order_id: UUID) -> str:
    """Return the token that shows this order to whoever holds it: id and signature."""
    return _token(ORDER, order_id)


def read_order_token(token: str) -> UUID | None:
    """Return the order a token is for; None when it is not one of ours."""
    return _read(ORDER, token)


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


def _token(purpose: str, what: UUID) -> str:
    return secret.encode(what.bytes + _sign(purpose, what))


def _read(purpose: str, token: str) -> UUID | None:
    data = secret.decode(token)
    if data is None or len(data) != 16 + SIGNATURE_BYTES:
        return None
    found = UUID(bytes=data[:16])
    return found if secret.same(data[16:], _sign(purpose, found)) else None


def _sign(purpose: str, what: UUID) -> bytes:
    return secret.digest(purpose, what.bytes)[:SIGNATURE_BYTES]
