"""Signed links: the right to see one order without signing in, derived each time it is shown."""

from uuid import UUID

from kernel import secret

PURPOSE = "order-link"
SIGNATURE_BYTES = 16


def order_token(order_id: UUID) -> str:
    """Return the token that shows this order to whoever holds it: id and signature."""
    return secret.encode(order_id.bytes + _sign(order_id))


def read_order_token(token: str) -> UUID | None:
    """Return the order a token is for; None when it is not one of ours."""
    data = secret.decode(token)
    if data is None or len(data) != 16 + SIGNATURE_BYTES:
        return None
    order_id = UUID(bytes=data[:16])
    return order_id if secret.same(data[16:], _sign(order_id)) else None


def _sign(order_id: UUID) -> bytes:
    return secret.digest(PURPOSE, order_id.bytes)[:SIGNATURE_BYTES]
